package dev.assay.okhttp

import dev.assay.Assay
import dev.assay.core.AssayException
import okhttp3.Request

/**
 * The request of one handshake, for `OkHttpClient.newWebSocket`. Each needs its own, a reconnection too. Its proof is for `GET` and the
 * URL with `https:` in place of `wss:`. OkHttp takes these headers along a redirect of a handshake, so open it with a client that
 * follows none: `http.newBuilder().followRedirects(false).build()`.
 *
 * @throws AssayException when no token is available
 * @throws IllegalArgumentException for a URL that is not that of a protected API
 */
public suspend fun Assay.webSocketRequest(url: String): Request {
    // OkHttp writes `wss:` as `https:`.
    val request = Request.Builder().url(url).build()
    val signed = request.newBuilder()
    for ((name, value) in proof(request.method, request.url.toString()).toMap()) signed.header(name, value)
    return signed.build()
}

/** Like [webSocketRequest], but waits. */
@Throws(AssayException::class)
public fun Assay.webSocketRequestBlocking(url: String): Request = client.waitFor { webSocketRequest(url) }
