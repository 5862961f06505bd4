package dev.assay.ktor

import dev.assay.Assay
import dev.assay.core.client.AssayClient
import dev.assay.core.request.ApiAnswer
import dev.assay.core.request.HeaderNames
import dev.assay.core.request.ProtectedCall
import io.ktor.client.HttpClient
import io.ktor.client.call.HttpClientCall
import io.ktor.client.call.save
import io.ktor.client.plugins.HttpClientPlugin
import io.ktor.client.plugins.HttpSend
import io.ktor.client.plugins.plugin
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.client.statement.HttpReceivePipeline
import io.ktor.client.statement.bodyAsText
import io.ktor.http.content.OutgoingContent
import io.ktor.util.AttributeKey
import kotlinx.coroutines.Job
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/** Settings of [AssayPlugin]. */
public class AssayPluginConfig {
    /** The one of the app. */
    public var assay: Assay? = null

    /** In its place, for a client over your own ports. */
    public var client: AssayClient? = null
}

/**
 * Adds token and proof to requests to the protected APIs, and to no others: a redirect to elsewhere takes neither
 * along. If the API wants a nonce or a fresh token, the request is sent once more, unless its body is a stream.
 *
 * ```
 * HttpClient { install(AssayPlugin) { assay = theAssay } }
 * ```
 *
 * A request that gets no token fails with [dev.assay.core.AssayException]; one that is cancelled, or whose time is over,
 * stops waiting.
 */
public class AssayPlugin private constructor(private val client: AssayClient) {
    private class Attempt(val call: ProtectedCall) {
        var sent: Map<String, String> = emptyMap()
    }

    private fun install(scope: HttpClient) {
        scope.plugin(HttpSend).intercept { request ->
            val call = client.call(request.url.buildString()) ?: return@intercept execute(request)
            while (true) {
                val attempt = Attempt(call)
                request.attributes.put(attempts, attempt)
                val answered = readable(call, execute(request))
                val canRepeat = request.body !is OutgoingContent.ReadChannelContent && request.body !is OutgoingContent.WriteChannelContent
                if (!call.isRepeated(answerOf(call, answered), canRepeat, attempt.sent)) return@intercept answered
            }
            @Suppress("UNREACHABLE_CODE")
            error("left by a return")
        }
        // Runs once for each request on the wire. The headers are removed again: Ktor copies the headers for a
        // redirect.
        scope.sendPipeline.intercept(HttpSendPipeline.State) {
            val url = context.url.buildString()
            if (client.audienceOf(url) == null) return@intercept
            val added = headersFor(context, url)
            for ((name, value) in added) context.headers[name] = value
            try {
                proceed()
            } finally {
                for (name in added.keys) context.headers.remove(name)
            }
        }
        scope.receivePipeline.intercept(HttpReceivePipeline.State) { response ->
            client.learn(response.call.request.url.toString()) { name -> response.headers[name] }
        }
    }

    /** If the body says what the server wants, the app must be able to read it as well. */
    private suspend fun readable(call: ProtectedCall, answered: HttpClientCall) =
        if (mayTellInBody(call, answered)) answered.save() else answered

    private suspend fun answerOf(call: ProtectedCall, answered: HttpClientCall): ApiAnswer {
        val response = answered.response
        val body = if (mayTellInBody(call, answered)) response.bodyAsText() else null
        return ApiAnswer(response.status.value, response.headers.getAll("WWW-Authenticate")?.joinToString(), body)
    }

    private fun mayTellInBody(call: ProtectedCall, answered: HttpClientCall) =
        call.mayTellInBody(answered.response.status.value, answered.response.headers["Content-Type"])

    private suspend fun headersFor(request: HttpRequestBuilder, url: String): Map<String, String> {
        val attempt = request.attributes.getOrNull(attempts)
        val headers = unlessOver(request.executionContext) {
            client.headers(request.method.value, url, request.headers[HeaderNames.AUTHORIZATION], attempt?.call?.unwanted)
        }
        attempt?.sent = headers
        return headers
    }

    /**
     * Stops waiting for `work` when the caller is cancelled or, as `HttpTimeout` does, the request. The exchange goes
     * on, for others.
     */
    private suspend fun <T> unlessOver(request: Job, work: suspend () -> T): T = suspendCancellableCoroutine { caller ->
        request.invokeOnCompletion { caller.cancel(it) }
        work.startCoroutine(Continuation(EmptyCoroutineContext, caller::resumeWith))
    }

    public companion object : HttpClientPlugin<AssayPluginConfig, AssayPlugin> {
        private val attempts = AttributeKey<Attempt>("AssayAttempt")

        override val key: AttributeKey<AssayPlugin> = AttributeKey("Assay")

        /** @throws IllegalArgumentException if neither `assay` nor `client` is set */
        override fun prepare(block: AssayPluginConfig.() -> Unit): AssayPlugin {
            val config = AssayPluginConfig().apply(block)
            return AssayPlugin(requireNotNull(config.assay?.client ?: config.client) { "assay: missing or wrong" })
        }

        /** Ktor calls this once for each client. */
        override fun install(plugin: AssayPlugin, scope: HttpClient): Unit = plugin.install(scope)
    }
}
