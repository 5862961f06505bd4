package dev.assay.core.vectors

import dev.assay.core.AssayException
import dev.assay.core.client.ClientConfig
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.Remedy
import dev.assay.core.client.readAttestationAnswer
import dev.assay.core.client.readChallengeAnswer
import dev.assay.core.client.readRefusal
import dev.assay.core.fake.FakeWorld
import dev.assay.core.request.WebUrl
import dev.assay.core.request.accessTokenOf
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.ProofForm
import dev.assay.core.wire.ProofInput
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.concat
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.joseSignature
import dev.assay.core.wire.sha256
import dev.assay.core.wire.utf8
import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec

fun signature(input: Input): Any = when (val op = input.text("op")) {
    "from-der" -> hex(joseSignature(unhex(input.text("der"))) ?: throw RefusedCase("MALFORMED"))
    "to-der" -> hex(derOf(unhex(input.text("raw"))))
    "verify" -> if (verifies(input)) true else throw RefusedCase("SIGNATURE")
    else -> error("unknown operation $op")
}

/** The other way round, for a JCA verifier: the SDK itself verifies nothing. */
private fun derOf(raw: ByteArray): ByteArray {
    val numbers = listOf(raw.copyOf(32), raw.copyOfRange(32, 64)).map { BigInteger(1, it).toByteArray() }
    val body = numbers.map { concat(byteArrayOf(2, it.size.toByte()), it) }
    return concat(byteArrayOf(0x30, body.sumOf { it.size }.toByte()), *body.toTypedArray())
}

private fun verifies(input: Input): Boolean {
    val raw = decodeBase64Url(input.text("signature"))?.takeIf { it.size == 64 } ?: return false
    val parameters = AlgorithmParameters.getInstance("EC").apply { init(ECGenParameterSpec("secp256r1")) }
    val (x, y) = listOf("x", "y").map { BigInteger(1, decodeBase64Url(input.member("key").text(it))) }
    val spec = ECPublicKeySpec(ECPoint(x, y), parameters.getParameterSpec(ECParameterSpec::class.java))
    val verifier = Signature.getInstance("SHA256withECDSA")
    verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(spec))
    verifier.update(input.base64("data"))
    return runCatching { verifier.verify(derOf(raw)) }.getOrDefault(false)
}

fun proofCase(input: Input): Any = when (val op = input.text("op")) {
    "proof" -> proofParts(input, ProofForm.DPOP)
    "pop" -> proofParts(input, ProofForm.ATTESTATION_POP)
    "endpoint" -> misuse { configOf(listOf(input.text("url")), mapOf("https://api.example" to "a")) }.endpoints.single()
    "protected" -> {
        val audiences = (input["audiences"] as List<*>).associate { val (prefix, audience) = it as List<*>; prefix as String to audience as String }
        val config = misuse { configOf(listOf("https://attest.example"), audiences) }
        WebUrl.parse(input.text("url"))?.let(config.protectedUrls::audienceOf) ?: throw RefusedCase("NOT_PROTECTED")
    }
    else -> error("unknown operation $op")
}

private fun configOf(endpoints: List<String>, audiences: Map<String, String>) =
    ClientConfig(ClientOptions(endpoints, "com.example.app", "1.0", audiences), FakeWorld().ports())

private fun <T> misuse(work: () -> T): T = try {
    work()
} catch (_: IllegalArgumentException) {
    throw RefusedCase("MISUSE")
}

private fun proofParts(input: Input, form: ProofForm): Any {
    val key = input.member("key")
    val proof = ProofInput(
        audience = input["audience"] as String? ?: "",
        jti = input.text("jti"),
        method = input["method"] as String? ?: "",
        target = (input["url"] as String?)?.let { checkNotNull(WebUrl.parse(it)).target } ?: "",
        iat = input.whole("iat"),
        ath = accessTokenOf(input["authorization"] as String?)?.let { encodeBase64Url(sha256(utf8(it))) },
        nonce = input["nonce"] as String?,
    )
    val (header, payload) = form.signingInput(PublicJwk(key.text("x"), key.text("y")), proof).split('.').map { String(checkNotNull(decodeBase64Url(it))) }
    return mapOf("header" to header, "payload" to payload)
}

/** How one answer of the service is taken. */
fun refusal(input: Input): Answer {
    @Suppress("UNCHECKED_CAST")
    val headers = input["headers"] as Map<String, String>
    val members = JsonReader.readObject(input.text("text")).orEmpty()
    val status = input.whole("status").toInt()
    if (status !in 200..299) return refused(readRefusal(status, members, headers["Retry-After"]))
    val answer: Any? = if (input.text("path") == "challenges") readChallengeAnswer(members, null) else readAttestationAnswer(members)
    if (answer != null) return Answer.Output(true)
    return Answer.Refused("response_invalid", mapOf("retryable" to true))
}

/** As the files have a remedy. */
fun remedyOf(remedy: Remedy?): Map<String, Any?>? =
    remedy?.let { mapOf("kind" to it.kind.text, "typeCode" to it.typeCode).filterValues { one -> one != null } }

private fun refused(error: AssayException) = Answer.Refused(
    error.code.text,
    mapOf(
        "retryable" to error.retryable,
        "problem" to error.problem,
        "trace" to error.trace,
        "retryAfter" to error.retryAfter,
        "remedy" to remedyOf(error.remedy),
    ).filterValues { it != null },
)
