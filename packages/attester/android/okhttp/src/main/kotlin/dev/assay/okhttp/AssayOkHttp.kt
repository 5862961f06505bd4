package dev.assay.okhttp

import dev.assay.Assay
import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.running.awaitBlocking
import okhttp3.OkHttpClient
import java.io.IOException

/**
 * Adds token and proof to requests to the protected APIs, and to no others: a redirect that leads out takes neither along, one
 * that stays inside gets a proof of its own. When the API wants a nonce or a fresh token, the request is sent once more, unless
 * its body can be sent only once. Retrofit, Apollo, Coil and gRPC over OkHttp come with it.
 *
 * Calls wait for a token where there is none: do not make them from the main thread, as with OkHttp anyway. One that gets none
 * fails with [AssayIOException].
 */
public fun OkHttpClient.Builder.assay(assay: Assay): OkHttpClient.Builder = assay(assay.client)

/** As the other, for a client over ports of your own. */
public fun OkHttpClient.Builder.assay(client: AssayClient): OkHttpClient.Builder =
    addInterceptor(RepeatInterceptor(client)).addNetworkInterceptor(ProofInterceptor(client))

/** Why a request was not sent. OkHttp lets only this kind of exception through. */
public class AssayIOException(override val cause: AssayException) : IOException(cause.message, cause)

internal fun <T> orIOException(work: suspend () -> T): T = try {
    awaitBlocking(work)
} catch (error: AssayException) {
    throw AssayIOException(error)
}
