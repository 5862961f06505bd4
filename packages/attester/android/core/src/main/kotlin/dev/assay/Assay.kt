package dev.assay

import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.client.AssayEvent
import dev.assay.core.client.AssayState
import dev.assay.core.client.AssayToken
import dev.assay.core.client.Subscription
import dev.assay.core.request.ProofHeaders
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/** Receives the result of a call, on the executor for callbacks: on Android the main thread unless another is given. */
public interface AssayCallback<T> {
    /** The result of the call. */
    public fun onSuccess(value: T)

    /** [AssayException], or `IllegalArgumentException` for misuse. */
    public fun onFailure(error: Throwable)
}

/**
 * Attestation for the app that it runs in. On Android `Assay.start(context, config)` makes one; keep it for the life
 * of the process. All functions may be called from any thread; those whose name ends in `Blocking` not from the main
 * thread, where they throw `IllegalStateException` in debuggable builds, nor on the client's own thread, where they always throw it
 * instead of waiting for ever. Those that suspend do not notice that their coroutine is cancelled, so `withTimeout` does not shorten
 * them: `awaitToken` and `awaitProof` of `assay-coroutines` do.
 *
 * @property client the same, with all that adapters of HTTP clients need
 * @param callbacks calls listeners and callbacks; by default on the client's own thread
 */
public class Assay(
    public val client: AssayClient,
    private val selfTest: SelfTest,
    private val callbacks: Executor = Executor(Runnable::run),
    private val onClose: () -> Unit,
) {
    private val log = DebugLog()
    private val logging = client.on(log::add)

    /**
     * A valid token, from memory or by an exchange that all callers share.
     *
     * @param audience may be left out if the configuration names only one
     * @param forceRefresh by an exchange even if a valid token is available
     * @throws AssayException when no token is available
     */
    public suspend fun getToken(audience: String? = null, forceRefresh: Boolean = false): AssayToken =
        client.getToken(audience, forceRefresh)

    /** Like [getToken], but waits. */
    @JvmOverloads
    @Throws(AssayException::class)
    public fun getTokenBlocking(audience: String? = null, forceRefresh: Boolean = false): AssayToken =
        client.waitFor { client.getToken(audience, forceRefresh) }

    /** Like [getToken], for Java. */
    @JvmOverloads
    public fun getToken(callback: AssayCallback<AssayToken>, audience: String? = null, forceRefresh: Boolean = false) {
        suspend { client.getToken(audience, forceRefresh) }.startCoroutine(
            Continuation(EmptyCoroutineContext) { callbacks.execute { it.fold(callback::onSuccess, callback::onFailure) } },
        )
    }

    /** Makes the first exchange before the first request, and reports it only by events. */
    public fun prefetch() {
        suspend { client.getToken(client.audiences.first()) }.startCoroutine(Continuation(EmptyCoroutineContext) {})
    }

    /**
     * Token and proof for one request of an HTTP client that has no adapter here. Each request needs its own.
     *
     * @param method as sent, such as `GET`
     * @param authorization the header `Authorization` of the request
     * @throws AssayException
     * @throws IllegalArgumentException for a URL that is not that of a protected API
     */
    public suspend fun proof(method: String, url: String, authorization: String? = null): ProofHeaders =
        client.proof(method, url, authorization)

    /** Like [proof], but waits. */
    @JvmOverloads
    @Throws(AssayException::class)
    public fun proofBlocking(method: String, url: String, authorization: String? = null): ProofHeaders =
        client.waitFor { client.proof(method, url, authorization) }

    /**
     * Calls `listener` at each event, on the executor for callbacks, until the subscription is cancelled: not even with an event
     * that was under way.
     */
    public fun on(listener: (AssayEvent) -> Unit): Subscription {
        val isCancelled = AtomicBoolean()
        val inner = client.on { event -> callbacks.execute { if (!isCancelled.get()) listener(event) } }
        return Subscription {
            isCancelled.set(true)
            inner.cancel()
        }
    }

    /**
     * What the app calls its user, for support; `null` for none. The next exchange carries it, and none is made for it.
     *
     * @param text 1 to 128 bytes of UTF-8, without control characters
     * @throws IllegalArgumentException for another text
     */
    public fun setReference(text: String?): Unit = client.setReference(text)

    /** The current state of the client. */
    public suspend fun state(): AssayState = client.state()

    /**
     * Call it when the network is back, if the app knows and the system does not: a refresh that is due is made at
     * once.
     */
    public fun wake(): Unit = client.wake()

    /** Discards tokens, key and everything kept: the next exchange enrols a new installation. */
    public suspend fun reset(): Unit = client.reset()

    /** Like [reset], but waits. */
    @Throws(AssayException::class)
    public fun resetBlocking(): Unit = client.waitFor { client.reset() }

    /** Recent events, one per line. Holds no token, key, challenge or evidence: it is safe to paste. */
    public fun debugLog(): List<String> = log.lines()

    /**
     * Tries everything that this SDK needs from the device, and reports it as one JSON object. Blocks for seconds, and
     * makes keys of its own, which it removes; the installation stays as it is. For `docs/device-checklist.md`.
     */
    public fun selfTestBlocking(): String = selfTest.run()

    /** Ends background work and everything that is waiting; each later call fails with `closed`. */
    public fun close() {
        onClose()
        logging.cancel()
        client.close()
    }

    public companion object
}
