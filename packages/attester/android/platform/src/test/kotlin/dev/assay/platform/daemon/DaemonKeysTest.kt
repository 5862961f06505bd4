package dev.assay.platform.daemon

import android.hardware.security.keymint.ErrorCode
import android.os.Build
import android.system.keystore2.ResponseCode
import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.VendorException
import dev.assay.core.keys.DeviceKeyStore
import dev.assay.platform.AndroidClock
import dev.assay.platform.AndroidKeys
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** The key store of the SDK over the framework's own classes, and a daemon that is a fake. Below Android 12 there is none. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [31, 33, 35])
class DaemonKeysTest {
    private val daemon = FakeKeystoreDaemon()
    private var isUnlocked = true
    private val store = storeOfAProcess()
    private val commitment = ByteArray(43) { 'A'.code.toByte() }

    private fun storeOfAProcess(prefersStrongBox: Boolean = false) =
        DeviceKeyStore(prefersStrongBox, AndroidClock, AndroidKeys.listing("assay") { isUnlocked }) { AndroidKeys("assay", it) }

    @Before
    fun plugIn() = daemon.plugIn()

    @After
    fun unplug() = daemon.unplug()

    private fun signs(key: dev.assay.core.client.InstallationKey) = key.sign(byteArrayOf(1, 2, 3)).size == 64

    private fun entriesRead(work: () -> Unit): Int {
        val before = daemon.count("getKeyEntry")
        work()
        return daemon.count("getKeyEntry") - before
    }

    @Test
    fun `a first exchange reads two entries, a refresh one, and a proof none`() {
        val first = entriesRead {
            assertNull(store.open())
            store.create(commitment).also { assertTrue(signs(it)) }.also(store::keep)
        }
        assertArrayEquals(commitment, daemon.challenges.single())
        val refresh = entriesRead { checkNotNull(store.open()).let { assertTrue(signs(it)); store.keep(it) } }
        val key = checkNotNull(store.open())
        val proofs = entriesRead { repeat(20) { assertTrue(signs(key)) } }
        val restarted = storeOfAProcess()
        val afterRestart = entriesRead { checkNotNull(restarted.open()).let { assertTrue(signs(it)); restarted.keep(it) } }
        assertEquals(listOf(2, 1, 0, 2), listOf(first, refresh, proofs, afterRestart))
    }

    @Test
    fun `a key that is replaced or invalidated behind its handle is noticed`() {
        val key = store.create(commitment).also(store::keep)
        assertTrue(signs(key))
        // Another process of the app.
        val other = storeOfAProcess()
        repeat(3) { other.keep(other.create(commitment)) }
        assertEquals(setOf("assay"), daemon.keys.keys)
        assertThrows(Exception::class.java) { key.sign(byteArrayOf(1)) }
        val current = checkNotNull(store.open())
        assertNotEquals(key.publicJwk, current.publicJwk)
        assertTrue(signs(current))
        daemon.faults["createOperation"] = ResponseCode.KEY_PERMANENTLY_INVALIDATED
        val fault = assertThrows(Exception::class.java) { current.sign(byteArrayOf(1)) }
        assertTrue("$fault", fault !is KeyStoreUnavailableException)
        daemon.faults.clear()
        daemon.keys.clear()
        assertThrows(Exception::class.java) { current.sign(byteArrayOf(1)) }
        assertNull(store.open())
    }

    @Test
    fun `a daemon that lists nothing, because it fails, is not one without keys`() {
        val made = store.create(commitment).also(store::keep)
        for (number in listOf(ResponseCode.SYSTEM_ERROR, ResponseCode.LOCKED)) {
            daemon.faults["list"] = number
            daemon.faults["getKeyEntry"] = number
            assertThrows(KeyStoreUnavailableException::class.java) { store.open() }
            assertThrows(KeyStoreUnavailableException::class.java) { storeOfAProcess().create(commitment) }
        }
        daemon.faults.remove("getKeyEntry")
        assertEquals(made.publicJwk, store.open()?.publicJwk)
        daemon.faults.clear()
        assertEquals(made.publicJwk, store.open()?.publicJwk)
        assertEquals(1, daemon.challenges.size)
    }

    @Test
    fun `before the user has unlocked the device there is no answer, and no other key`() {
        val made = store.create(commitment).also(store::keep)
        isUnlocked = false
        val fault = assertThrows(KeyStoreUnavailableException::class.java) { store.open() }
        assertEquals("user_locked", fault.vendorCode)
        assertThrows(KeyStoreUnavailableException::class.java) { store.create(commitment) }
        isUnlocked = true
        assertEquals(made.publicJwk, store.open()?.publicJwk)
        assertEquals(1, daemon.challenges.size)
    }

