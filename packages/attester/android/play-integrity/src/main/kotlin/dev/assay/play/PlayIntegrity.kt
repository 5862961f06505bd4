package dev.assay.play

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
 * A verdict of Google Play at each enrolment, by a classic request over the binding: give it to `Assay.start`. The
 * app is registered for the format `play-integrity`, and depends on `com.google.android.play:integrity`.
 *
 * @param cloudProject number of the Google Cloud project that the app is linked with; left out, that of the Play
 * Console
 */
public class PlayIntegrity(private val context: Context, private val cloudProject: Long? = null) : EvidenceSource {
    /** A verdict at enrolment; nothing at a refresh. */
    override fun prepare(purpose: EvidencePurpose): PreparedEvidence? = Verdict().takeIf { purpose == EvidencePurpose.ENROLMENT }

    private inner class Verdict : PreparedEvidence {
        override val format: String get() = "play-integrity"

        override fun collect(binding: String): Map<String, Any> {
            val request = IntegrityTokenRequest.builder().setNonce(binding)
            if (cloudProject != null) request.setCloudProjectNumber(cloudProject)
            try {
                val task = IntegrityManagerFactory.create(context).requestIntegrityToken(request.build())
                return mapOf("token" to Tasks.await(task, SECONDS, TimeUnit.SECONDS).token())
            } catch (failed: ExecutionException) {
                val code = (failed.cause as? IntegrityServiceException)?.errorCode
                throw VendorException(if (code == null) "play" else "play$code", failed.cause)
            }
        }
    }

    private companion object {
        /** A challenge is valid for 120; Google's own retries take less. */
        const val SECONDS = 30L
    }
}
