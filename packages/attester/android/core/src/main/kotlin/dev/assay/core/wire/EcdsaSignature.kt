package dev.assay.core.wire

import java.math.BigInteger

/**
 * ES256 as JOSE has it (r then s, 32 bytes each) from what `Signature` gives, a DER SEQUENCE of two INTEGERs. `null` for
 * anything but its shortest encoding, numbers out of range and trailing bytes.
 */
public fun joseSignature(der: ByteArray): ByteArray? {
    // Two numbers below 2^256 take at most 70 bytes, so each length is one byte.
    if (der.size < 8 || der[0] != SEQUENCE || der[1].toInt() != der.size - 2) return null
    val r = integerAt(der, 2) ?: return null
    val next = 4 + der[3]
    val s = integerAt(der, next) ?: return null
    if (next + 2 + der[next + 1] != der.size) return null
    return concat(unsigned32(r), unsigned32(s))
}

private const val SEQUENCE: Byte = 0x30
private const val INTEGER: Byte = 0x02

private fun integerAt(der: ByteArray, at: Int): BigInteger? {
    if (at + 2 > der.size || der[at] != INTEGER) return null
    val length = der[at + 1].toInt()
    val start = at + 2
    if (length < 1 || start + length > der.size) return null
    val isPadded = length > 1 && der[start].toInt() == 0 && der[start + 1] >= 0
    val value = BigInteger(der.copyOfRange(start, start + length))
    return if (isPadded || value.signum() < 1 || value.bitLength() > 256) null else value
}
