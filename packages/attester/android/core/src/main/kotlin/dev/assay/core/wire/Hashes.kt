package dev.assay.core.wire

import java.security.MessageDigest
import javax.crypto.Mac
import javax.crypto.SecretKey

/** SHA-256 over the parts, one after the other. */
public fun sha256(vararg parts: ByteArray): ByteArray {
    val digest = MessageDigest.getInstance("SHA-256")
    for (part in parts) digest.update(part)
    return digest.digest()
}

/** HMAC-SHA-256 over the parts, one after the other. */
public fun hmacSha256(key: ByteArray, vararg parts: ByteArray): ByteArray {
    val mac = Mac.getInstance("HmacSHA256")
    mac.init(RawKey(key))
    for (part in parts) mac.update(part)
    return mac.doFinal()
}

/** `SecretKeySpec` refuses an empty key, which is legal. */
private class RawKey(private val bytes: ByteArray) : SecretKey {
    override fun getAlgorithm() = "HmacSHA256"

    override fun getFormat() = "RAW"

    override fun getEncoded() = bytes.copyOf()
}
