package dev.assay.okhttp

import dev.assay.core.client.Clock
import dev.assay.core.client.WithoutToken
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.claimsOf
import dev.assay.core.fake.problem
import dev.assay.core.vectors.Input
import dev.assay.core.vectors.RefusedCase
import dev.assay.core.vectors.members
import dev.assay.core.vectors.text
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.mockwebserver.RecordedRequest
import okio.BufferedSink

/** A case of `protected-fetch`: an app's requests go through OkHttp and TLS to servers that the case plays. */
fun protectedFetch(input: Input): Any = FetchCase(input).use(FetchCase::play)

private class FetchCase(private val input: Input) : AutoCloseable {
    private val audiences = (input["audiences"] as List<*>).associate { val (prefix, audience) = it as List<*>; prefix as String to audience as String }
    private val clock = SetClock()
    private val world = LiveWorld(
        audiences,
        if (input["withoutToken"] == "send") WithoutToken.SEND else WithoutToken.FAIL,
        clock = clock,
        authorizationServers = (input["authorizationServers"] as List<*>?).orEmpty().map { it as String },
    )
    private val servers = EveryServer()
    private val http = servers.reachedBy(OkHttpClient.Builder()).assay(world.client).build()

    init {
        (input["tokenTypes"] as List<*>?)?.let { types ->
            world.service.tokenTypes = types.associate { val (audience, scheme) = it as List<*>; audience as String to scheme as String }
        }
    }

    fun play(): List<Map<String, Any?>> {
        (input["refusal"] as String?)?.let { code ->
            repeat(MANY) { world.service.mishaps.getValue("/v1/challenges").add(problem(403, code)) }
        }
        return input.members("requests").map { asked ->
            clock.now += (asked["after"] as Double?) ?: 0.0
            servers.answers = asked.members("answers")
            val status = try {
                http.newCall(requestOf(asked)).execute().use { it.code }
            } catch (failed: AssayIOException) {
                throw RefusedCase(failed.cause.code.text, mapOf("calls" to calls()))
            }
            mapOf("calls" to calls(), "status" to status)
        }
    }

    override fun close() {
        world.client.close()
        http.dispatcher.executorService.shutdown()
        http.connectionPool.evictAll()
        servers.close()
    }

    private fun requestOf(asked: Input): Request {
        val method = asked.text("method")
        val body = if (asked["stream"] == true) OneShotBody else if (method == "POST") "".toRequestBody() else null
        val builder = Request.Builder().url(asked.text("url")).method(method, body)
        (asked["authorization"] as String?)?.let { builder.header("Authorization", it) }
        return builder.build()
    }

    private fun calls(): List<Map<String, Any?>> = servers.taken().map(::callOf)

    private fun callOf(seen: RecordedRequest): Map<String, Any?> {
        val attestation = seen.getHeader("OAuth-Client-Attestation")
        val fields = seen.getHeader("Authorization")?.split(' ').orEmpty()
        // A token of ours names its exchange; a user's login does not.
        val scheme = fields.firstOrNull().takeIf { fields.getOrNull(1)?.startsWith("token-") == true }
        check(attestation == null || scheme == null) { "a token goes into one field" }
        val token = attestation ?: scheme?.let { fields[1] }
        val proof = seen.getHeader("DPoP")
        check((token == null || scheme == "Bearer") == (proof == null)) { "a token comes with a proof, and only so" }
        val claims = proof?.let { claimsOf(it, checkNotNull(token)) }.orEmpty()
        val more = mapOf("scheme" to scheme, "nonce" to claims["nonce"], "ath" to claims["ath"], "told" to seen.getHeader("Assay-Status"))
        return mapOf("url" to "https://${seen.getHeader("Host")}${seen.path}", "method" to seen.method, "token" to token?.let(::exchangeOf)) +
            more.filterValues { it != null }
    }

    /** Each exchange gives one token for each audience, and they are numbered through. */
    private fun exchangeOf(token: String): Int = (token.removePrefix("token-").toInt() - 1) / audiences.values.distinct().size + 1

    private companion object {
        /** As often as anything could ask. */
        const val MANY = 100
    }
}

private class SetClock : Clock {
    @Volatile
    var now = 1_000.0

    override fun monotonic() = now

    override fun wall() = now
}

private object OneShotBody : RequestBody() {
    override fun contentType() = null

    override fun isOneShot() = true

    override fun writeTo(sink: BufferedSink) {
        sink.writeUtf8("once")
    }
}
