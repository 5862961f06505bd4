package dev.assay.core.vectors

import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.client.AssayEvent
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.EvidencePurpose
import dev.assay.core.client.EvidenceSource
import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.client.InstallationKey
import dev.assay.core.client.KeyStore
import dev.assay.core.client.PreparedEvidence
import dev.assay.core.fake.FakeStateStore
import dev.assay.core.fake.FakeTime
import dev.assay.core.fake.claimsOf
import dev.assay.core.measurement.MemoryImage
import dev.assay.core.running.Abort
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.decodeBase64Url
import java.io.IOException
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.startCoroutine
import kotlin.coroutines.suspendCoroutine

/**
 * Plays one scenario of `behaviour` over fakes, and takes down what is seen after each step.
 *
 * @param hearsEvents whether events are taken from the client itself
 */
open class BehaviourPlayer(protected val input: Input, hearsEvents: Boolean = true) {
    protected val time: FakeTime = FakeTime()
    private val service = OpenService()
    private val seen = LinkedHashMap<String, ArrayList<Any>>()
    private val isOneKey = input["oneKey"] == true
    private val state = FakeStateStore()
    protected val client: AssayClient

    init {
        if (input["enrolled"] == true) keepEnrolled()
        time.setWall(input["wallError"] as Double)
        client = AssayClient(
            ClientOptions(
                endpoints = input.texts("endpoints"),
                app = input.text("app"),
                build = input.text("build"),
                audiences = (input["audiences"] as List<*>).associate { val (prefix, audience) = it as List<*>; prefix as String to audience as String },
                attestsKey = isOneKey,
                abi = input["abi"] as String?,
                requestTimeout = input.whole("requestTimeout"),
                idleAfter = input.whole("idleAfter"),
            ),
            ClientPorts(
                image = { MemoryImage(input.segments().toMap()) },
                keyStore = GivenKeys(input.members("keys"), input.member("keyFaults"), isOneKey),
                state = state,
                http = service,
                clock = time.clock,
                random = { length -> ByteArray(length) { input.whole("chance").toByte() } },
                scheduler = time,
                probes = emptyList(),
                evidence = input.members("evidence").map(::GivenEvidence),
            ),
        )
        if (hearsEvents) client.on { see("events", eventOf(it)) }
    }

    fun play(): List<Map<String, Any>> = input.members("steps").map { step ->
        seen.clear()
        carryOut(step)
        settle()
        LinkedHashMap(seen)
    }

    private fun keepEnrolled() {
        val key = input.members("keys").first().let { PublicJwk(it.text("x"), it.text("y")) }
        val audiences = (input["audiences"] as List<*>).map { (it as List<*>)[1] as String }.distinct()
        val id = listOf("1", input.text("app"), input.text("build"), key.thumbprint()) + audiences
        state.entries["enrolled"] = Json.write(mapOf("id" to id.joinToString(" ")))
    }

    /** What is due at once is not left for the next step. */
    protected open fun settle(): Unit = time.advance(0.0)

    protected fun see(kind: String, what: Map<String, Any?>) {
        seen.getOrPut(kind) { ArrayList() }.add(what.filterValues { it != null })
    }

    protected open fun carryOut(step: Input) {
        when (val what = step.text("do")) {
            "getToken" -> result(step.text("id")) {
                val token = client.getToken(step["audience"] as String?, step["forceRefresh"] == true)
                mapOf(
                    "audience" to token.audience,
                    "token" to token.token,
                    "tokenType" to token.tokenType?.text,
                    "expiresIn" to token.expiresIn,
                    "trace" to token.trace,
                )
            }
            "proof" -> result(step.text("id")) {
                val headers = client.proof(step.text("method"), step.text("url"), step["authorization"] as String?, step["nonce"] as String?)
                mapOf("scheme" to headers.tokenType?.text, "token" to headers.token, "proof" to headers.proof?.let { claimsOf(it, headers.token) })
            }
            "answer" -> service.answer(step)
            "pass" -> time.advance(step["milliseconds"] as Double)
            "sleep" -> time.sleep(step["milliseconds"] as Double)
            "setWall" -> time.setWall(step["milliseconds"] as Double)
            "setReference" -> setReference(step["reference"] as String?)
            "wake" -> client.wake()
            "close" -> client.close()
            else -> error("unknown step $what")
        }
    }

    protected open fun setReference(text: String?) {
        try {
            client.setReference(text)
        } catch (_: IllegalArgumentException) {
            see("results", mapOf("misuse" to true))
        }
    }

    private fun result(id: String, work: suspend () -> Map<String, Any?>) {
        work.startCoroutine(
            Continuation(EmptyCoroutineContext) { outcome ->
                see("results", mapOf("id" to id) + outcome.getOrElse(::failureOf))
            },
        )
    }

    private fun failureOf(thrown: Throwable): Map<String, Any?> = when (thrown) {
        is IllegalArgumentException -> mapOf("misuse" to true)
        is AssayException -> mapOf(
            "error" to thrown.code.text,
            "retryable" to thrown.retryable,
            "problem" to thrown.problem,
            "trace" to thrown.trace,
            "retryAfter" to thrown.retryAfter,
            "remedy" to remedyOf(thrown.remedy),
        )
        else -> throw thrown
    }

