package dev.assay.platform

import android.annotation.SuppressLint
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.keys.DeviceKeys
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.Signature
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.cert.X509Certificate
import java.security.spec.ECGenParameterSpec

/**
 * The key with one alias in Android's key store.
 *
 * @param name of a key whose aliases have numbers
 * @param isStrongBox whether every key is made in the secure element, or not at all
 */
internal class AndroidKeys(name: String, number: Int, private val isStrongBox: Boolean = false) : DeviceKeys {
    private val alias = aliasOf(name, number)
    private val store: KeyStore by lazy(::openStore)

    /** What the key store's daemon knows this key by, so that it need not be looked up for each signature. */
    @Volatile
    private var handle: PrivateKey? = null

    override fun certificates(): List<X509Certificate>? = chain()?.map { it as X509Certificate }

    /** From Android 12 on, a failing key store looks like one without the key, until the key itself is requested. */
    private fun chain(): Array<Certificate>? {
        store.getCertificateChain(alias)?.let { return it }
        if (store.getKey(alias, null) == null) return null
        return checkNotNull(store.getCertificateChain(alias)) { "the key has no certificates" }
    }

    override fun generate(commitment: ByteArray?, inStrongBox: Boolean) {
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER)
        generator.initialize(specification(commitment, inStrongBox || isStrongBox))
        handle = null
        handle = generator.generateKeyPair().private
    }

    override fun sign(data: ByteArray): ByteArray {
        val key = handle ?: store.getKey(alias, null) as PrivateKey? ?: throw UnrecoverableKeyException("there is no key")
        try {
            val signature = Signature.getInstance("SHA256withECDSA")
            signature.initSign(key)
            signature.update(data)
            return signature.sign().also { handle = key }
        } catch (fault: Exception) {
            // The next signature looks the key up, and learns what has become of it.
            handle = null
            throw fault
        }
    }

    override fun delete() {
        handle = null
        store.deleteEntry(alias)
    }

    override fun describe(fault: Throwable): List<String> = describeKeyFault(fault)

    override fun passes(fault: Throwable): Boolean? = passesByItself(fault)

    private fun specification(commitment: ByteArray?, inStrongBox: Boolean): KeyGenParameterSpec {
        val builder = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setAttestationChallenge(commitment)
        if (inStrongBox) setStrongBox(builder)
        return builder.build()
    }

    @SuppressLint("NewApi")
    private fun setStrongBox(builder: KeyGenParameterSpec.Builder) {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) throw UnsupportedOperationException("no_strongbox")
        builder.setIsStrongBoxBacked(true)
    }

    companion object {
        private const val PROVIDER = "AndroidKeyStore"

        private fun openStore() = KeyStore.getInstance(PROVIDER).apply { load(null) }

        private fun aliasOf(name: String, number: Int) = if (number == 0) name else "$name.$number"

        /**
         * Lists the numbers under which `name` has keys.
         *
         * @param isUnlocked whether the user has unlocked the device since it started. Before, what belongs to a key cannot be read, and
         * without it the key would be replaced
         * @throws KeyStoreUnavailableException before that
         */
        fun listing(name: String, isUnlocked: () -> Boolean): () -> Set<Int> {
            val store by lazy(::openStore)
            fun listed() = store.aliases().toList().let { all -> (0..2).filter { aliasOf(name, it) in all }.toSet() }
            return {
                if (!isUnlocked()) throw KeyStoreUnavailableException("user_locked", null)
                // A key store that fails looks like an empty one, until a key is requested.
                listed().ifEmpty { if (store.getKey(name, null) == null) listed() else setOf(0) }
            }
        }
    }
}
