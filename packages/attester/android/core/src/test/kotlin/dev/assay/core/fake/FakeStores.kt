package dev.assay.core.fake

import dev.assay.core.VendorException
import dev.assay.core.client.InstallationKey
import dev.assay.core.client.KeyStore
import dev.assay.core.client.StateStore
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.joseSignature
import java.io.IOException
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/** A P-256 key in memory. */
class FakeKey(private val pair: KeyPair, override val attestation: Map<String, Any>?) : InstallationKey {
    override val publicJwk = PublicJwk.of(pair.public as ECPublicKey)

    override fun sign(data: ByteArray): ByteArray {
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(pair.private)
        signature.update(data)
        return checkNotNull(joseSignature(signature.sign()))
    }
}

/** A key store whose keys nobody attests: the chain is what it was asked to commit to. */
class FakeKeyStore : KeyStore {
    var key: FakeKey? = null

    /** What each key was to be attested over. */
    val commitments = ArrayList<String?>()

    /** Vendor's code of why hardware attests no key. */
    var cannotAttest: String? = null

    /** How often opening and signing will fail from now on. */
    var failingOpens = 0

    override fun open(): InstallationKey? {
        if (failingOpens-- > 0) throw IOException("the store is locked")
        return key?.let { FakeKey(pairs.getValue(it.publicJwk), null) }
    }

    override fun create(commitment: ByteArray?): InstallationKey {
        commitments.add(commitment?.let { String(it, Charsets.US_ASCII) })
        if (commitment != null) cannotAttest?.let { throw VendorException(it, null) }
        val pair = newPair()
        return FakeKey(pair, commitment?.let { mapOf("format" to "android-key-attestation", "chain" to listOf("AA")) }).also {
            key = it
            pairs[it.publicJwk] = pair
        }
    }

    override fun keep(key: InstallationKey) = Unit

    override fun clear() {
        key = null
    }

    private val pairs = HashMap<PublicJwk, KeyPair>()

    private fun newPair(): KeyPair =
        KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
}

class FakeStateStore : StateStore {
    val entries = HashMap<String, String>()

    /** A full disk. */
    var isFull = false
    var isLocked = false

    /** Of another user. */
    var isUnreadable = false

    /** Writes that find room before the disk is full. */
    var writesUntilFull = Int.MAX_VALUE

    override fun load(name: String): String? = if (isUnreadable) throw IOException("permission denied") else entries[name]

    override fun save(name: String, text: String?) {
        if (isUnreadable) throw IOException("permission denied")
        if (text != null && writesUntilFull-- <= 0) throw IOException("no space left on device")
        if (isFull && text != null) throw IOException("no space left on device")
        if (text == null) entries.remove(name) else entries[name] = text
    }

    override fun tryAcquire(): Boolean = !isLocked.also { isLocked = true }

    override fun release() {
        isLocked = false
    }
}
