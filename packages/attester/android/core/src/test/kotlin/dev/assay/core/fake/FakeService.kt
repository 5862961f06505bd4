package dev.assay.core.fake

import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.running.Abort
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.concat
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.uint32
import dev.assay.core.wire.utf8
import java.io.IOException
import kotlin.coroutines.suspendCoroutine

/** What a call meets in place of the service: before it is reached, or (`LOST`) after it has done its work. */
sealed class Mishap {
    object Network : Mishap()

    object Lost : Mishap()

    class Answers(val answer: HttpAnswer) : Mishap()
}

class Call(val url: String, val path: String, val body: Map<String, Any?>, val text: String)

/** An attestation service that judges nothing: it takes and returns what the wire contract says. */
class FakeService(private val trueSeconds: () -> Long) : Http {
    val calls = ArrayList<Call>()
    val clientData = ArrayList<Map<String, Any?>>()
    val mishaps = hashMapOf("/v1/challenges" to ArrayDeque<Mishap>(), "/v1/attestations" to ArrayDeque())

    /** Whether the app is registered for platform evidence. */
    var wantsEvidence = true
    var isDown = false

    /** The APIs that take the kind `access`: audience to scheme. */
    var tokenTypes = emptyMap<String, String>()

    /** APIs that get no token, and what the answer says of that. */
    var deniedAudiences = emptySet<String>()
    var remedies: Any? = null

    /** Whether it takes requests and never answers. */
    @Volatile
    var isSilent = false
    private var issued = 0
    private val answered = HashMap<String, HttpAnswer>()

    fun calls(path: String): List<Call> = calls.filter { it.path == path }

    override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer {
        val path = url.substring(url.indexOf("/v1/"))
        val request = checkNotNull(JsonReader.readObject(body))
        calls.add(Call(url, path, request, body))
        if (isSilent) suspendCoroutine<Unit> { }
        if (isDown) throw IOException("unreachable")
        val mishap = mishaps.getValue(path).removeFirstOrNull()
        if (mishap is Mishap.Network) throw IOException("unreachable")
        if (mishap is Mishap.Answers) return mishap.answer
        val answer = if (path == "/v1/challenges") challenge(request) else answered.getOrPut(body) { attest(request) }
        if (mishap is Mishap.Lost) throw IOException("reset")
        return answer
    }

    private fun challenge(request: Map<String, Any?>): HttpAnswer {
        val purpose = if (request["key"] == null) 2 else 1
        val head = concat(byteArrayOf(1, 1, purpose.toByte(), 0), uint32(trueSeconds()), uint32(7), ByteArray(16) { calls.size.toByte() })
        val answer = linkedMapOf<String, Any>(
            "attestation_challenge" to encodeBase64Url(concat(head, ByteArray(20))),
            "plan" to encodeBase64Url(utf8(plan(request))),
            "expires_in" to 120,
        )
        if (wantsEvidence) answer["evidence"] = request["purpose"] ?: "enrolment"
        return HttpAnswer(200, Json.write(answer), null)
    }

    private fun plan(request: Map<String, Any?>) =
        """{"v":1,"app":"${request["app"]}","build":"${request["build"]}","epoch":7,"seed":"${"A".repeat(43)}",""" +
            """"coverage":"image","reads":[{"op":"range","segment":0,"length":64}],"live":{"show":[],"run":["refusal.1"]},"probes":[]}"""

    private fun attest(request: Map<String, Any?>): HttpAnswer {
        val bytes = checkNotNull(decodeBase64Url(request["client_data"] as String))
        val data = checkNotNull(JsonReader.readObject(String(bytes)))
        clientData.add(data)
        val tokens = (data["audiences"] as List<*>).filter { it !in deniedAudiences }.map {
            mapOf("audience" to it, "token" to "token-${++issued}", "token_type" to tokenTypes[it], "expires_in" to 300).filterValues { one -> one != null }
        }
        val answer = mapOf(
            "tokens" to tokens, "remedies" to remedies, "refresh_after" to 150, "server_time" to trueSeconds(), "trace" to "r".repeat(22),
        )
        return HttpAnswer(200, Json.write(answer.filterValues { it != null }), null)
    }
}

fun problem(status: Int, code: String, more: Map<String, Any> = emptyMap(), retryAfter: String? = null): Mishap =
    Mishap.Answers(HttpAnswer(status, Json.write(mapOf("code" to code) + more), retryAfter))
