package dev.assay.reactnative

import dev.assay.Assay
import dev.assay.LoadedScript
import dev.assay.core.client.AssayEvent
import dev.assay.core.client.AssayState
import dev.assay.core.client.Subscription
import dev.assay.core.client.TokenType
import dev.assay.core.AssayErrorCode
import dev.assay.core.request.ProofHeaders
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.decodeBase64Url
import okhttp3.OkHttpClient
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/**
 * Requests from JavaScript through the TurboModule, as texts. Each request is answered once, whatever is thrown; none
 * blocks its caller.
 *
 * @param loaded the script that runs, if it is a file outside the package
 * @param tell takes events, on the client's own thread
 */
public class AssayBridge(
    private val clients: Clients,
    private val start: StartAssay,
    http: () -> OkHttpClient.Builder,
    private val loaded: () -> File?,
    private val tell: (String) -> Unit,
) {
    private val fetcher = Fetcher(http)
    private val listening = ConcurrentHashMap<String, Subscription>()

    /** @param answer called once, on any thread */
    public fun ask(method: String, text: String, answer: (String) -> Unit) {
        suspend { answerTo(method, Request.read(text), text) }.startCoroutine(
            Continuation(EmptyCoroutineContext) { outcome -> answer(Answers.of(outcome)) },
        )
    }

    /** A failure has no consequence. */
    public fun tell(method: String, text: String) {
        val request = runCatching { Request.read(text) }.getOrNull() ?: return
        runCatching {
            val handle = request.text("handle")
            when (method) {
                "wake" -> clients.find(handle).wake()
                "learn" -> clients.find(handle).client.learn(request.text("url")) { name ->
                    request.textOrNull("nonce").takeIf { name == "DPoP-Nonce" }
                }
                "close" -> {
                    listening.remove(handle)?.cancel()
                    fetcher.forget(handle)
                    clients.close(handle)
                }
            }
        }
    }

    /** The JavaScript has ended: by a reload, or with the app. Clients stay for the next one. */
    public fun invalidate() {
        val handles = listening.keys.toList()
        for (handle in handles) {
            listening.remove(handle)?.cancel()
            fetcher.forget(handle)
        }
        clients.forget(handles)
    }

    private suspend fun answerTo(method: String, request: Request, text: String): Map<String, Any?> {
        if (method == "create") return create(request, text)
        val handle = request.text("handle")
        val assay = clients.find(handle)
        return when (method) {
            "getToken" -> getToken(assay, request)
            "proof" -> proof(assay, request)
            "fetch" -> fetcher.fetch(handle, assay, request)
            "setReference" -> assay.setReference(request.textOrNull("reference")).let { emptyMap() }
            "reset" -> assay.reset().let { emptyMap() }
            "debugLog" -> mapOf("lines" to assay.debugLog())
            else -> Request.missing("method")
        }
    }

    private fun create(request: Request, text: String): Map<String, Any?> {
        // Not misuse: the JavaScript is from another release, and reports that when it sees this version.
        if (request.whole("bridge") != VERSION) return mapOf("bridge" to VERSION)
        val options = request.part("options")
        @Suppress("UNCHECKED_CAST")
        val name = options?.let { Clients.nameOf(JsonReader.readObject(text)?.get("options") as Map<String, Any?>) }
        val script = LoadedScript(request.textOrNull("build"), loaded())
        val (handle, assay) = clients.open(Wanted(options, name, script), start)
        listening[handle] = assay.on { event -> told(handle, assay, event) }
        return mapOf("bridge" to VERSION, "handle" to handle)
    }

    private suspend fun getToken(assay: Assay, request: Request): Map<String, Any?> {
        val audience = if (request.flag("any")) assay.client.audiences.first() else request.textOrNull("audience")
        val token = assay.getToken(audience, request.flag("forceRefresh"))
        val type = token.tokenType?.let { mapOf("tokenType" to it.text) } ?: emptyMap()
        return type + mapOf("audience" to token.audience, "token" to token.token, "expiresIn" to token.expiresIn, "trace" to token.trace)
    }

    private suspend fun proof(assay: Assay, request: Request): Map<String, Any?> {
        val url = request.text("url")
        val method = request.text("method")
        val audience = assay.client.audienceOf(url)
        val authorization = request.textOrNull("authorization")
        if (request.flag("forFetch")) {
            if (audience == null) return emptyMap()
            val headers = assay.client.headers(method, url, authorization, request.textOrNull("unwanted"))
            return mapOf(
                "audience" to audience,
                "authorizationServer" to (audience in assay.client.authorizationServers),
                "headers" to headers,
            )
        }
        val proof = assay.client.proof(method, url, authorization, request.textOrNull("nonce"))
        // A bearer token is useful to whoever a redirect leads to.
        if (!request.flag("heedsRedirect") && isBearer(proof)) return refused("bearer_refused")
        return mapOf("audience" to audience, "headers" to proof.toMap())
    }

    private fun refused(code: String): Nothing = throw BridgeError(code)

    private fun told(handle: String, assay: Assay, event: AssayEvent) {
        suspend { assay.state() }.startCoroutine(
            Continuation(EmptyCoroutineContext) { outcome ->
                val state = outcome.fold(::nameOf) { "closed" }
                runCatching { tell(Answers.json(mapOf("handle" to handle, "state" to state) + membersOf(event))) }
            },
        )
    }

    private fun nameOf(state: AssayState): String = when {
        state.expiresIn != null -> "attested"
        state.error == null -> "idle"
        state.error?.code == AssayErrorCode.ATTESTATION_DENIED -> "denied"
        else -> "failing"
    }

    private fun membersOf(event: AssayEvent): Map<String, Any?> = mapOf("name" to event.name) + when (event) {
        is AssayEvent.Token -> mapOf(
            "audiences" to event.audiences,
            "expiresIn" to event.expiresIn,
            "trace" to event.trace,
            "clockOffset" to event.clockOffset,
            "source" to event.source.text,
        )
        is AssayEvent.RefreshFailed -> mapOf("error" to Answers.error(event.error), "retryIn" to event.retryIn)
        is AssayEvent.Denied -> mapOf("error" to Answers.error(event.error))
        is AssayEvent.KeyRenewed -> emptyMap()
        is AssayEvent.AttestationUnavailable -> mapOf("vendorCode" to event.vendorCode)
        is AssayEvent.CodeCacheUnavailable -> mapOf("reason" to event.reason)
    }

    private companion object {
        /** The version of the texts: `bridgeVersion` in `src/bridge.ts`. */
        const val VERSION = 1L
    }
}

/** An error that only the bridge has. */
internal class BridgeError(val code: String) : Exception(code)

/**
 * What the service said of the token, or else what that states about itself; the API is not consulted. An unreadable token counts as bearer.
 */
private fun isBearer(proof: ProofHeaders): Boolean {
    proof.tokenType?.let { return it == TokenType.BEARER }
    val payload = proof.token.split('.').getOrNull(1)?.let(::decodeBase64Url)?.let { JsonReader.readObject(String(it)) }
    return payload?.get("mode") != "bound"
}
