package dev.assay.play

import android.app.Activity
import android.content.Context
import com.google.android.gms.tasks.Task
import com.google.android.gms.tasks.Tasks
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.IntegrityServiceException
import com.google.android.play.core.integrity.IntegrityTokenRequest
import com.google.android.play.core.integrity.StandardIntegrityException
import com.google.android.play.core.integrity.StandardIntegrityManager.PrepareIntegrityTokenRequest
import com.google.android.play.core.integrity.StandardIntegrityManager.StandardIntegrityTokenProvider
import com.google.android.play.core.integrity.StandardIntegrityManager.StandardIntegrityTokenRequest
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit

/** A verdict of Google Play, and the dialog that it admits once. */
internal class Verdict(val token: String, private val dialog: (Activity, Int) -> Task<Int>) {
    /** @param done gets Google's code, or `null` if Google Play failed */
    fun show(activity: Activity, typeCode: Int, done: (Int?) -> Unit) {
        dialog(activity, typeCode).addOnCompleteListener { done(if (it.isSuccessful) it.result else null) }
    }
}

/** Google Play's library. Nothing else names its classes, so that an app may leave them out. */
internal interface VerdictRequests {
    /** Waits for a verdict. @throws ExecutionException with Google's own exception */
    fun ask(binding: String): Verdict

    /** What was known of the device no longer holds. */
    fun startOver()
}

internal class ClassicRequests(private val context: Context, private val cloudProject: Long?) : VerdictRequests {
    override fun ask(binding: String): Verdict {
        val request = IntegrityTokenRequest.builder().setNonce(binding)
        if (cloudProject != null) request.setCloudProjectNumber(cloudProject)
        val response = IntegrityManagerFactory.create(context).requestIntegrityToken(request.build()).await()
        return Verdict(response.token(), response::showDialog)
    }

    /** Each verdict is of the moment. */
    override fun startOver() = Unit
}

internal class StandardRequests(private val context: Context, private val cloudProject: Long) : VerdictRequests {
    private var provider: Task<StandardIntegrityTokenProvider>? = null

    override fun ask(binding: String): Verdict = try {
        askWarm(binding)
    } catch (failed: ExecutionException) {
        if ((failed.cause as? StandardIntegrityException)?.errorCode != PROVIDER_INVALID) throw failed
        // Google lets a provider expire.
        startOver()
        askWarm(binding)
    }

    private fun askWarm(binding: String): Verdict {
        val warm = try {
            current().await()
        } catch (failed: Exception) {
            forget()
            throw failed
        }
        val token = warm.request(StandardIntegrityTokenRequest.builder().setRequestHash(binding).build()).await()
        return Verdict(token.token(), token::showDialog)
    }

    @Synchronized
    private fun current() = provider ?: warmUp().also { provider = it }

    @Synchronized
    private fun forget() {
        provider = null
    }

    /** A provider remembers verdicts, so that only another one has one of afterwards. It is warmed up at once, while the app goes on. */
    @Synchronized
    override fun startOver() {
        provider = warmUp()
    }

    private fun warmUp(): Task<StandardIntegrityTokenProvider> = IntegrityManagerFactory.createStandard(context)
        .prepareIntegrityToken(PrepareIntegrityTokenRequest.builder().setCloudProjectNumber(cloudProject).build())

    private companion object {
        /** `INTEGRITY_TOKEN_PROVIDER_INVALID` of `StandardIntegrityErrorCode`. */
        const val PROVIDER_INVALID = -19
    }
}

/** Google's number of a fault, if it is Google's. */
internal fun codeOf(fault: Throwable?): Int? =
    (fault as? IntegrityServiceException)?.errorCode ?: (fault as? StandardIntegrityException)?.errorCode

private fun <T> Task<T>.await(): T = Tasks.await(this, SECONDS, TimeUnit.SECONDS)

/** A challenge is valid for 120 s; Google's own retries take less. */
private const val SECONDS = 30L
