package dev.assay.okhttp

import dev.assay.Assay
import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import okhttp3.Call
import okhttp3.OkHttpClient
import java.io.IOException
import java.io.InterruptedIOException

/**
 * Adds token and proof to requests to the protected APIs, and to no others: a redirect to elsewhere takes neither
 * along, one that stays inside gets its own proof. If the API wants a nonce or a fresh token, the request is sent once
 * more, unless its body can be sent only once. This covers Retrofit, Apollo, Coil and Wire's gRPC; not grpc-java,
 * which takes no `OkHttpClient`.
 *
 * Calls wait for a token if there is none: do not make them on the main thread, as with OkHttp in general. A call that
 * gets none fails with [AssayIOException]; a call that is cancelled, or whose time is over, stops waiting.
 *
 * OkHttp calls no network interceptor for the handshake of a WebSocket: open it with the request of [webSocketRequest].
 */
public fun OkHttpClient.Builder.assay(assay: Assay): OkHttpClient.Builder = assay(assay.client)

/** Like the other, for a client over your own ports. */
public fun OkHttpClient.Builder.assay(client: AssayClient): OkHttpClient.Builder =
    addInterceptor(RepeatInterceptor(client)).addNetworkInterceptor(ProofInterceptor(client))

/** Why a request was not sent. OkHttp lets only I/O exceptions through; any other ends the app. */
public class AssayIOException(override val cause: AssayException) : IOException(cause.message, cause)

/** Like OkHttp's own interceptors, it respects cancellation of the call and interruption of the thread. */
internal fun <T> AssayClient.orIOException(call: Call, work: suspend () -> T): T = try {
    waitFor({ if (call.isCanceled()) throw IOException("Canceled") }, work)
} catch (error: AssayException) {
    throw AssayIOException(error)
} catch (_: InterruptedException) {
    Thread.currentThread().interrupt()
    throw InterruptedIOException("interrupted")
}