    private fun eventOf(event: AssayEvent): Map<String, Any?> = mapOf("event" to event.name) + when (event) {
        is AssayEvent.Token -> mapOf(
            "audiences" to event.audiences,
            "expiresIn" to event.expiresIn,
            "trace" to event.trace,
            "clockOffset" to event.clockOffset,
            "source" to event.source.text,
        )
        is AssayEvent.RefreshFailed -> mapOf("error" to event.error.code.text, "retryIn" to event.retryIn)
        is AssayEvent.Denied -> mapOf("error" to event.error.code.text, "trace" to event.trace, "remedy" to remedyOf(event.remedy))
        is AssayEvent.KeyRenewed, is AssayEvent.AttestationUnavailable, is AssayEvent.CodeCacheUnavailable -> emptyMap()
    }

    /** A service whose calls stay open until a step answers them. */
    private inner class OpenService : Http {
        private val open = HashMap<Int, Continuation<HttpAnswer>>()
        private val bodies = ArrayList<String>()

        override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer {
            see("calls", mapOf("url" to url, "body" to told(body)))
            bodies.add(body)
            return suspendCoroutine { open[bodies.size] = it }
        }

        fun answer(step: Input) {
            val call = open.remove(step.whole("call").toInt()) ?: return
            if ("fault" in step) return call.resumeWithException(IOException(step.text("fault")))
            val text = step["text"] as String? ?: Json.write(asWritten(step["body"]))
            @Suppress("UNCHECKED_CAST")
            val headers = step["headers"] as Map<String, String>? ?: emptyMap()
            call.resume(HttpAnswer(step.whole("status").toInt(), text, headers["Retry-After"]))
        }

        private fun told(body: String): Map<String, Any?> {
            val members = checkNotNull(JsonReader.readObject(body))
            val clientData = members["client_data"] as String? ?: return members.mapValues { if (it.key == "sdk") "SDK" else it.value }
            val data = checkNotNull(JsonReader.readObject(String(checkNotNull(decodeBase64Url(clientData)))))
            val key = data.member("key")
            val same = bodies.indexOf(body) + 1
            return mapOf(
                "challenge" to data["challenge"],
                "key" to PublicJwk(key.text("x"), key.text("y")).thumbprint(),
                "evidence" to data["evidence"],
                "reference" to data["reference"],
                "same" to same.takeIf { it > 0 },
            ).filterValues { it != null }
        }
    }
}

/** JSON as it was read, for writing: only whole numbers are in the files' answers, or their text is given. */
private fun asWritten(value: Any?): Any? = when (value) {
    is Double -> value.toLong()
    is List<*> -> value.map(::asWritten)
    is Map<*, *> -> value.mapValues { asWritten(it.value) }
    else -> value
}

/** Keys that are given, the first until it is replaced; their signatures are looked at by nobody. */
private class GivenKeys(private val keys: List<Input>, faults: Input, isOneKey: Boolean) : KeyStore {
    private var opens = times(faults["open"])
    private var signs = times(faults["sign"])
    private var renews = times(faults["renew"])
    private var attests = times(faults["attest"])
    private var next = if (isOneKey) 0 else 1
    private var current = next - 1

    override fun open(): InstallationKey? {
        if (opens-- > 0) throw IOException("the key cannot be opened")
        return if (current < 0) null else key(null)
    }

    override fun create(commitment: ByteArray?): InstallationKey {
        if (commitment == null && renews-- > 0) throw IOException("no key can be made")
        if (commitment != null && attests-- > 0) throw IOException("no key can be attested")
        current = next++
        return key(commitment?.let { mapOf("format" to "attested-key") })
    }

    override fun keep(key: InstallationKey) = Unit

    override fun clear() {
        if (renews-- > 0) throw IOException("the key cannot be removed")
        current = -1
    }

    private fun key(evidence: Map<String, Any>?) = object : InstallationKey {
        override val publicJwk = keys[current].let { PublicJwk(it.text("x"), it.text("y")) }
        override val attestation = evidence

        override fun sign(data: ByteArray): ByteArray {
            if (signs-- > 0) throw IOException("the key cannot sign")
            return ByteArray(64)
        }
    }
}

private fun times(value: Any?): Int = (value as Double?)?.toInt() ?: 0

private class GivenEvidence(private val described: Input) : EvidenceSource {
    private var prepares = times(described["prepare"])
    private var collects = times(described["collect"])

    override fun prepare(purpose: EvidencePurpose): PreparedEvidence {
        if (prepares-- > 0) throw IOException("nothing can be prepared")
        return object : PreparedEvidence {
            override val format = "${described["format"]}-${purpose.text}"

            override fun collect(binding: String): Map<String, Any> {
                if (collects-- > 0) throw IOException("nothing can be collected")
                return emptyMap()
            }
        }
    }
}
