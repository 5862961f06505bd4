package dev.assay.platform.daemon

import android.hardware.security.keymint.KeyParameter
import android.hardware.security.keymint.KeyParameterValue
import android.os.ServiceSpecificException
import android.security.keystore2.AndroidKeyStoreProvider
import android.system.keystore2.AuthenticatorSpec
import android.system.keystore2.Authorization
import android.system.keystore2.CreateOperationResponse
import android.system.keystore2.EphemeralStorageKeyResponse
import android.system.keystore2.IKeystoreOperation
import android.system.keystore2.IKeystoreSecurityLevel
import android.system.keystore2.IKeystoreService
import android.system.keystore2.KeyDescriptor
import android.system.keystore2.KeyEntryResponse
import android.system.keystore2.KeyMetadata
import org.robolectric.shadows.ShadowServiceManager
import java.security.KeyPair
import java.security.Provider
import java.security.Security
import java.security.Signature
import java.security.cert.X509Certificate

/**
 * The key store's daemon, from Android 12 on: what the framework's own classes talk to over a binder. Each call is counted, and can
 * meet a fault of the daemon or of KeyMint, by number.
 */
class FakeKeystoreDaemon : IKeystoreService.Stub() {
    class Key(val id: Long, val pair: KeyPair, var chain: List<X509Certificate>, val isStrongBox: Boolean)

    val keys = LinkedHashMap<String, Key>()
    val calls = ArrayList<String>()

    /** Challenges that keys were attested over; `null` for a plain one. */
    val challenges = ArrayList<ByteArray?>()

    /** What each call of a name meets, until it is removed. */
    val faults = HashMap<String, Int>()

    /** Changes what a new key comes with. */
    var lie: (Key) -> Unit = {}
    private val vendor = FakeKeyMint()
    private var nextId = 1L

    fun count(name: String) = calls.count { it == name }

    private fun called(name: String) {
        synchronized(calls) { calls.add(name) }
        faults[name]?.let { throw ServiceSpecificException(it) }
    }

    private fun aliasOf(key: KeyDescriptor): String =
        (if (key.domain == DOMAIN_KEY_ID) keys.entries.firstOrNull { it.value.id == key.nspace }?.key else key.alias?.takeIf(keys::containsKey))
            ?: throw ServiceSpecificException(KEY_NOT_FOUND)

    override fun getSecurityLevel(securityLevel: Int): IKeystoreSecurityLevel {
        called("getSecurityLevel")
        return Level(securityLevel)
    }

    override fun getKeyEntry(key: KeyDescriptor): KeyEntryResponse {
        called("getKeyEntry")
        val found = keys.getValue(aliasOf(key))
        return KeyEntryResponse().apply {
            metadata = metadataOf(found)
            iSecurityLevel = Level(metadata.keySecurityLevel)
        }
    }

    override fun listEntries(domain: Int, nspace: Long): Array<KeyDescriptor> {
        called("list")
        return keys.keys.map { name -> KeyDescriptor().apply { alias = name } }.toTypedArray()
    }

    /** From Android 14 on. */
    override fun listEntriesBatched(domain: Int, nspace: Long, startingPastAlias: String?): Array<KeyDescriptor> =
        listEntries(domain, nspace).filter { startingPastAlias == null || it.alias > startingPastAlias }.sortedBy { it.alias }.toTypedArray()

    override fun getNumberOfEntries(domain: Int, nspace: Long): Int = keys.size

    override fun deleteKey(key: KeyDescriptor) {
        called("deleteKey")
        keys.remove(aliasOf(key))
    }

    override fun updateSubcomponent(key: KeyDescriptor, publicCert: ByteArray?, certificateChain: ByteArray?) = unused()

    override fun grant(key: KeyDescriptor, granteeUid: Int, accessVector: Int): KeyDescriptor = unused()

    override fun ungrant(key: KeyDescriptor, granteeUid: Int) = unused()

    override fun getInterfaceVersion() = VERSION

    override fun getInterfaceHash(): String = HASH

