package dev.assay.core.client

import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.Mishap
import dev.assay.core.fake.problem
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Test

/** An update of the app is the same installation. */
class UpdateTest {
    private val world = FakeWorld()
    private val purposes get() = world.service.calls("/v1/challenges").map { it.body["purpose"] }
    private val keys get() = world.service.clientData.map { it["key"] }.toSet()

    private fun update(build: String, audiences: Map<String, String> = mapOf(AUDIENCE to AUDIENCE)) =
        world.restart(FakeWorld.options(build = build, audiences = audiences))

    @Test
    fun `thirteen updates are one key, each with a token of its own`() {
        val tokens = (0..13).map { version ->
            update("1.$version+$version")
            world.token()
        }
        assertEquals(14, tokens.toSet().size)
        assertEquals(listOf<Any?>("enrolment") + List(13) { "refresh" }, purposes)
        assertEquals(1, world.keyStore.commitments.size)
        assertEquals(1, keys.size)
    }

    @Test
    fun `other APIs and an older build are no new key either`() {
        world.token()
        update("1.0+1", mapOf(AUDIENCE to AUDIENCE, "https://other.example" to "https://other.example"))
        world.settle { world.client.getToken(AUDIENCE) }
        update("0.9+0")
        world.token()
        assertEquals(listOf<Any?>("enrolment", "refresh", "refresh"), purposes)
        assertEquals(1, keys.size)
    }

    @Test
    fun `an entry that 0_1_0 wrote for another build and another list of APIs names the key`() {
        world.token()
        val thumbprint = world.keyStore.key!!.publicJwk.thumbprint()
        world.state.entries["enrolled"] = """{"id":"1 com.example.app 0.7+7 $thumbprint https://old.example https://older.example"}"""
        update("2.0+2")
        world.token()
        assertEquals(listOf<Any?>("enrolment", "refresh"), purposes)
    }

    @Test
    fun `an entry of a later SDK decides nothing, and the service is asked`() {
        val thumbprint = { world.keyStore.key!!.publicJwk.thumbprint() }
        world.token()
        val later = listOf(
            """{"id":"2 com.example.app 1.0+1 ${thumbprint()} x"}""",
            """{"id":"2 ${thumbprint()}"}""",
            """{"id":{"app":"com.example.app"}}""",
            """{"owner":"com.example.app"}""",
            """{"id":"1 com.example.app"}""",
        )
        for (entry in later) {
            world.state.entries["enrolled"] = entry
            update("2.0+2")
            world.settle { world.client.getToken(forceRefresh = true) }
        }
        assertEquals(listOf<Any?>("enrolment") + later.map { "refresh" }, purposes)
        world.state.entries["enrolled"] = later[0]
        world.restart()
        world.service.mishaps.getValue("/v1/attestations").add(problem(409, "enrolment_required"))
        world.settle { world.client.getToken(forceRefresh = true) }
        assertEquals(listOf<Any?>("refresh", "enrolment"), purposes.takeLast(2))
    }

    @Test
    fun `neither token nor body of the older build outlives the update`() {
        world.token()
        world.service.mishaps.getValue("/v1/attestations").addAll(List(3) { Mishap.Lost })
        world.failure { world.client.getToken(forceRefresh = true) }
        update("2.0+2")
        world.token()
        assertEquals("2.0+2", world.service.clientData.last()["build"])
        assertEquals(1, keys.size)
    }

    @Test
    fun `a new key whose answer was lost before the update refreshes, and enrols only if the service does not know it`() {
        for (isTaken in listOf(true, false)) {
            val world = FakeWorld()
            val mishaps = world.service.mishaps.getValue("/v1/attestations")
            world.token()
            mishaps.add(problem(409, "enrolment_required"))
            mishaps.addAll(List(3) { Mishap.Lost })
            world.failure { world.client.getToken(forceRefresh = true) }
            val second = world.keyStore.key!!.publicJwk
            if (!isTaken) mishaps.add(problem(409, "enrolment_required"))
            world.restart(FakeWorld.options(build = "2.0+2"))
            world.token()
            assertEquals(isTaken, second == world.keyStore.key!!.publicJwk)
        }
    }

    @Test
    fun `a state that was restored on another phone names a key that is not there`() {
        world.token()
        val restored = FakeWorld()
        restored.state.entries.putAll(world.state.entries)
        restored.restart(FakeWorld.options(build = "2.0+2"))
        restored.token()
        assertEquals(listOf<Any?>("enrolment"), restored.service.calls("/v1/challenges").map { it.body["purpose"] })
        assertNotEquals(world.keyStore.key!!.publicJwk, restored.keyStore.key!!.publicJwk)
    }

    @Test
    fun `an update tries once more to have a key attested where hardware attested none for good`() {
        world.keyStore.cannotAttest = "-74"
        world.token()
        world.restart()
        world.settle { world.client.getToken(forceRefresh = true) }
        assertEquals(listOf<Any?>("enrolment", "enrolment", "refresh"), purposes)
        update("2.0+2")
        world.token()
        update("2.0+2")
        world.settle { world.client.getToken(forceRefresh = true) }
        assertEquals(listOf<Any?>("enrolment", "refresh", "refresh"), purposes.drop(3))
        world.keyStore.cannotAttest = null
        update("3.0+3")
        world.token()
        assertEquals(listOf<Any?>("enrolment"), purposes.drop(6))
    }
}
