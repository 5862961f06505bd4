package dev.assay.okhttp

import dev.assay.core.client.AssayClient
import dev.assay.core.client.WithoutToken
import dev.assay.core.request.ApiAnswer
import dev.assay.core.request.HeaderNames
import dev.assay.core.request.ProtectedCall
import okhttp3.Interceptor
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.Response

/** One call of the app on its way to the network, where each hop and each repeat has its own proof. */
internal class Attempt(val call: ProtectedCall) {
    /** What was added to the last request of this call. */
    @Volatile
    var sent: Map<String, String> = emptyMap()
}

/**
 * Runs once for each call of the app: fetches a token before a connection is taken, and repeats the request if the API
 * asks for it.
 */
internal class RepeatInterceptor(private val client: AssayClient) : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        val audience = client.audienceOf(request.url.toString())
        val call = client.call(request.url.toString())
        if (audience == null || call == null) return chain.proceed(request)
        while (true) {
            val attempt = Attempt(call)
            if (client.withoutToken == WithoutToken.FAIL && call.unwanted == null) client.orIOException(chain.call()) { client.getToken(audience) }
            val response = chain.proceed(request.newBuilder().tag(Attempt::class.java, attempt).build())
            if (!call.isRepeated(answerOf(call, response), canRepeat(request.body), attempt.sent)) return response
            response.close()
        }
    }

    private fun answerOf(call: ProtectedCall, response: Response): ApiAnswer {
        val tells = call.mayTellInBody(response.code, response.header("Content-Type"))
        val challenges = response.headers("WWW-Authenticate").joinToString().takeIf(String::isNotEmpty)
        return ApiAnswer(response.code, challenges, if (tells) response.peekBody(LONGEST).string() else null)
    }

    private fun canRepeat(body: RequestBody?) = body == null || !body.isOneShot() && !body.isDuplex()

    private companion object {
        const val LONGEST = 1L shl 16
    }
}

/** Runs once for each request on the wire, including redirects that OkHttp follows and connections that it retries. */
internal class ProofInterceptor(private val client: AssayClient) : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        val url = request.url.toString()
        val attempt = request.tag(Attempt::class.java)
        if (client.audienceOf(url) == null) return chain.proceed(request)
        val headers = client.orIOException(chain.call()) {
            client.headers(request.method, url, request.header(HeaderNames.AUTHORIZATION), attempt?.call?.unwanted)
        }
        attempt?.sent = headers
        val response = chain.proceed(with(request, headers))
        client.learn(url, response::header)
        return response
    }

    private fun with(request: Request, headers: Map<String, String>): Request {
        val builder = request.newBuilder()
        for ((name, value) in headers) builder.header(name, value)
        return builder.build()
    }
}
