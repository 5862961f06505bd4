package dev.assay.core.vectors

import dev.assay.core.client.asAnswer
import dev.assay.core.measurement.codeSegmentKind
import dev.assay.core.wire.Json
import dev.assay.core.wire.Label
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.androidKeyCommitment
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.lengthPrefixed
import dev.assay.core.wire.sha256
import dev.assay.core.wire.uint32
import dev.assay.core.wire.uint64
import dev.assay.core.wire.utf8

fun encoding(input: Input): Any = when (val op = input.text("op")) {
    "base64url.encode" -> encodeBase64Url(unhex(input.text("hex")))
    "base64url.decode" -> hex(decodeBase64Url(input.text("text")) ?: throw RefusedCase("MALFORMED"))
    "lp" -> hex(lengthPrefixed(unhex(input.text("hex"))))
    "lp.text" -> hex(lengthPrefixed(input.text("text")))
    "utf8" -> hex(utf8(input.text("text")))
    "u32" -> hex(uint32(input.whole("value")))
    "u64" -> hex(uint64(input.whole("value")))
    "label" -> hex(labelOf(input.text("name")))
    "thumbprint" -> input.member("jwk").let { PublicJwk(it.text("x"), it.text("y")).thumbprint() }
    else -> error("unknown operation $op")
}

/** Labels of the Verifier's side are none of the SDK's; their form is the same. */
private fun labelOf(name: String): ByteArray =
    Label.entries.map(Label::bytes).firstOrNull { String(it).startsWith("assay/$name/") } ?: utf8("assay/$name/1\u0000")

fun jsonText(input: Input): Any = when (val op = input.text("op")) {
    "string" -> Json.write(input.text("text"))
    "answer" -> Json.write(valid(asAnswer(answerOf(input["value"]))))
    "answer.units" -> {
        val units = (input["units"] as List<*>).map { (it as Double).toInt().toChar() }
        Json.write(asAnswer(String(units.toCharArray())))
    }
    "answers" -> Json.write((input["answers"] as List<*>).map { (it as List<*>).map(::answerOf) })
    else -> error("unknown operation $op")
}

private fun valid(answer: Any): Any = if (answer == "!invalid") throw RefusedCase("!invalid") else answer

fun codeSegment(input: Input): Any =
    codeSegmentKind(input.text("path")) { input.base64("head") }?.text ?: throw RefusedCase("NO_SEGMENT")

fun androidKey(input: Input): Any {
    val challenge = input.base64("challenge")
    if (challenge.size != 48) throw RefusedCase("MALFORMED")
    return String(androidKeyCommitment(challenge), Charsets.US_ASCII)
}

/** Not Android's; a few bytes that a runner of every vector has at hand. */
fun appAttest(input: Input): Any {
    if (input.base64("binding").size != 32) throw RefusedCase("MALFORMED")
    return encodeBase64Url(sha256(utf8(input.text("binding"))))
}
