package dev.assay.core.keys

import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.VendorException
import dev.assay.core.client.Clock
import dev.assay.core.client.InstallationKey
import dev.assay.core.client.KeyStore
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.joseSignature
import java.security.KeyFactory
import java.security.Signature
import java.security.cert.X509Certificate
import java.security.interfaces.ECPublicKey
import java.security.spec.X509EncodedKeySpec
import java.util.concurrent.atomic.AtomicInteger

/**
 * One name in the key store of a device, which holds a P-256 signing key. The functions block, and throw
 * what the platform throws.
 */
public interface DeviceKeys {
    /** Certificates of the key, its own first; `null` if there is no key. */
    public fun certificates(): List<X509Certificate>?

    /**
     * Makes a key in place of the existing one.
     *
     * @param commitment what secure hardware should attest it over; `null`: it is not attested
     * @param inStrongBox in the secure element rather than in the processor's trusted environment
     */
    public fun generate(commitment: ByteArray?, inStrongBox: Boolean)

    /** ECDSA with SHA-256, in DER. May keep what it needs for the next one, as long as that works. */
    public fun sign(data: ByteArray): ByteArray

    /** Removes the key; does nothing if there is none. */
    public fun delete()

    /**
     * How the platform describes a fault, with its number if it has one: texts to search for a code, the outermost
     * first.
     */
    public fun describe(fault: Throwable): List<String>

    /**
     * Whether a fault passes by itself, so that the key is worth waiting for; `null` if the platform does not say.
     */
    public fun passes(fault: Throwable): Boolean?
}

/**
 * The installation key in the key store of the device. A new key has its own name, so that the previous one signs for
 * its tokens until there are others. Names follow each other in a circle of three, of which at most two are taken: the
 * newest key is the one after which the circle is free.
 *
 * Temporary faults cost no key. Faults that the platform does not classify count as temporary four times in a row, so
 * that a key that is broken for good is replaced in the end. Many requests may meet one fault of the key store: what
 * fails within ten seconds counts once. In the same way the fifth fault in a row of an attestation that is not known to last
 * counts as lasting: a plain key enrols then, until attestation works.
 *
 * @param prefersStrongBox slower, and not available on every device: if it cannot make the key, the trusted environment
 * does
 * @param taken numbers of the names that hold a key, as the platform lists them; it throws what the platform throws. Without it each
 * name is looked at by itself
 * @param keysOf the names, by number from 0 to 2
 */
