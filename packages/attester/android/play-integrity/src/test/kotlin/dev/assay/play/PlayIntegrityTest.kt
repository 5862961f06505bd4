package dev.assay.play

import android.app.Activity
import android.app.Application
import android.content.ContextWrapper
import com.google.android.gms.tasks.Task
import com.google.android.play.core.integrity.IntegrityManager
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.IntegrityServiceException
import com.google.android.play.core.integrity.IntegrityTokenRequest
import com.google.android.play.core.integrity.IntegrityTokenResponse
import dev.assay.core.VendorException
import dev.assay.core.client.EvidencePurpose
import dev.assay.core.client.EvidenceSource
import dev.assay.core.fake.FakeWorld
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** Over stubs of Google's classes: what is asked for, and what is made of the answer. */
class PlayIntegrityTest {
    private val asked = ArrayList<IntegrityTokenRequest>()
    private val source = PlayIntegrity(Application(), 42)
    private val dialogs = ArrayList<Int>()
    private var closes: () -> Int = { 3 }

    private fun shown(typeCode: Int) = object : Task<Int>() {
        private val code = runCatching(closes).also { dialogs.add(typeCode) }
        override fun getResult() = code.getOrThrow()
    }

    private fun google(answer: () -> String) {
        IntegrityManagerFactory.forTests = IntegrityManager { request ->
            asked.add(request)
            object : Task<IntegrityTokenResponse>() {
                override fun getResult() = answer().let {
                    object : IntegrityTokenResponse() {
                        override fun token() = it
                        override fun showDialog(activity: Activity, integrityDialogTypeCode: Int) = shown(integrityDialogTypeCode)
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
    fun `Google gets the application's context, not that of an activity`() {
        val application = Application()
        val activity = object : ContextWrapper(null) {
            override fun getApplicationContext() = application
        }
        google { "verdict" }
        checkNotNull(PlayIntegrity(activity).prepare(EvidencePurpose.ENROLMENT)).collect("binding")
        assertSame(application, IntegrityManagerFactory.contextForTests)
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

    private fun enrol(): Map<String, Any>? = source.prepare(EvidencePurpose.ENROLMENT)?.collect("binding")

    private fun failWith(fault: RuntimeException): String {
        google { throw fault }
        return assertThrows(VendorException::class.java) { enrol() }.vendorCode
    }

    @Test
    fun `after a fault that passes, one exchange goes without a verdict, and the next asks again`() {
        for (code in listOf(-3, -8, -9, -12, -17, -100)) {
            assertEquals("play$code", failWith(IntegrityServiceException(code)))
            google { "verdict" }
            assertNull(source.prepare(EvidencePurpose.REFRESH), "$code")
            assertNull(enrol(), "$code")
            assertEquals(mapOf("token" to "verdict"), enrol(), "$code")
        }
    }

    @Test
    fun `after a fault that does not pass, no exchange of the process asks again`() {
        for (code in listOf(-1, -2, -4, -5, -6, -7, -10, -11, -13, -14, -15, -16)) {
            val lasting = PlayIntegrity(Application())
            google { throw IntegrityServiceException(code) }
            val prepared = checkNotNull(lasting.prepare(EvidencePurpose.ENROLMENT))
            assertEquals("play$code", assertThrows(VendorException::class.java) { prepared.collect("b") }.vendorCode)
            google { "verdict" }
            repeat(3) { assertNull(lasting.prepare(EvidencePurpose.ENROLMENT), "$code") }
        }
    }

    @Test
    fun `a fault without Google's number passes`() {
        assertEquals("play", failWith(IllegalStateException("no looper")))
        google { "verdict" }
        assertNull(enrol())
        assertEquals(mapOf("token" to "verdict"), enrol())
    }

    @Test
    fun `Google Play that cannot be asked at all is a fault as well`() {
        IntegrityManagerFactory.forTests = null
        val prepared = checkNotNull(source.prepare(EvidencePurpose.ENROLMENT))
        assertEquals("play", assertThrows(VendorException::class.java) { prepared.collect("b") }.vendorCode)
        google { "verdict" }
        assertNull(enrol())
        assertEquals(mapOf("token" to "verdict"), enrol())
    }

    @Test
    fun `an app without Google's library goes without a verdict`() {
        val ours = PlayIntegrity::class.java
        val withoutGoogle = object : ClassLoader(ours.classLoader) {
            override fun loadClass(name: String, resolve: Boolean): Class<*> = when {
                name.startsWith("com.google.") -> throw ClassNotFoundException(name)
                !name.startsWith("dev.assay.play.") -> super.loadClass(name, resolve)
                else -> findLoadedClass(name) ?: ours.getResourceAsStream("${name.substringAfterLast('.')}.class")!!.use { it.readBytes() }
                    .let { defineClass(name, it, 0, it.size) }
            }
        }
        val lacking = withoutGoogle.loadClass(ours.name).getConstructors().single { it.parameterCount == 5 }
            .newInstance(Application(), null, null, 6, null) as EvidenceSource
        val prepared = checkNotNull(lacking.prepare(EvidencePurpose.ENROLMENT))
        assertEquals("play", assertThrows(VendorException::class.java) { prepared.collect("b") }.vendorCode)
        repeat(3) { assertNull(lacking.prepare(EvidencePurpose.ENROLMENT)) }
    }

    private fun ended(typeCode: Int, from: PlayIntegrity = source): PlayDialog {
        lateinit var ended: PlayDialog
        from.showDialog(anActivity(), typeCode) { ended = it }
        return ended
    }

    @Test
    fun `Google's dialog of each type is shown over the last verdict`() {
        for (typeCode in 1..3) {
            google { "verdict" }
            enrol()
            assertEquals(PlayDialog.SUCCESSFUL, ended(typeCode))
        }
        assertEquals(listOf(1, 2, 3), dialogs)
    }

    @Test
    fun `how it ended is told, and a fault of Google Play as failed`() {
        val endings = listOf({ 0 }, { 1 }, { 2 }, { 3 }, { 99 }, { throw IntegrityServiceException(-100) })
        val told = endings.map {
            google { "verdict" }
            enrol()
            closes = it
            ended(1).name
        }
        assertEquals(listOf("UNAVAILABLE", "FAILED", "CANCELLED", "SUCCESSFUL", "FAILED", "FAILED"), told)
    }

    @Test
    fun `another type code is misuse`() {
        google { "verdict" }
        enrol()
        for (typeCode in listOf(-1, 0, 4)) assertThrows(IllegalArgumentException::class.java) { ended(typeCode) }
        assertEquals(emptyList<Int>(), dialogs)
    }

    @Test
    fun `no dialog without a verdict, and one for each`() {
        assertEquals(PlayDialog.UNAVAILABLE, ended(1))
        google { "verdict" }
        enrol()
        assertEquals(listOf(PlayDialog.SUCCESSFUL, PlayDialog.UNAVAILABLE), listOf(ended(1), ended(1)))
    }

    @Test
    fun `a library of Google's without dialogs has none`() {
        google { "verdict" }
        enrol()
        val old = PlayIntegrity(Application())
        IntegrityManagerFactory.forTests = IntegrityManager {
            object : Task<IntegrityTokenResponse>() {
                override fun getResult() = object : IntegrityTokenResponse() {
                    override fun token() = "verdict"
                    override fun showDialog(activity: Activity, integrityDialogTypeCode: Int) = throw AbstractMethodError()
                }
            }
        }
        checkNotNull(old.prepare(EvidencePurpose.ENROLMENT)).collect("binding")
        assertEquals(PlayDialog.UNAVAILABLE, ended(2, old))
    }

    @Test
    fun `a user who mended it is asked for a verdict again, after a fault that does not pass too`() {
        google { "verdict" }
        enrol()
        failWith(IntegrityServiceException(-1))
        assertNull(enrol())
        google { "verdict" }
        assertEquals(PlayDialog.SUCCESSFUL, ended(1))
        assertEquals(mapOf("token" to "verdict"), enrol())
    }

    @Test
    fun `a dialog that was closed mends nothing`() {
        google { "verdict" }
        enrol()
        failWith(IntegrityServiceException(-1))
        closes = { 2 }
        assertEquals(PlayDialog.CANCELLED, ended(1))
        assertNull(enrol())
    }

    @Test
    fun `a phone without Google Play enrols without a verdict, and the service hears why`() {
        google { throw IntegrityServiceException(-2) }
        val world = FakeWorld(evidence = listOf(source))
        assertEquals("evidence_failed play-2", world.failure { world.client.getToken() }.let { "${it.code.text} ${it.vendorCode}" })
        world.time.advance(5_000.0)
        assertEquals("token-1", world.token())
        assertEquals(listOf("android-key-attestation"), world.service.clientData.single()["evidence"])
        assertEquals(listOf("evidence_failed:play-2"), world.service.calls("/v1/challenges").last().body["failures"])
    }
}
