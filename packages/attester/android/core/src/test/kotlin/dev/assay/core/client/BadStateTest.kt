package dev.assay.core.client

import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.Mishap
import dev.assay.core.fake.problem
import dev.assay.core.running.awaitBlocking
import dev.assay.core.wire.PublicJwk
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.IOException
import java.util.concurrent.ConcurrentLinkedQueue

/** Files that are damaged, a disk that is full, clocks that jump: no app crashes, and nobody enrols twice whose key is there. */
class BadStateTest {
    private fun enrolled() = FakeWorld().apply { token() }

    private fun FakeWorld.nextToken() = settle { client.getToken(forceRefresh = true) }

    private fun mustBeOneInstallation(world: FakeWorld, what: String) {
        world.nextToken()
        assertEquals(1, world.keyStore.commitments.size, what)
    }

    @Test
    fun `a file that is cut anywhere costs no installation`() {
        val names = enrolled().state.entries.keys.sorted()
        assertEquals(listOf("enrolled", "grant"), names)
        for (name in names) {
            val whole = enrolled().state.entries.getValue(name)
            for (length in 0 until whole.length) {
                val world = enrolled()
                world.state.entries[name] = world.state.entries.getValue(name).take(length)
                world.restart()
                mustBeOneInstallation(world, "$name cut after $length")
            }
        }
    }

    @Test
    fun `files that hold what no SDK writes cost no installation`() {
        val contents = listOf("null", "[]", "{}x", "\u0000", "{\"id\":1,", "{\"id\":\"1\"", "[".repeat(100_000))
        for (content in contents) {
            val world = enrolled()
            for (name in world.state.entries.keys.toList() + "pending" + "plain") world.state.entries[name] = content
            world.restart()
            mustBeOneInstallation(world, content.take(20))
        }
    }

    @Test
    fun `files of another user, which cannot be read, cost no installation`() {
        val world = FakeWorld()
        world.token()
        world.state.isUnreadable = true
        world.restart()
        mustBeOneInstallation(world, "unreadable")
    }

    @Test
    fun `the entry of another key or app counts for nothing`() {
        val world = enrolled()
        world.state.entries["enrolled"] = world.state.entries.getValue("enrolled").replace("com.example.app", "com.example.other")
        world.restart()
        world.nextToken()
        assertEquals(2, world.keyStore.commitments.size)
    }

    @Test
    fun `a disk that is full at any write costs no installation`() {
        var full = 0
        while (true) {
            val world = FakeWorld()
            world.state.writesUntilFull = full
            world.token()
            world.restart()
            mustBeOneInstallation(world, "full after $full writes")
            world.restart()
            mustBeOneInstallation(world, "full after $full writes, again")
            if (world.state.writesUntilFull > 0) break
            full++
        }
        check(full > 5)
    }

    @Test
    fun `whom the service does not remember enrols, with the state lost or not`() {
        val world = enrolled()
        world.state.entries.clear()
        world.restart()
        world.service.mishaps.getValue("/v1/attestations").add(problem(409, "enrolment_required"))
        world.token()
        assertEquals(2, world.keyStore.commitments.size)
        assertEquals(listOf<Any?>("enrolment", "refresh", "enrolment"), world.service.calls("/v1/challenges").map { it.body["purpose"] })
    }

    @Test
    fun `the service is asked once a process about a key that no file speaks of`() {
        val world = enrolled()
        world.state.entries.clear()
        world.state.isFull = true
        world.restart()
        val mishaps = world.service.mishaps.getValue("/v1/attestations")
        mishaps.add(problem(409, "enrolment_required"))
        mishaps.addAll(List(3) { Mishap.Network })
        assertEquals("network", world.failure { world.client.getToken() }.code.text)
        world.time.advance(60_000.0)
        world.token()
        assertEquals("refresh", world.service.calls("/v1/challenges")[1].body["purpose"])
        assertEquals(1, world.service.calls("/v1/challenges").count { it.body["purpose"] == "refresh" })
    }

    /** A key whose signature takes as long as the test says, by any clock. */
    private class SlowKeys(private val inner: KeyStore) : KeyStore by inner {
        var during: () -> Unit = {}

        private fun slow(key: InstallationKey) = object : InstallationKey {
            override val publicJwk: PublicJwk get() = key.publicJwk
            override val attestation get() = key.attestation

            override fun sign(data: ByteArray): ByteArray = key.sign(data).also { during() }
        }

        override fun open() = inner.open()?.let(::slow)

        override fun create(commitment: ByteArray?) = slow(inner.create(commitment))
    }

    @Test
    fun `a clock that jumps during a signature costs no token and no installation`() {
        val day = 86_400_000.0
        for (jump in listOf(day, -day, 400 * day, -400 * day)) {
            val inner = dev.assay.core.fake.FakeKeyStore()
            val keys = SlowKeys(inner)
            val world = FakeWorld(deviceKeys = keys)
            keys.during = { world.time.setWall(jump) }
            assertEquals("token-1", world.token())
            world.settle { world.client.proof("GET", "$AUDIENCE/orders") }
            world.nextToken()
            keys.during = {}
            world.restart()
            world.nextToken()
            assertEquals(1, inner.commitments.size, "$jump")
        }
    }

    @Test
    fun `two hundred threads share one exchange`() {
        val world = LiveWorld(AUDIENCE)
        val tokens = ConcurrentLinkedQueue<String>()
        val threads = List(200) { number ->
            Thread {
                tokens.add(
                    if (number % 2 == 0) awaitBlocking { world.client.getToken() }.token
                    else awaitBlocking { world.client.proof("GET", "$AUDIENCE/$number") }.token,
                )
            }
        }
        threads.forEach(Thread::start)
        threads.forEach(Thread::join)
        assertEquals(200, tokens.size)
        assertEquals(setOf("token-1"), tokens.toSet())
        assertEquals(1, world.service.calls("/v1/attestations").size)
        world.client.close()
    }
}
