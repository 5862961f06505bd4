package dev.assay.webview

import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/**
 * What a page asks for, as JSON: the headers of one request (`id`, `method`, `url`, `authorization`, `unwanted`), or that a nonce be kept
 * (`learn`, `nonce`). Anything else is not answered.
 */
internal class PageRequests(private val client: AssayClient) {
    /**
     * @param granted audiences of the page: for any other URL it learns no more than for one that is not protected
     * @param reply is called at most once, on any thread
     */
    fun take(text: String, granted: Set<String>, reply: (String) -> Unit) {
        if (text.length > LONGEST) return
        val message = JsonReader.readObject(text) ?: return
        val (learnt, nonce) = message["learn"] to message["nonce"]
        if (learnt is String && nonce is String && nonce.length <= LONGEST_NONCE) {
            if (client.audienceOf(learnt) in granted) client.learn(learnt) { nonce }
            return
        }
        val id = message["id"] as? Double ?: return
        val method = message["method"] as? String ?: return
        val url = message["url"] as? String ?: return
        if (client.audienceOf(url) !in granted) return reply(answerOf(id.toLong(), Result.failure(IllegalArgumentException())))
        suspend { client.headers(method, url, message["authorization"] as? String, message["unwanted"] as? String) }
            .startCoroutine(Continuation(EmptyCoroutineContext) { outcome -> reply(answerOf(id.toLong(), outcome)) })
    }

    private companion object {
        /** Characters. A request has a URL, and an access token. */
        const val LONGEST = 65_536
        const val LONGEST_NONCE = 1024
    }
}

/** Of what went wrong a page learns what it can show or decide on, and nothing of the device. */
internal fun answerOf(id: Long, outcome: Result<Map<String, String>>): String = Json.write(
    mapOf("id" to id) + outcome.fold({ mapOf("headers" to it) }) { error ->
        when (error) {
            is AssayException -> mapOf("error" to error.code.text, "trace" to error.trace, "problem" to error.problem) +
                (error.remedy?.let { mapOf("remedy" to it.toWire()) } ?: emptyMap())
            // The page asked for what is not protected, or is not for it.
            is IllegalArgumentException -> mapOf("error" to "url")
            // A malfunction without a code: the page may ask again.
            else -> emptyMap()
        }
    },
)
