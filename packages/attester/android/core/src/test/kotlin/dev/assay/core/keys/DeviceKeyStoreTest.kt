package dev.assay.core.keys

import dev.assay.core.client.InstallationKey
import dev.assay.core.fake.AUDIENCE
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
    private val store = storeOfAProcess()
    private val commitment = ByteArray(43) { 'A'.code.toByte() }

    private fun storeOfAProcess() = DeviceKeyStore(prefersStrongBox = false, hardware::at)

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
        val world = FakeWorld(deviceKeys = store)
        val proof = { world.settle { world.client.proof("GET", "$AUDIENCE/orders") } }
        assertEquals("token-1", world.token())
        val first = keyIn(proof().proof)
        val mishaps = world.service.mishaps.getValue("/v1/attestations")
        mishaps.add(problem(409, "enrolment_required"))
        mishaps.addAll(List(3) { Mishap.Network })
        assertEquals("network", world.failure { world.client.getToken(forceRefresh = true) }.code.text)
        assertEquals(2, hardware.pairs.size)
        assertEquals("token-1" to first, proof().let { it.token to keyIn(it.proof) })
        world.time.advance(151_000.0)
        val later = proof()
        assertEquals("token-2", later.token)
        assertNotEquals(first, keyIn(later.proof))
        assertEquals(1, hardware.pairs.size)
    }

    /** The key that a proof names. */
    private fun keyIn(proof: String): Any? =
        JsonReader.readObject(String(checkNotNull(decodeBase64Url(proof.substringBefore('.')))))?.get("jwk")
}
