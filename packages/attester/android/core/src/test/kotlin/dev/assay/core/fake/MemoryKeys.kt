package dev.assay.core.fake

import dev.assay.core.keys.DeviceKeys
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Principal
import java.security.PublicKey
import java.security.Signature
import java.security.cert.X509Certificate
import java.security.spec.ECGenParameterSpec
import java.util.Date

/** The key store of a device, in memory, which processes of an app share: what is in it, by name. */
class MemoryKeyStore {
    val pairs = sortedMapOf<Int, KeyPair>()

    /** How often reading and signing fail from now on. */
    var failingReads = 0
    var failingSignatures = 0

    /** How often making a key fails: a plain one, and one that is to be attested. */
    var failingPlainKeys = 0
    var failingAttestations = 0

    /** What the platform says of these faults. */
    var passes: Boolean? = null

    private fun fault() = IllegalStateException("out of order: -1000")

    fun at(name: Int): DeviceKeys = object : DeviceKeys {
        override fun certificates(): List<X509Certificate>? {
            if (failingReads-- > 0) throw fault()
            return pairs[name]?.let { pair -> List(2) { KeyAlone(pair.public) } }
        }

        override fun generate(commitment: ByteArray?, inStrongBox: Boolean) {
            if (if (commitment == null) failingPlainKeys-- > 0 else failingAttestations-- > 0) throw fault()
            pairs[name] = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        }

        override fun sign(data: ByteArray): ByteArray {
            if (failingSignatures-- > 0) throw fault()
            val signature = Signature.getInstance("SHA256withECDSA")
            signature.initSign(checkNotNull(pairs[name]) { "no key" }.private)
            signature.update(data)
            return signature.sign()
        }

        override fun delete() {
            pairs.remove(name)
        }

        override fun describe(fault: Throwable) = listOfNotNull(fault.message)

        override fun passes(fault: Throwable) = if (fault.message == "no key") false else passes
    }
}

/** A certificate of which only the key is looked at. */
private class KeyAlone(private val key: PublicKey) : X509Certificate() {
    override fun getPublicKey() = key

    override fun getEncoded(): ByteArray = key.encoded

    override fun verify(key: PublicKey) = Unit

    override fun verify(key: PublicKey, provider: String) = Unit

    override fun toString() = "certificate"

    override fun checkValidity() = Unit

    override fun checkValidity(date: Date) = Unit

    override fun getVersion() = 3

    override fun getSerialNumber(): BigInteger = BigInteger.ONE

    override fun getIssuerDN(): Principal = throw UnsupportedOperationException()

    override fun getSubjectDN(): Principal = throw UnsupportedOperationException()

    override fun getNotBefore() = Date(0)

    override fun getNotAfter() = Date(0)

    override fun getTBSCertificate() = ByteArray(0)

    override fun getSignature() = ByteArray(0)

    override fun getSigAlgName() = ""

    override fun getSigAlgOID() = ""

    override fun getSigAlgParams() = ByteArray(0)

    override fun getIssuerUniqueID() = null

    override fun getSubjectUniqueID() = null

    override fun getKeyUsage() = null

    override fun getBasicConstraints() = -1

    override fun getCriticalExtensionOIDs() = emptySet<String>()

    override fun getNonCriticalExtensionOIDs() = emptySet<String>()

    override fun getExtensionValue(oid: String) = null

    override fun hasUnsupportedCriticalExtension() = false
}
