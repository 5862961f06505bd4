package dev.assay.play

import android.app.Activity
import android.app.Application
import com.google.android.gms.tasks.Task
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.StandardIntegrityException
import com.google.android.play.core.integrity.StandardIntegrityManager
import com.google.android.play.core.integrity.StandardIntegrityManager.PrepareIntegrityTokenRequest
import com.google.android.play.core.integrity.StandardIntegrityManager.StandardIntegrityToken
import com.google.android.play.core.integrity.StandardIntegrityManager.StandardIntegrityTokenProvider
import com.google.android.play.core.integrity.StandardIntegrityManager.StandardIntegrityTokenRequest
import dev.assay.core.VendorException
import dev.assay.core.client.EvidencePurpose
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test

/** Standard requests over stubs of Google's classes: when the provider is warmed up, and what each verdict commits to. */
class StandardRequestsTest {
    private val prepared = ArrayList<PrepareIntegrityTokenRequest>()
    private val asked = ArrayList<String>()
    private val source = PlayIntegrity(Application(), 42, PlayRequest.STANDARD)
    private var warms: () -> Unit = {}
    private var gives: () -> Unit = {}
    private var closes = 3

    private class Ended<T>(work: () -> T) : Task<T>() {
        private val outcome = runCatching(work)
        override fun getResult(): T = outcome.getOrThrow()
    }

    /** A token names the provider that gave it. */
    @BeforeEach
    fun standIn() {
        IntegrityManagerFactory.standardForTests = StandardIntegrityManager { request ->
            prepared.add(request)
            val number = prepared.size
            Ended {
                warms()
                StandardIntegrityTokenProvider { wanted: StandardIntegrityTokenRequest ->
                    asked.add(wanted.requestHashForTests())
                    Ended<StandardIntegrityToken> {
                        gives()
                        object : StandardIntegrityToken() {
                            override fun token() = "verdict of provider $number"
                            override fun showDialog(activity: Activity, integrityDialogTypeCode: Int) = Ended { closes }
                        }
                    }
                }
            }
        }
    }

    private fun enrol(): Any? = source.prepare(EvidencePurpose.ENROLMENT)?.collect("binding")?.get("token")

    private fun failure(): String = assertThrows(VendorException::class.java) { enrol() }.vendorCode

    private fun closed(): PlayDialog {
        lateinit var ended: PlayDialog
        source.showDialog(anActivity(), 2) { ended = it }
        return ended
    }

    @Test
    fun `one provider gives all verdicts, each over its binding`() {
        assertEquals(listOf("verdict of provider 1", "verdict of provider 1"), listOf(enrol(), enrol()))
        assertEquals(listOf(42L), prepared.map { it.cloudProjectNumberForTests() })
        assertEquals(listOf("binding", "binding"), asked)
    }

    @Test
    fun `after a dialog in which the user mended it, the provider is warmed up again at once`() {
        enrol()
        assertEquals(PlayDialog.SUCCESSFUL, closed())
        assertEquals(2, prepared.size)
        assertEquals("verdict of provider 2", enrol())
        assertEquals(2, prepared.size)
    }

    @Test
    fun `after a dialog that was closed, the provider stays`() {
        enrol()
        closes = 2
        assertEquals(PlayDialog.CANCELLED, closed())
        assertEquals("verdict of provider 1", enrol())
    }

    @Test
    fun `a provider that cannot be warmed up after a dialog fails at the next enrolment`() {
        enrol()
        warms = { throw StandardIntegrityException(-3) }
        assertEquals(PlayDialog.SUCCESSFUL, closed())
        assertEquals("play-3", failure())
        warms = {}
        assertNull(enrol())
        assertEquals("verdict of provider 3", enrol())
    }

    @Test
    fun `a provider that Google calls invalid is replaced once`() {
        enrol()
        var faults = 1
        gives = { if (faults-- > 0) throw StandardIntegrityException(-19) }
        assertEquals("verdict of provider 2", enrol())
        faults = 2
        assertEquals("play-19", failure())
        assertEquals(3, prepared.size)
    }

    @Test
    fun `another fault is told by Google's number, and the provider stays`() {
        enrol()
        gives = { throw StandardIntegrityException(-8) }
        assertEquals("play-8", failure())
        gives = {}
        assertNull(enrol())
        assertEquals("verdict of provider 1", enrol())
    }

    @Test
    fun `without the number of a project it is misuse`() {
        assertThrows(IllegalArgumentException::class.java) { PlayIntegrity(Application(), request = PlayRequest.STANDARD) }
    }
}