    @Test
    fun `where StrongBox is missing the trusted environment makes the key`() {
        daemon.faults["generateInStrongBox"] = ErrorCode.HARDWARE_TYPE_UNAVAILABLE
        val key = storeOfAProcess(prefersStrongBox = true).create(commitment)
        assertEquals(3, (key.attestation?.get("chain") as List<*>).size)
        assertEquals(2, daemon.count("generateKey"))
    }

    /** What an attestation that meets a fault comes to: `waits` for later or a `plain` key, and the vendor's code. */
    private fun outcomeOf(number: Int): Pair<String, String> {
        daemon.faults["attest"] = number
        val fault = assertThrows(VendorException::class.java) { storeOfAProcess().create(commitment) }
        return (if (fault is KeyStoreUnavailableException) "waits" else "plain") to fault.vendorCode
    }

    private fun numbersIn(of: Class<*>) = of.fields.filter { it.type == Int::class.java }.map { it.getInt(null) }.filter { it != 0 }

    @Test
    fun `every fault that the framework names is told by its number`() {
        val numbers = (numbersIn(ResponseCode::class.java) + numbersIn(ErrorCode::class.java) + (22..27)).distinct()
        assertTrue("${numbers.size}", numbers.size > 90)
        val others = numbers.associateWith { outcomeOf(it).second }.filter { (number, told) -> told != number.toString() }
        // What Android says of being out of keys without a reason.
        assertEquals(mapOf(22 to if (Build.VERSION.SDK_INT < 33) "Failed" else "keystore_16"), others)
    }

    @Test
    fun `faults of remote provisioning, busy parts and what nobody explains are waited for, and what lasts is not`() {
        for (number in (22..27) + listOf(ResponseCode.BACKEND_BUSY, ErrorCode.SECURE_HW_BUSY, ResponseCode.SYSTEM_ERROR))
            assertEquals("$number", "waits", outcomeOf(number).first)
        for (number in listOf(ErrorCode.CANNOT_ATTEST_IDS, ErrorCode.ATTESTATION_KEYS_NOT_PROVISIONED, ErrorCode.UNIMPLEMENTED))
            assertEquals("$number", "plain", outcomeOf(number).first)
    }

    @Test
    fun `the fifth fault in a row makes a plain key do, and attestation may still come`() {
        daemon.faults["attest"] = 24
        repeat(4) { assertThrows(KeyStoreUnavailableException::class.java) { store.create(commitment) } }
        val fault = assertThrows(VendorException::class.java) { store.create(commitment) }
        assertTrue(fault !is KeyStoreUnavailableException && fault.mayPass)
        assertTrue(signs(store.create(null)))
        daemon.faults.clear()
        assertEquals(3, (store.create(commitment).attestation?.get("chain") as List<*>).size)
    }

    @Test
    fun `signing meets faults and loses no key`() {
        val key = store.create(commitment).also(store::keep)
        for ((call, number) in listOf("createOperation" to ResponseCode.BACKEND_BUSY, "createOperation" to ResponseCode.SYSTEM_ERROR, "finish" to ErrorCode.SECURE_HW_BUSY)) {
            daemon.faults[call] = number
            assertThrows("$number", KeyStoreUnavailableException::class.java) { key.sign(byteArrayOf(1)) }
            daemon.faults.clear()
            assertTrue(signs(key))
        }
    }

    @Test
    fun `a key store that lies is not believed`() {
        val mine = FakeKeyMint()
        // Another key under our alias: what it signs is not by the key that its certificate names.
        daemon.lie = { it.chain = mine.chainOf(mine.newPair(), isAttested = true) }
        val lying = store.create(commitment)
        assertThrows(IllegalStateException::class.java) { lying.sign(byteArrayOf(1)) }
        // Certificates in the wrong order: the first names another key.
        daemon.lie = { it.chain = it.chain.reversed() }
        val reversed = store.create(commitment)
        assertThrows(IllegalStateException::class.java) { reversed.sign(byteArrayOf(1)) }
        // One certificate for an attested key.
        daemon.lie = { it.chain = it.chain.take(1) }
        assertEquals("no_chain", assertThrows(VendorException::class.java) { store.create(commitment) }.vendorCode)
    }

    @Test
    fun `two hundred threads sign at once`() {
        val key = store.create(commitment).also(store::keep)
        val failed = java.util.concurrent.ConcurrentLinkedQueue<Throwable>()
        val threads = List(200) { Thread { runCatching { check(signs(key)) }.onFailure(failed::add) } }
        threads.forEach(Thread::start)
        threads.forEach(Thread::join)
        assertEquals(emptyList<Throwable>(), failed.toList())
        assertEquals(setOf("assay"), daemon.keys.keys)
    }
}