    private fun metadataOf(of: Key) = KeyMetadata().apply {
        key = KeyDescriptor().apply {
            domain = DOMAIN_KEY_ID
            nspace = of.id
        }
        keySecurityLevel = if (of.isStrongBox) STRONGBOX else 1
        authorizations = arrayOf(authorized(ALGORITHM, KeyParameterValue.algorithm(EC)), authorized(KEY_SIZE, KeyParameterValue.integer(256)))
        certificate = of.chain.first().encoded
        certificateChain = of.chain.drop(1).map { it.encoded }.fold(ByteArray(0), ByteArray::plus)
    }

    private fun authorized(named: Int, by: KeyParameterValue) = Authorization().apply {
        securityLevel = 1
        keyParameter = KeyParameter().apply {
            tag = named
            value = by
        }
    }

    private inner class Level(private val number: Int) : IKeystoreSecurityLevel.Stub() {
        override fun generateKey(
            key: KeyDescriptor,
            attestationKey: KeyDescriptor?,
            params: Array<KeyParameter>,
            flags: Int,
            entropy: ByteArray,
        ): KeyMetadata {
            val challenge = params.firstOrNull { it.tag == ATTESTATION_CHALLENGE }?.value?.blob
            called("generateKey")
            if (challenge != null) called("attest")
            if (number == STRONGBOX) called("generateInStrongBox")
            challenges.add(challenge)
            val pair = vendor.newPair()
            val made = Key(nextId++, pair, vendor.chainOf(pair, isAttested = challenge != null), number == STRONGBOX)
            lie(made)
            keys[key.alias] = made
            return metadataOf(made)
        }

        override fun createOperation(key: KeyDescriptor, operationParameters: Array<KeyParameter>, forced: Boolean): CreateOperationResponse {
            called("createOperation")
            val found = keys.getValue(aliasOf(key))
            return CreateOperationResponse().apply { iOperation = Operation(found) }
        }

        override fun deleteKey(key: KeyDescriptor) = this@FakeKeystoreDaemon.deleteKey(key)

        override fun importKey(key: KeyDescriptor, attestationKey: KeyDescriptor?, params: Array<KeyParameter>, flags: Int, keyData: ByteArray): KeyMetadata = unused()

        override fun importWrappedKey(key: KeyDescriptor, wrappingKey: KeyDescriptor, maskingKey: ByteArray?, params: Array<KeyParameter>, authenticators: Array<AuthenticatorSpec>): KeyMetadata = unused()

        override fun convertStorageKeyToEphemeral(storageKey: KeyDescriptor): EphemeralStorageKeyResponse = unused()

        override fun getInterfaceVersion() = VERSION

        override fun getInterfaceHash(): String = HASH
    }

    private inner class Operation(key: Key) : IKeystoreOperation.Stub() {
        private val signature = Signature.getInstance("SHA256withECDSA").apply { initSign(key.pair.private) }

        override fun updateAad(aadInput: ByteArray) = unused()

        override fun update(input: ByteArray): ByteArray? {
            signature.update(input)
            return null
        }

        override fun finish(input: ByteArray?, of: ByteArray?): ByteArray {
            called("finish")
            input?.let(signature::update)
            return signature.sign()
        }

        override fun abort() = Unit

        override fun getInterfaceVersion() = VERSION

        override fun getInterfaceHash(): String = HASH
    }

    private fun unused(): Nothing = throw ServiceSpecificException(-100)

    /** In place of the device's daemon; ends with [unplug]. */
    fun plugIn() {
        ShadowServiceManager.addBinderService("android.system.keystore2.IKeystoreService/default", IKeystoreService::class.java, this)
        Security.addProvider(AndroidKeyStoreProvider())
        // The provider of operations, which is not public.
        val operations = Class.forName("android.security.keystore2.AndroidKeyStoreBCWorkaroundProvider").getDeclaredConstructor()
        operations.isAccessible = true
        Security.addProvider(operations.newInstance() as Provider)
    }

    fun unplug() {
        Security.removeProvider("AndroidKeyStore")
        Security.removeProvider("AndroidKeyStoreBCWorkaround")
    }

    companion object {
        const val DOMAIN_KEY_ID = 4
        const val STRONGBOX = 2
        const val KEY_NOT_FOUND = 7
        const val ALGORITHM = 0x10000002
        const val EC = 3
        const val KEY_SIZE = 0x30000003
        const val ATTESTATION_CHALLENGE = -1879047484
        const val VERSION = 1
        const val HASH = "fake"
    }
}
