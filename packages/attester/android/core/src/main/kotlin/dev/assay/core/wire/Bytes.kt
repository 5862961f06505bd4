package dev.assay.core.wire

import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/**
 * UTF-8 (RFC 3629).
 *
 * @throws IllegalArgumentException for a lone surrogate, which has no UTF-8 form
 */
public fun utf8(text: String): ByteArray {
    val encoder = Charsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT)
    try {
        val buffer = encoder.encode(CharBuffer.wrap(text))
        return ByteArray(buffer.remaining()).also { buffer.get(it) }
    } catch (_: CharacterCodingException) {
        throw IllegalArgumentException("lone surrogate")
    }
}

/** The given byte strings, one after the other. */
public fun concat(vararg parts: ByteArray): ByteArray {
    val out = ByteArray(parts.sumOf { it.size })
    var at = 0
    for (part in parts) {
        part.copyInto(out, at)
        at += part.size
    }
    return out
}

/** Four bytes, big-endian. @throws IllegalArgumentException outside 0 to 2^32 - 1 */
public fun uint32(value: Long): ByteArray {
    require(value in 0..0xffffffffL) { "number: missing or wrong" }
    return ByteArray(4) { (value shr (24 - 8 * it)).toByte() }
}

/**
 * Eight bytes, big-endian. @throws IllegalArgumentException outside 0 to 2^53 - 1, the limit of other SDKs
 */
public fun uint64(value: Long): ByteArray {
    require(value in 0..MOST_SAFE) { "number: missing or wrong" }
    return ByteArray(8) { (value shr (56 - 8 * it)).toByte() }
}

/** LP(x): the length as uint32, then the bytes. */
public fun lengthPrefixed(value: ByteArray): ByteArray = concat(uint32(value.size.toLong()), value)

/** LP(x) of the text's UTF-8. */
public fun lengthPrefixed(text: String): ByteArray = lengthPrefixed(utf8(text))

/** The unsigned big-endian number in `length` bytes from `at`; at most 6 bytes. */
internal fun numberAt(bytes: ByteArray, at: Int, length: Int): Long {
    var number = 0L
    for (i in at until at + length) number = (number shl 8) or (bytes[i].toLong() and 0xff)
    return number
}

/** The largest whole number that every SDK represents exactly. */
internal const val MOST_SAFE: Long = (1L shl 53) - 1
