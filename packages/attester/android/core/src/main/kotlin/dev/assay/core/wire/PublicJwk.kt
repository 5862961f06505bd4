package dev.assay.core.wire

import java.math.BigInteger
import java.security.interfaces.ECPublicKey

/**
 * A public P-256 key (RFC 7518 section 6.2.1).
 *
 * @property x base64url of exactly 32 bytes, leading zeros kept @property y base64url of exactly 32 bytes, leading
 * zeros kept
 */
public data class PublicJwk(public val x: String, public val y: String) {
    /** Members in the order in which all SDKs write them. */
    public fun members(): Map<String, String> = linkedMapOf("kty" to "EC", "crv" to "P-256", "x" to x, "y" to y)

    /** RFC 7638, with SHA-256: 43 characters. */
    public fun thumbprint(): String {
        // In the order that its section 3.3 requires.
        val members = linkedMapOf("crv" to "P-256", "kty" to "EC", "x" to x, "y" to y)
        return encodeBase64Url(sha256(utf8(Json.write(members))))
    }

    public companion object {
        /** @throws IllegalArgumentException for a key of another curve */
        public fun of(key: ECPublicKey): PublicJwk {
            require(key.params.curve.field.fieldSize == 256) { "key: is no P-256 key" }
            return PublicJwk(coordinate(key.w.affineX), coordinate(key.w.affineY))
        }

        private fun coordinate(value: BigInteger): String = encodeBase64Url(unsigned32(value))
    }
}

/** 32 bytes, big-endian. @throws IllegalArgumentException if it needs more */
internal fun unsigned32(value: BigInteger): ByteArray {
    require(value.signum() >= 0 && value.bitLength() <= 256) { "number: missing or wrong" }
    val bytes = value.toByteArray()
    val out = ByteArray(32)
    val length = minOf(bytes.size, 32)
    bytes.copyInto(out, 32 - length, bytes.size - length)
    return out
}
