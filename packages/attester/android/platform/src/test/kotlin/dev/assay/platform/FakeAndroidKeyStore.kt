package dev.assay.platform

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.io.InputStream
import java.io.OutputStream
import java.math.BigInteger
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.ProviderException
import java.security.SecureRandom
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.cert.X509Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration

/** Keys that the fake key store holds, and what it was asked for. */
object FakeHardware {
    class Entry(val pair: KeyPair, val chain: List<X509Certificate>)

    val entries = HashMap<String, Entry>()
    val requests = ArrayList<KeyGenParameterSpec>()

    /** What making a key meets, for those in StrongBox and for others. */
    var strongBoxFault: RuntimeException? = null
    var fault: RuntimeException? = null

    /** What getting a key meets; of its certificates Android says only that there are none. */
    var readFault: UnrecoverableKeyException? = null
    private val authority: KeyPair by lazy(::newPair)

    fun make(spec: KeyGenParameterSpec): KeyPair {
        requests.add(spec)
        if (Build.VERSION.SDK_INT >= 28 && spec.isStrongBoxBacked) strongBoxFault?.let { throw it }
        fault?.let { throw it }
        val pair = newPair()
        val leaf = certificate("Key", pair, "Batch", authority)
        // Without a challenge Android gives one certificate that says nothing of the hardware.
        val chain = if (spec.attestationChallenge == null) listOf(leaf) else listOf(leaf, certificate("Batch", authority, "Batch", authority))
        entries[spec.keystoreAlias] = Entry(pair, chain)
        return pair
    }

    private fun newPair() = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    private fun certificate(subject: String, of: KeyPair, issuer: String, by: KeyPair): X509Certificate {
        val builder = JcaX509v3CertificateBuilder(X500Name("CN=$issuer"), BigInteger.ONE, Date(0), Date(4_000_000_000_000), X500Name("CN=$subject"), of.public)
        return JcaX509CertificateConverter().getCertificate(builder.build(JcaContentSignerBuilder("SHA256withECDSA").build(by.private)))
    }
}

/** The key store of a device, as its JCA provider. */
class FakeAndroidKeyStore : Provider("AndroidKeyStore", 1.0, "for tests") {
    init {
        put("KeyStore.AndroidKeyStore", Store::class.java.name)
        put("KeyPairGenerator.EC", Generator::class.java.name)
    }

    class Generator : KeyPairGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun initialize(keysize: Int, random: SecureRandom?) = throw ProviderException("wants a specification")

        override fun initialize(params: AlgorithmParameterSpec, random: SecureRandom?) {
            spec = params as KeyGenParameterSpec
        }

        override fun generateKeyPair(): KeyPair = FakeHardware.make(spec)
    }

    class Store : KeyStoreSpi() {
        private fun entry(alias: String) = FakeHardware.entries[alias]

        override fun engineGetKey(alias: String, password: CharArray?): Key? = FakeHardware.readFault?.let { throw it } ?: entry(alias)?.pair?.private as PrivateKey?

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? =
            if (FakeHardware.readFault == null) entry(alias)?.chain?.toTypedArray() else null

        override fun engineGetCertificate(alias: String): Certificate? = entry(alias)?.chain?.first()

        override fun engineGetCreationDate(alias: String) = Date(0)

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = Unit

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = Unit

        override fun engineSetCertificateEntry(alias: String, cert: Certificate) = Unit

        override fun engineDeleteEntry(alias: String) {
            FakeHardware.entries.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(FakeHardware.entries.keys)

        override fun engineContainsAlias(alias: String) = alias in FakeHardware.entries

        override fun engineSize() = FakeHardware.entries.size

        override fun engineIsKeyEntry(alias: String) = engineContainsAlias(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateAlias(cert: Certificate): String? = null

        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
    }
}
