package dev.assay.okhttp

import dev.assay.Assay
import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.running.awaitBlocking
import okhttp3.Call
import okhttp3.OkHttpClient
import java.io.IOException
import java.io.InterruptedIOException

/**
 * Adds token and proof to requests to the protected APIs, and to no others: a redirect that leads out takes neither along, one
 * that stays inside gets a proof of its own. When the API wants a nonce or a fresh token, the request is sent once more, unless
 * its body can be sent only once. Retrofit, Apollo, Coil and gRPC over OkHttp come with it.
 *
 * Calls wait for a token where there is none: do not make them from the main thread, as with OkHttp anyway. One that gets none
 * fails with [AssayIOException]; one that is cancelled, or whose time is over, stops waiting.
 *
 * OkHttp asks no network interceptor about the handshake of a WebSocket: add `assay.proofBlocking("GET", url).toMap()` to
 * its request, with `https:` in the URL instead of `wss:`.
 */
public fun OkHttpClient.Builder.assay(assay: Assay): OkHttpClient.Builder = assay(assay.client)

/** As the other, for a client over ports of your own. */
public fun OkHttpClient.Builder.assay(client: AssayClient): OkHttpClient.Builder =
    addInterceptor(RepeatInterceptor(client)).addNetworkInterceptor(ProofInterceptor(client))

/** Why a request was not sent. OkHttp lets only exceptions of input and output through; any other ends the app. */
public class AssayIOException(override val cause: AssayException) : IOException(cause.message, cause)

/** As OkHttp's own interceptors do, it heeds that the call is cancelled and the thread interrupted. */
internal fun <T> orIOException(call: Call, work: suspend () -> T): T = try {
    awaitBlocking({ if (call.isCanceled()) throw IOException("Canceled") }, work)
} catch (error: AssayException) {
    throw AssayIOException(error)
} catch (_: InterruptedException) {
    Thread.currentThread().interrupt()
    throw InterruptedIOException("interrupted")
}
