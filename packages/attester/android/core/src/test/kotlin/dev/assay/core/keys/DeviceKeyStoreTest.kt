package dev.assay.core.keys

import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.client.InstallationKey
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeTime
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.MemoryKeyStore
import dev.assay.core.fake.Mishap
import dev.assay.core.fake.problem
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.decodeBase64Url
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class DeviceKeyStoreTest {
    private val hardware = MemoryKeyStore()
    private val time = FakeTime()
    private val store = storeOfAProcess()
    private val commitment = ByteArray(43) { 'A'.code.toByte() }

    private fun storeOfAProcess() = DeviceKeyStore(prefersStrongBox = false, time.clock, keysOf = hardware::at)

    private fun signs(key: InstallationKey) = key.sign(byteArrayOf(1, 2, 3)).size == 64

    @Test
    fun `the key before signs until the new one is kept`() {
        val first = store.create(commitment)
        store.keep(first)
        val second = store.create(commitment)
        assertNotEquals(first.publicJwk, second.publicJwk)
        assertEquals(listOf(true, true), listOf(signs(first), signs(second)))
        store.keep(second)
        assertEquals(1, hardware.pairs.size)
        assertEquals(true, signs(second))
        assertThrows(IllegalStateException::class.java) { first.sign(byteArrayOf(1)) }
    }

    @Test
    fun `a key that was not kept makes room for the next, and the one in use does not`() {
        val first = store.create(commitment)
        repeat(3) { store.create(commitment) }
        assertEquals(2, hardware.pairs.size)
        assertEquals(true, signs(first))
    }

    @Test
    fun `the newest is opened, wherever in the circle it is`() {
        repeat(7) {
            val made = store.create(commitment)
            assertEquals(made.publicJwk, storeOfAProcess().open()?.publicJwk)
            store.keep(made)
            assertEquals(made.publicJwk, storeOfAProcess().open()?.publicJwk)
        }
    }

    @Test
    fun `a key does not sign with another that has taken its name`() {
        val mine = store.create(commitment)
        store.create(commitment).let(store::keep)
        val other = storeOfAProcess()
        repeat(2) { other.keep(other.create(commitment)) }
        assertEquals(setOf(0), hardware.pairs.keys)
        assertEquals("the key store holds another key", assertThrows(IllegalStateException::class.java) { mine.sign(byteArrayOf(1)) }.message)
    }

    @Test
    fun `every key that there is can be cleared`() {
        repeat(2) { store.create(commitment) }
        store.clear()
        assertEquals(emptySet<Int>(), hardware.pairs.keys)
        assertEquals(null, store.open())
    }

    @Test
    fun `the token at hand has good proofs while another key enrols`() {
        val proof = { world.settle { world.client.proof("GET", "$AUDIENCE/orders") } }
        assertEquals("token-1", world.token())
        val first = keyIn(checkNotNull(proof().proof))
        val mishaps = world.service.mishaps.getValue("/v1/attestations")
        mishaps.add(problem(409, "enrolment_required"))
        mishaps.addAll(List(3) { Mishap.Network })
        assertEquals("network", world.failure { world.client.getToken(forceRefresh = true) }.code.text)
        assertEquals(2, hardware.pairs.size)
        assertEquals("token-1" to first, proof().let { it.token to keyIn(checkNotNull(it.proof)) })
        world.time.advance(151_000.0)
        val later = proof()
        assertEquals("token-2", later.token)
        assertNotEquals(first, keyIn(checkNotNull(later.proof)))
        assertEquals(1, hardware.pairs.size)
    }

    private val world = FakeWorld(deviceKeys = store, time = time)

    private fun refused() = world.failure { world.client.getToken(forceRefresh = true) }

    private fun renewals() = world.told.count { it.name == "key-renewed" }

    /** An installation with a token, and its key. */
    private fun enrolled(): Any = world.token().let { checkNotNull(store.open()).publicJwk }

    private fun served() = world.settle { world.client.getToken(forceRefresh = true) }

    private fun purposes() = world.service.calls("/v1/challenges").map { it.body["purpose"] }

    @Test
    fun `a fault that passes costs no key, however long it lasts`() {
        val key = enrolled()
        hardware.passes = true
        hardware.failingReads = 1000
        repeat(12) {
            assertEquals("key_store_failed -1000", refused().let { "${it.code.text} ${it.vendorCode}" })
            world.time.advance(60_000.0)
        }
        hardware.failingReads = 0
        world.time.advance(61_000.0)
        served()
        assertEquals(key, store.open()?.publicJwk)
        assertEquals(0, renewals())
        assertEquals(setOf<Any?>("enrolment", "refresh"), purposes().toSet())
        assertEquals(listOf("key_store_failed:-1000"), world.service.calls("/v1/challenges").mapNotNull { it.body["failures"] }.single())
    }

    @Test
    fun `a fault that does not pass costs the key at once`() {
        val key = enrolled()
        hardware.passes = false
        hardware.failingReads = 4
        served()
        assertNotEquals(key, store.open()?.publicJwk)
        assertEquals(1, renewals())
    }

    @Test
    fun `of faults that nobody explains, the fifth in a row costs the key`() {
        val key = enrolled()
        hardware.failingReads = 4
        repeat(4) {
            refused()
            world.time.advance(10_000.0)
        }
        served()
        assertEquals(key, store.open()?.publicJwk)
        hardware.failingReads = 100
        repeat(4) {
            refused()
            world.time.advance(10_000.0)
        }
        assertEquals(0, renewals())
        hardware.failingReads = 4
        served()
        assertEquals(1, renewals())
    }

    @Test
    fun `what many requests meet at one moment is one fault`() {
        val key = enrolled()
        hardware.failingSignatures = 1000
        repeat(8) { assertEquals("key_store_failed", world.failure { world.client.proof("GET", "$AUDIENCE/orders") }.code.text) }
        // The pause after the exchange that failed is over.
        world.time.advance(5_000.0)
        assertEquals("key_store_failed", refused().code.text)
        hardware.failingSignatures = 0
        world.time.advance(60_000.0)
        served()
        assertEquals(key, store.open()?.publicJwk)
        assertEquals(0, renewals())
    }

    @Test
    fun `a signature that fails once is made again`() {
        val key = enrolled()
        hardware.failingSignatures = 1
        served()
        assertEquals(key, store.open()?.publicJwk)
        assertEquals(0, renewals())
    }

    @Test
    fun `a key that cannot sign for the moment is kept, and one that cannot any more is not`() {
        val key = enrolled()
        hardware.failingSignatures = 2
        assertEquals("key_store_failed", refused().code.text)
        world.time.advance(60_000.0)
        served()
        assertEquals(key, store.open()?.publicJwk)
        hardware.passes = false
        hardware.failingSignatures = 1
        served()
        assertNotEquals(key, store.open()?.publicJwk)
        assertEquals(1, renewals())
    }

    @Test
    fun `no other key is made while nobody knows whether there is one`() {
        hardware.failingReads = 1
        assertEquals("key_store_failed", refused().code.text)
        assertEquals(emptySet<Int>(), hardware.pairs.keys)
        world.time.advance(60_000.0)
        world.token()
        assertEquals(1, hardware.pairs.size)
    }

    @Test
    fun `an attestation that fails for the moment is tried again, and no plain key enrols`() {
        hardware.passes = true
        hardware.failingAttestations = 1
        assertEquals("key_store_failed -1000", world.failure { world.client.getToken() }.let { "${it.code.text} ${it.vendorCode}" })
        world.time.advance(60_000.0)
        assertEquals("token-1", world.token())
        assertEquals(listOf("android-key-attestation"), world.service.clientData.single()["evidence"])
    }

    private fun evidence() = world.service.clientData.map { (it["evidence"] as List<*>).size }

    private fun refresh() {
        world.time.advance(151_000.0)
        served()
    }

    @Test
    fun `an attestation fault that nobody explains counts as one that passes, and is tried again later`() {
        hardware.failingAttestations = 6
        repeat(4) {
            assertEquals("key_store_failed -1000", refused().let { "${it.code.text} ${it.vendorCode}" })
            world.time.advance(60_000.0)
        }
        served()
        val plain = store.open()?.publicJwk
        assertEquals(listOf(0), evidence())
        refresh()
        assertEquals("refresh", purposes().last())
        // It still fails after an hour, and the plain key stays.
        world.time.advance(3_600_000.0)
        refresh()
        assertEquals(plain, store.open()?.publicJwk)
        refresh()
        assertEquals(0, evidence().max())
        world.restart()
        world.time.advance(3_600_000.0)
        refresh()
        assertEquals(1, evidence().last())
        val attested = store.open()?.publicJwk
        assertNotEquals(plain, attested)
        assertEquals(1, hardware.pairs.size)
        world.time.advance(7_200_000.0)
        refresh()
        assertEquals(attested, store.open()?.publicJwk)
        assertEquals(1, evidence().sum())
    }

    @Test
    fun `an attestation fault that lasts is met by a plain key at once, for good`() {
        hardware.passes = false
        hardware.failingAttestations = 1
        served()
        repeat(3) {
            world.time.advance(7_200_000.0)
            served()
        }
        assertEquals(0, evidence().max())
        assertEquals(0, hardware.failingAttestations)
    }

    /** How often names were listed, and read. */
    private var lists = 0
    private var reads = 0

    private fun listing() = DeviceKeyStore(false, time.clock, { lists++.let { hardware.pairs.keys.toSet() } }) { name ->
        val keys = hardware.at(name)
        object : DeviceKeys by keys {
            override fun certificates() = keys.certificates().also { reads++ }
        }
    }

    @Test
    fun `where names can be listed, each key is read once`() {
        val store = listing()
        assertEquals(null, store.open())
        val first = store.create(commitment)
        store.keep(first)
        assertEquals(1, reads)
        repeat(5) { store.keep(checkNotNull(store.open())) }
        assertEquals(6, reads)
        val second = store.create(commitment)
        assertEquals(2, hardware.pairs.size)
        store.keep(second)
        assertEquals(second.publicJwk, listing().open()?.publicJwk)
        assertEquals(1, hardware.pairs.size)
    }

    @Test
    fun `what listing meets is judged like any other fault`() {
        val fault = IllegalStateException("out of order: -1000")
        val store = DeviceKeyStore(false, time.clock, { throw fault }, hardware::at)
        repeat(4) {
            assertThrows(KeyStoreUnavailableException::class.java) { store.open() }
            time.advance(10_000.0)
        }
        assertEquals(fault, assertThrows(IllegalStateException::class.java) { store.open() })
        hardware.passes = true
        assertThrows(KeyStoreUnavailableException::class.java) { store.create(commitment) }
        assertEquals(0, hardware.pairs.size)
    }

    @Test
    fun `an attestation that fails five times in a row is not waited for, though the fault passes`() {
        hardware.passes = true
        hardware.failingAttestations = 5
        repeat(4) {
            assertEquals("key_store_failed", refused().code.text)
            world.time.advance(60_000.0)
        }
        assertEquals("token-1", world.token())
        assertEquals(emptyList<Any>(), world.service.clientData.single()["evidence"])
    }

    @Test
    fun `nothing takes the place of a plain key, so it is waited for as long as its fault passes`() {
        hardware.passes = true
        hardware.failingPlainKeys = 10
        repeat(10) { assertThrows(KeyStoreUnavailableException::class.java) { store.create(null) } }
        assertEquals(true, signs(store.create(null)))
    }

    /** The key that a proof names. */
    private fun keyIn(proof: String): Any? =
        JsonReader.readObject(String(checkNotNull(decodeBase64Url(proof.substringBefore('.')))))?.get("jwk")
}
