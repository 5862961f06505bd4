package dev.assay.core.keys

import dev.assay.core.VendorException
import dev.assay.core.client.InstallationKey
import dev.assay.core.client.KeyStore
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.joseSignature
import java.security.cert.X509Certificate
import java.security.interfaces.ECPublicKey

/**
 * The key store of a device, holding one P-256 key for signing. Its functions block, and throw what the platform
 * throws.
 */
public interface DeviceKeys {
    /** Certificates of the key, its own first; `null` where there is no key. */
    public fun certificates(): List<X509Certificate>?

    /**
     * Makes a key in place of the one there is.
     *
     * @param commitment what secure hardware is to attest it over; `null`: it is not attested
     * @param inStrongBox in the secure element rather than in the processor's trusted environment
     */
    public fun generate(commitment: ByteArray?, inStrongBox: Boolean)

    /** ECDSA with SHA-256, in DER. */
    public fun sign(data: ByteArray): ByteArray

    /** Removes the key; does nothing where there is none. */
    public fun delete()

    /**
     * What the platform calls a fault, with its number where it has one: texts to look for a code in, the outermost
     * first.
     */
    public fun describe(fault: Throwable): List<String>
}

/**
 * The installation key in the key store of the device.
 *
 * @param prefersStrongBox slower, and not there on every device: where it cannot make the key, the trusted
 * environment does
 */
public class DeviceKeyStore(private val keys: DeviceKeys, private val prefersStrongBox: Boolean) : KeyStore {
    override fun open(): InstallationKey? = keys.certificates()?.let { keyOf(it, null) }

    override fun create(commitment: ByteArray?): InstallationKey {
        if (prefersStrongBox) {
            // Whatever the secure element's fault is, the trusted environment may not have it.
            runCatching { return generate(commitment, inStrongBox = true) }
        }
        return generate(commitment, inStrongBox = false)
    }

    override fun clear(): Unit = keys.delete()

    private fun generate(commitment: ByteArray?, inStrongBox: Boolean): InstallationKey {
        try {
            keys.generate(commitment, inStrongBox)
        } catch (fault: Exception) {
            throw VendorException(vendorCodeOf(keys.describe(fault)), fault)
        }
        val certificates = checkNotNull(keys.certificates()) { "the key store has no key" }
        if (commitment == null) return keyOf(certificates, null)
        // Where hardware attests nothing, some devices give one certificate that the key itself has signed.
        if (certificates.size < 2) throw VendorException("no_chain", null)
        return keyOf(certificates, mapOf("format" to FORMAT, "chain" to certificates.map { encodeBase64Url(it.encoded) }))
    }

    private fun keyOf(certificates: List<X509Certificate>, attestation: Map<String, Any>?): InstallationKey {
        val publicKey = certificates[0].publicKey as ECPublicKey
        return DeviceKey(PublicJwk.of(publicKey), attestation, keys)
    }

    private companion object {
        const val FORMAT = "android-key-attestation"
    }
}

private class DeviceKey(
    override val publicJwk: PublicJwk,
    override val attestation: Map<String, Any>?,
    private val keys: DeviceKeys,
) : InstallationKey {
    override fun sign(data: ByteArray): ByteArray =
        checkNotNull(joseSignature(keys.sign(data))) { "the key store gave no signature" }
}

/**
 * The platform's own code in what it says about a fault: the number of KeyMint (`-74`, `-66`), or the name of the
 * exception.
 *
 * @param texts the outermost first; the innermost that has a number tells most
 */
internal fun vendorCodeOf(texts: List<String>): String =
    texts.asReversed().firstNotNullOfOrNull(::numberIn) ?: texts.lastOrNull()?.let(::nameIn) ?: "unknown"

/** A negative number that stands alone: KeyMint's and Keymaster's codes are negative. */
private fun numberIn(text: String): String? {
    var at = text.indexOf('-')
    while (at >= 0) {
        val digits = text.substring(at + 1).takeWhile { it in '0'..'9' }
        val isAlone = at == 0 || text[at - 1] in " (:="
        if (isAlone && digits.length in 1..6) return "-$digits"
        at = text.indexOf('-', at + 1)
    }
    return null
}

private fun nameIn(text: String): String =
    text.takeWhile { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it == '_' || it == '.' }.substringAfterLast('.').take(48)
