package dev.assay.play

import android.app.Application
import android.content.Context
import com.google.android.gms.tasks.Tasks
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.IntegrityServiceException
import com.google.android.play.core.integrity.IntegrityTokenRequest
import dev.assay.core.VendorException
import dev.assay.core.client.EvidencePurpose
import dev.assay.core.client.EvidenceSource
import dev.assay.core.client.PreparedEvidence
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit

/**
 * A verdict of Google Play at each enrolment, by a classic request over the binding: pass it to `Assay.start`. The
 * app is registered for the format `play-integrity`. Google's library, `com.google.android.play:integrity`, comes along.
 *
 * If Google Play fails, the exchange fails with `evidence_failed`, and the service hears of it at the next one. That
 * one goes without a verdict, as do all others of this process if the fault does not pass by itself: the service
 * decides what the enrolment is worth without it.
 *
 * @param context any of the app's; of an activity only the application's is kept
 * @param cloudProject number of the Google Cloud project that the app is linked with; by default that of the Play
 * Console
 */
public class PlayIntegrity(context: Context, private val cloudProject: Long? = null) : EvidenceSource {
    private enum class Outlook { OPEN, NOT_NEXT, NEVER }

    private val context = context as? Application ?: context.applicationContext ?: context

    @Volatile
    private var outlook = Outlook.OPEN

    /** A verdict at enrolment, unless Google Play has failed before; nothing at a refresh. */
    override fun prepare(purpose: EvidencePurpose): PreparedEvidence? {
        if (purpose != EvidencePurpose.ENROLMENT) return null
        val found = outlook
        if (found == Outlook.NOT_NEXT) outlook = Outlook.OPEN
        return if (found == Outlook.OPEN) Verdict() else null
    }

    private inner class Verdict : PreparedEvidence {
        override val format: String get() = "play-integrity"

        override fun collect(binding: String): Map<String, Any> {
            try {
                val request = IntegrityTokenRequest.builder().setNonce(binding)
                if (cloudProject != null) request.setCloudProjectNumber(cloudProject)
                val task = IntegrityManagerFactory.create(context).requestIntegrityToken(request.build())
                return mapOf("token" to Tasks.await(task, SECONDS, TimeUnit.SECONDS).token())
            } catch (failed: ExecutionException) {
                val code = (failed.cause as? IntegrityServiceException)?.errorCode
                outlook = if (code in LASTING) Outlook.NEVER else Outlook.NOT_NEXT
                throw VendorException(if (code == null) "play" else "play$code", failed.cause)
            } catch (missing: LinkageError) {
                // The app excludes Google's library, or a shrinker removed it.
                outlook = Outlook.NEVER
                throw VendorException("play", missing)
            } catch (failed: Exception) {
                outlook = Outlook.NOT_NEXT
                throw VendorException("play", failed)
            }
        }
    }

    private companion object {
        /** A challenge is valid for 120 s; Google's own retries take less. */
        const val SECONDS = 30L

        /**
         * Codes of `IntegrityErrorCode` for faults that somebody has to fix first: the API is not enabled (-1); no Play
         * Store (-2), account (-4) or Play services (-6), or outdated ones (-14, -15); not this app (-5, -7); a request
         * that Google rejects (-10, -11, -13, -16).
         */
        val LASTING = setOf(-1, -2, -4, -5, -6, -7, -10, -11, -13, -14, -15, -16)
    }
}
