package dev.assay.play

import android.app.Activity
import android.app.Application
import android.content.Context
import dev.assay.core.VendorException
import dev.assay.core.client.EvidencePurpose
import dev.assay.core.client.EvidenceSource
import dev.assay.core.client.PreparedEvidence
import java.util.concurrent.ExecutionException

/**
 * A verdict of Google Play at each enrolment, by a request over the binding: pass it to `Assay.start`. The
 * app is registered for the format `play-integrity`. Google's library, `com.google.android.play:integrity`, comes along.
 *
 * If Google Play fails, the exchange fails with `evidence_failed`, and the service hears of it at the next one. That
 * one goes without a verdict, as do all others of this process if the fault does not pass by itself: the service
 * decides what the enrolment is worth without it.
 *
 * @param context any of the app's; of an activity only the application's is kept
 * @param cloudProject number of the Google Cloud project that the app is linked with; by default that of the Play
 * Console, which only classic requests know
 * @param request as the service's settings name it
 * @throws IllegalArgumentException for standard requests without a project
 */
public class PlayIntegrity(context: Context, cloudProject: Long? = null, request: PlayRequest = PlayRequest.CLASSIC) : EvidenceSource {
    private enum class Outlook { OPEN, NOT_NEXT, NEVER }

    private val requests: VerdictRequests

    init {
        val application = context as? Application ?: context.applicationContext ?: context
        requests = when (request) {
            PlayRequest.CLASSIC -> ClassicRequests(application, cloudProject)
            PlayRequest.STANDARD -> StandardRequests(application, requireNotNull(cloudProject) { "cloudProject: missing or wrong" })
        }
    }

    @Volatile
    private var outlook = Outlook.OPEN

    /** The last one, until a dialog was shown for it. */
    @Volatile
    private var verdict: Verdict? = null

    /** A verdict at enrolment, unless Google Play has failed before; nothing at a refresh. */
    override fun prepare(purpose: EvidencePurpose): PreparedEvidence? {
        if (purpose != EvidencePurpose.ENROLMENT) return null
        val found = outlook
        if (found == Outlook.NOT_NEXT) outlook = Outlook.OPEN
        return if (found == Outlook.OPEN) Prepared() else null
    }

    /**
     * Shows Google's own dialog, in which the user can mend what the service refused: for the remedy `play_dialog`. Afterwards
     * Google Play is asked for a verdict anew, so call `getToken` again once the pause after the failure is over.
     *
     * @param activity the one in front
     * @param typeCode as the remedy has it: 1 `GET_LICENSED` (get the app from Google Play), 2 `CLOSE_UNKNOWN_ACCESS_RISK` (close unknown
     * apps that see the screen or control the device), 3 `CLOSE_ALL_ACCESS_RISK` (close all of these)
     * @param done gets the outcome, on the main thread. Google admits one dialog for each verdict
     * @throws IllegalArgumentException for another type code
     */
    public fun showDialog(activity: Activity, typeCode: Int, done: (PlayDialog) -> Unit) {
        require(typeCode in TYPE_CODES) { "typeCode: missing or wrong" }
        val shown = verdict ?: return done(PlayDialog.UNAVAILABLE)
        verdict = null
        try {
            shown.show(activity, typeCode) { code ->
                val ended = PlayDialog.entries.firstOrNull { it.code == code } ?: PlayDialog.FAILED
                if (ended == PlayDialog.SUCCESSFUL) startOver()
                done(ended)
            }
        } catch (_: LinkageError) {
            // The app has a version of Google's library without dialogs.
            done(PlayDialog.UNAVAILABLE)
        }
    }

    private fun startOver() {
        outlook = Outlook.OPEN
        // What fails here fails at the next enrolment, which tells.
        runCatching(requests::startOver)
    }

    private inner class Prepared : PreparedEvidence {
        override val format: String get() = "play-integrity"

        override fun collect(binding: String): Map<String, Any> {
            try {
                return mapOf("token" to requests.ask(binding).also { verdict = it }.token)
            } catch (failed: ExecutionException) {
                val code = codeOf(failed.cause)
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
        val TYPE_CODES = 1..3

        /**
         * Codes of `IntegrityErrorCode` and `StandardIntegrityErrorCode` for faults that somebody has to fix first: the API is not enabled (-1);
         * no Play Store (-2), account (-4) or Play services (-6), or outdated ones (-14, -15); not this app (-5, -7); a request
         * that Google rejects (-10, -11, -13, -16).
         */
        val LASTING = setOf(-1, -2, -4, -5, -6, -7, -10, -11, -13, -14, -15, -16)
    }
}
