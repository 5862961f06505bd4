package dev.assay.core.wire

private const val ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Base64url without padding (RFC 4648 section 5). `java.util.Base64` is missing before Android 8. */
public fun encodeBase64Url(bytes: ByteArray): String {
    val text = StringBuilder((bytes.size * 4 + 2) / 3)
    var bits = 0
    var count = 0
    for (byte in bytes) {
        bits = (bits shl 8) or (byte.toInt() and 0xff)
        count += 8
        while (count > 5) {
            count -= 6
            text.append(ALPHABET[(bits shr count) and 63])
        }
    }
    if (count > 0) text.append(ALPHABET[(bits shl (6 - count)) and 63])
    return text.toString()
}

/**
 * Strict base64url: no padding, no other alphabet, no white space, and unused bits zero, so that each byte sequence has
 * exactly one text. `null` for anything else.
 */
public fun decodeBase64Url(text: String): ByteArray? {
    if (text.length % 4 == 1) return null
    val bytes = ByteArray(text.length * 3 / 4)
    var bits = 0
    var count = 0
    var at = 0
    for (character in text) {
        val value = ALPHABET.indexOf(character)
        if (value < 0) return null
        bits = (bits shl 6) or value
        count += 6
        if (count > 7) {
            count -= 8
            bytes[at++] = (bits shr count).toByte()
        }
    }
    return if (bits and ((1 shl count) - 1) == 0) bytes else null
}
