package dev.assay.play

import android.app.Application
import com.google.android.gms.tasks.Task
import com.google.android.play.core.integrity.IntegrityManager
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.IntegrityServiceException
import com.google.android.play.core.integrity.IntegrityTokenRequest
import com.google.android.play.core.integrity.IntegrityTokenResponse
import dev.assay.core.VendorException
import dev.assay.core.client.EvidencePurpose
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** Over stubs of Google's classes: what is asked for, and what is made of the answer. */
class PlayIntegrityTest {
    private val asked = ArrayList<IntegrityTokenRequest>()
    private val source = PlayIntegrity(Application(), 42)

    private fun google(answer: () -> String) {
        IntegrityManagerFactory.forTests = IntegrityManager { request ->
            asked.add(request)
            object : Task<IntegrityTokenResponse>() {
                override fun getResult() = answer().let {
                    object : IntegrityTokenResponse() {
                        override fun token() = it
                    }
                }
            }
        }
    }

    @Test
    fun `a verdict commits to the binding`() {
        google { "verdict" }
        val prepared = checkNotNull(source.prepare(EvidencePurpose.ENROLMENT))
        assertEquals("play-integrity", prepared.format)
        assertEquals(mapOf("token" to "verdict"), prepared.collect("binding"))
        assertEquals(listOf<Any>("binding", 42L), asked.single().let { listOf(it.nonce(), it.cloudProjectNumber()) })
    }

    @Test
    fun `a refresh needs none`() {
        assertNull(source.prepare(EvidencePurpose.REFRESH))
    }

    @Test
    fun `Google's number is told`() {
        google { throw IntegrityServiceException(-3) }
        val prepared = checkNotNull(source.prepare(EvidencePurpose.ENROLMENT))
        assertEquals("play-3", assertThrows(VendorException::class.java) { prepared.collect("b") }.vendorCode)
    }
}