public class DeviceKeyStore(
    private val prefersStrongBox: Boolean,
    private val clock: Clock,
    private val taken: (() -> Set<Int>)? = null,
    keysOf: (Int) -> DeviceKeys,
) : KeyStore {
    private val circle = List(NAMES, keysOf)

    /** Consecutive faults that the platform does not classify, and when the last of them began. */
    private var unexplained = 0
    private var begunAt = 0.0

    /** Consecutive attestations that failed temporarily. */
    private val postponed = AtomicInteger()

    /** What the last call of [open] found; [create] follows it in an exchange, which no other process makes at the same time. */
    @Volatile
    private var found: List<Boolean>? = null

    override fun open(): InstallationKey? {
        val taken = look().also { found = it }
        val keys = circle[newestOf(taken) ?: return null]
        return certificatesOf(keys)?.let { keyOf(keys, it, null) }
    }

    override fun create(commitment: ByteArray?): InstallationKey {
        val keys = circle[nextName(found ?: look())]
        found = null
        endFaults()
        if (prefersStrongBox) {
            // Whatever the fault of the secure element, the trusted environment may not have it.
            runCatching { return generate(keys, commitment, inStrongBox = true) }
        }
        return generate(keys, commitment, inStrongBox = false)
    }

    override fun keep(key: InstallationKey) {
        val kept = (key as? DeviceKey)?.keys ?: return
        for ((index, isTaken) in look().withIndex()) if (isTaken && circle[index] !== kept) circle[index].delete()
    }

    override fun clear() {
        found = null
        circle.forEach(DeviceKeys::delete)
    }

    private fun newestOf(taken: List<Boolean>): Int? =
        taken.indices.firstOrNull { taken[it] && !taken[(it + 1) % NAMES] } ?: taken.indexOf(true).takeIf { it >= 0 }

    private fun nextName(taken: List<Boolean>): Int {
        val newest = newestOf(taken) ?: return 0
        // The newer of two keys has no tokens yet, and makes room.
        return if (taken[(newest + NAMES - 1) % NAMES]) newest else (newest + 1) % NAMES
    }

    /** Which names are taken. */
    private fun look(): List<Boolean> {
        val list = taken ?: return circle.map(::isTaken)
        val listed = judging(circle[0]) { list() }
        return circle.indices.map { it in listed }
    }

    /** A key that cannot be read exists as well. */
    private fun isTaken(keys: DeviceKeys): Boolean = try {
        certificatesOf(keys) != null
    } catch (unavailable: KeyStoreUnavailableException) {
        throw unavailable
    } catch (_: Exception) {
        true
    }

    private fun certificatesOf(keys: DeviceKeys): List<X509Certificate>? = judging(keys) { keys.certificates() }

    private inline fun <T> judging(keys: DeviceKeys, work: () -> T): T = try {
        work()
    } catch (unavailable: KeyStoreUnavailableException) {
        throw unavailable
    } catch (fault: Exception) {
        throw judged(keys, fault)
    }

    /** What a fault means for the key. */
    private fun judged(keys: DeviceKeys, fault: Exception): Exception {
        val isPassing = keys.passes(fault) ?: (countFault() < PATIENCE)
        return if (isPassing) KeyStoreUnavailableException(vendorCodeOf(keys.describe(fault)), fault) else fault
    }

    @Synchronized
    private fun countFault(): Int {
        val now = clock.monotonic()
        if (unexplained == 0 || now - begunAt >= ONE_FAULT) {
            unexplained++
            begunAt = now
        }
        return unexplained
    }

    @Synchronized
    private fun endFaults() {
        unexplained = 0
    }

    private fun generate(keys: DeviceKeys, commitment: ByteArray?, inStrongBox: Boolean): InstallationKey {
        try {
            keys.generate(commitment, inStrongBox)
            postponed.set(0)
        } catch (fault: Exception) {
            val code = vendorCodeOf(keys.describe(fault))
            val passes = keys.passes(fault)
            val waits =
                if (commitment == null || inStrongBox) passes == true else passes != false && postponed.incrementAndGet() < PATIENCE
            throw if (waits) KeyStoreUnavailableException(code, fault) else VendorException(code, fault, mayPass = passes != false)
        }
        val certificates = checkNotNull(keys.certificates()) { "the key store has no key" }
        if (commitment == null) return keyOf(keys, certificates, null)
        // If hardware attests nothing, some devices give one certificate that the key itself has signed.
        if (certificates.size < 2) throw VendorException("no_chain", null)
        return keyOf(keys, certificates, mapOf("format" to FORMAT, "chain" to certificates.map { encodeBase64Url(it.encoded) }))
    }

    private fun keyOf(keys: DeviceKeys, certificates: List<X509Certificate>, attestation: Map<String, Any>?): InstallationKey =
        DeviceKey(certificates[0].publicKey as ECPublicKey, attestation, keys)

    private companion object {
        const val FORMAT = "android-key-attestation"
        const val NAMES = 3
        const val PATIENCE = 5
        const val ONE_FAULT = 10_000.0
    }

    private inner class DeviceKey(key: ECPublicKey, override val attestation: Map<String, Any>?, val keys: DeviceKeys) : InstallationKey {
        override val publicJwk = PublicJwk.of(key)

        /** A key of the platform's own kind, so that verifying does not involve the key store. */
        private val publicKey = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(key.encoded))

        override fun sign(data: ByteArray): ByteArray {
            val signature = signatureOf(data)
            endFaults()
            // Another process may have made a key with the same name in the meantime.
            check(isOurs(data, signature)) { "the key store holds another key" }
            return checkNotNull(joseSignature(signature)) { "the key store gave no signature" }
        }

        /** Most faults are gone when the key store is called again. */
        private fun signatureOf(data: ByteArray): ByteArray {
            try {
                return keys.sign(data)
            } catch (fault: Exception) {
                if (keys.passes(fault) == false) throw fault
            }
            try {
                return keys.sign(data)
            } catch (fault: Exception) {
                throw judged(keys, fault)
            }
        }

        private fun isOurs(data: ByteArray, signature: ByteArray): Boolean {
            val verifier = Signature.getInstance("SHA256withECDSA")
            verifier.initVerify(publicKey)
            verifier.update(data)
            return verifier.verify(signature)
        }
    }
}

/**
 * The platform's own code in its description of a fault: the number of KeyMint (`-74`, `-66`) or of the key store's daemon (`4`), or the
 * name of the exception.
 *
 * @param texts the outermost first; the innermost with a number says most
 */
internal fun vendorCodeOf(texts: List<String>): String =
    texts.asReversed().firstNotNullOfOrNull(::numberIn) ?: texts.lastOrNull()?.let(::nameIn) ?: "unknown"

/** A negative number that stands alone, because KeyMint's and Keymaster's codes are negative, or a text that is a number. */
private fun numberIn(text: String): String? {
    if (text.length in 1..6 && text.all { it in '0'..'9' }) return text
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
