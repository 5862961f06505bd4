package dev.assay.platform

import android.security.KeyStoreException
import android.security.keystore.BackendBusyException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.VendorException
import dev.assay.core.client.InstallationKey
import dev.assay.core.keys.DeviceKeyStore
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.security.ProviderException
import java.security.Security
import java.security.UnrecoverableKeyException

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24, 35])
class AndroidKeysTest {
    private val store = DeviceKeyStore(prefersStrongBox = false, AndroidClock) { AndroidKeys("assay", it) }
    private val strong = DeviceKeyStore(prefersStrongBox = true, AndroidClock) { AndroidKeys("assay", it) }
    private val commitment = ByteArray(43) { 'A'.code.toByte() }

    private fun chainLength(key: InstallationKey) = (key.attestation?.get("chain") as List<*>?)?.size

    @Before
    fun plugIn() {
        Security.addProvider(FakeAndroidKeyStore())
        FakeHardware.entries.clear()
        FakeHardware.requests.clear()
    }

    @After
    fun unplug() {
        Security.removeProvider("AndroidKeyStore")
        FakeHardware.fault = null
        FakeHardware.strongBoxFault = null
        FakeHardware.readFault = null
    }

    @Test
    fun `there is no key at first`() {
        assertNull(store.open())
    }

    @Test
    fun `a key is attested over what it was asked for, kept, and signs`() {
        val made = store.create(commitment)
        assertArrayEquals(commitment, FakeHardware.requests.single().attestationChallenge)
        assertEquals(2, chainLength(made))
        val opened = checkNotNull(store.open())
        assertEquals(made.publicJwk, opened.publicJwk)
        assertNull(opened.attestation)
        assertEquals(64, opened.sign(byteArrayOf(1)).size)
    }

    @Test
    fun `a plain key has no chain`() {
        assertNull(store.create(null).attestation)
        assertNotNull(store.open())
    }

    @Test
    @Config(sdk = [35])
    fun `where StrongBox has no room the trusted environment makes the key`() {
        FakeHardware.strongBoxFault = StrongBoxUnavailableException("full")
        assertEquals(2, chainLength(strong.create(commitment)))
        assertEquals(listOf(true, false), FakeHardware.requests.map { it.isStrongBoxBacked })
    }

    @Test
    @Config(sdk = [24])
    fun `where Android knows of no StrongBox it is not asked for`() {
        assertEquals(2, chainLength(strong.create(commitment)))
        assertEquals(1, FakeHardware.requests.size)
    }

    @Test
    fun `the number that the key store gives is told`() {
        FakeHardware.fault = ProviderException("Failed to generate key pair", IllegalStateException("android.security.KeyStoreException: -66"))
        assertEquals("-66", assertThrows(VendorException::class.java) { store.create(commitment) }.vendorCode)
        FakeHardware.fault = ProviderException("out of order")
        assertEquals("out", assertThrows(VendorException::class.java) { store.create(commitment) }.vendorCode)
    }

    @Test
    fun `a new key has an alias of its own until the one before it is not needed`() {
        val first = store.create(commitment)
        val second = store.create(commitment)
        assertEquals(setOf("assay", "assay.1"), FakeHardware.entries.keys)
        assertEquals(64, first.sign(byteArrayOf(1)).size)
        store.keep(second)
        assertEquals(setOf("assay.1"), FakeHardware.entries.keys)
        assertEquals(second.publicJwk, store.open()?.publicJwk)
    }

    private fun unreadable(cause: Throwable?) = UnrecoverableKeyException("Failed to obtain information about key").apply { cause?.let(::initCause) }

    @Test
    fun `a key store that fails is not one without a key`() {
        val made = store.create(commitment)
        FakeHardware.readFault = unreadable(IllegalStateException("System error (internal Keystore code: 4)"))
        assertThrows(KeyStoreUnavailableException::class.java) { store.open() }
        assertThrows(KeyStoreUnavailableException::class.java) { store.create(commitment) }
        FakeHardware.readFault = null
        assertEquals(made.publicJwk, store.open()?.publicJwk)
        assertEquals(1, FakeHardware.requests.size)
    }

    @Test
    fun `a key that was invalidated is broken for good`() {
        store.create(commitment)
        FakeHardware.readFault = unreadable(null)
        assertThrows(UnrecoverableKeyException::class.java) { store.open() }
    }

    @Test
    @Config(sdk = [35])
    fun `where Android says whether a fault passes, it is believed`() {
        val fault = { number: Int -> passesByItself(unreadable(KeyStoreException(number, "fault"))) }
        // Secure hardware busy; the user has to unlock; an invalid blob; a corrupted key; an error of the system.
        assertEquals(listOf(true, true, false, false, null), listOf(-48, 2, -33, 8, 4).map(fault))
        assertEquals(true, passesByItself(BackendBusyException(1000)))
        assertEquals(false, passesByItself(ProviderException(KeyPermanentlyInvalidatedException())))
    }

    @Test
    @Config(sdk = [24])
    fun `where Android does not say it, nobody knows`() {
        assertNull(passesByItself(unreadable(IllegalStateException("Keystore error: 4"))))
    }

    @Test
    fun `a key that was cleared is gone`() {
        repeat(2) { store.create(commitment) }
        store.clear()
        assertNull(store.open())
        assertEquals(emptySet<String>(), FakeHardware.entries.keys)
    }
}
