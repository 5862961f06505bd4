package dev.assay.core.vectors

import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.SegmentKind
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.sha256
import dev.assay.core.wire.utf8

typealias Input = Map<String, Any?>

fun Input.text(name: String): String = get(name) as String

fun Input.whole(name: String): Long = (get(name) as Double).toLong()

@Suppress("UNCHECKED_CAST")
fun Input.member(name: String): Input = get(name) as Input

@Suppress("UNCHECKED_CAST")
fun Input.members(name: String): List<Input> = get(name) as List<Input>

@Suppress("UNCHECKED_CAST")
fun Input.texts(name: String): List<String> = get(name) as List<String>

fun Input.base64(name: String): ByteArray = decodeBase64Url(text(name)) ?: throw RefusedCase("MALFORMED")

/** What was given as JSON, in the types that the SDK takes: numbers are whole where they can be. */
fun answerOf(value: Any?): Any? = if (value is Double && value % 1 == 0.0 && Math.abs(value) < 1e18) value.toLong() else value

fun Input.probes(): Map<String, Any> =
    (get("probes") as List<*>).associate { val (name, answer) = it as List<*>; (name as String) to answerOf(answer) as Any }

fun hex(bytes: ByteArray): String = bytes.joinToString("") { "%02x".format(it) }

fun unhex(text: String): ByteArray = ByteArray(text.length / 2) { text.substring(2 * it, 2 * it + 2).toInt(16).toByte() }

fun Input.segments(): List<Pair<Segment, ByteArray>> = members("segments").map { one ->
    val bytes = if ("bytes" in one) one.base64("bytes") else if ("noise" in one) noise(one.text("noise"), one.whole("length").toInt()) else ByteArray(0)
    val length = if ("length" in one) one.whole("length") else bytes.size.toLong()
    Segment(one.text("name"), kindOf(one.text("kind")), length) to bytes
}

fun kindOf(text: String): SegmentKind = SegmentKind.entries.first { it.text == text }

private fun noise(name: String, length: Int): ByteArray {
    val out = ByteArray(length)
    var at = 0
    var number = 0
    while (at < length) {
        val block = sha256(utf8("$name ${number++}"))
        val count = minOf(block.size, length - at)
        block.copyInto(out, at, 0, count)
        at += count
    }
    return out
}
