package dev.assay.core.client

import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.Mishap
import dev.assay.core.fake.problem
import dev.assay.core.wire.androidKeyCommitment
import dev.assay.core.wire.decodeBase64Url
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The installation key is created for a challenge, and hardware vouches for it. */
class OneKeyTest {
    private val world = FakeWorld()
    private val challenges get() = world.service.calls("/v1/challenges").map { it.body }
    private val attestations get() = world.service.calls("/v1/attestations").map { it.body }

    @Test
    fun `an enrolment asks without a key and attests one over the challenge`() {
        assertEquals("token-1", world.token())
        assertEquals(listOf<Any?>("enrolment", null, 1.0), challenges.single().let { listOf(it["purpose"], it["key"], it["v"]) })
        val challenge = decodeBase64Url(world.service.clientData.single()["challenge"] as String)!!
        assertEquals(listOf(String(androidKeyCommitment(challenge))), world.keyStore.commitments)
        val item = (attestations.single()["evidence"] as List<*>).single() as Map<*, *>
        assertEquals("android-key-attestation", item["format"])
        assertEquals(listOf("android-key-attestation"), world.service.clientData.single()["evidence"])
    }

    @Test
    fun `a refresh names the key and brings no evidence`() {
        world.token()
        world.time.advance(151_000.0)
        val refresh = challenges[1]
        assertEquals("refresh", refresh["purpose"])
        assertEquals(world.keyStore.key!!.publicJwk.thumbprint(), refresh["key"])
        assertEquals(emptyList<Any>(), world.service.clientData[1]["evidence"])
        assertEquals(1, world.keyStore.commitments.size)
    }

    @Test
    fun `after a restart the key is used on, and the token as long as it is good`() {
        world.token()
        world.restart()
        assertEquals("token-1", world.token())
        world.time.sleep(400_000.0)
        assertEquals("token-2", world.token())
        assertEquals(1, world.keyStore.commitments.size)
    }

    @Test
    fun `who is not remembered enrols with a new key, once`() {
        world.token()
        world.service.mishaps.getValue("/v1/attestations").add(problem(409, "enrolment_required"))
        world.time.advance(151_000.0)
        assertEquals("token-2", world.token())
        assertEquals(2, world.keyStore.commitments.size)
        assertEquals(listOf<Any?>("enrolment", "refresh", "enrolment"), challenges.map { it["purpose"] })
        assertNull(challenges[2]["key"])
    }

    @Test
    fun `a body that was not answered is sent again by the next process, byte for byte`() {
        world.service.mishaps.getValue("/v1/attestations").addAll(List(3) { Mishap.Lost })
        assertEquals("network", world.failure { world.client.getToken() }.code.text)
        world.restart()
        assertEquals("token-1", world.token())
        assertEquals(1, world.service.calls("/v1/attestations").map { it.text }.toSet().size)
        assertEquals(1, challenges.size)
    }

    @Test
    fun `a body that was answered is not sent again, though the process died before it could remove it`() {
        world.service.mishaps.getValue("/v1/attestations").addAll(List(3) { Mishap.Lost })
        world.failure { world.client.getToken() }
        val sent = checkNotNull(world.state.entries["pending"])
        world.restart()
        world.token()
        world.state.entries["pending"] = sent
        world.restart()
        assertEquals("token-2", world.settle { world.client.getToken(forceRefresh = true) }.token)
        assertEquals(listOf<Any?>("enrolment", "refresh"), challenges.map { it["purpose"] })
    }

    @Test
    fun `after its challenge is past its time a body is not sent again, and its key refreshes if the service took it`() {
        for (wasTaken in listOf(true, false)) {
            val world = FakeWorld()
            val mishaps = world.service.mishaps.getValue("/v1/attestations").apply { addAll(List(3) { Mishap.Lost }) }
            world.failure { world.client.getToken() }
            val first = world.keyStore.key!!.publicJwk
            world.restart()
            world.time.sleep(121_000.0)
            if (!wasTaken) mishaps.add(problem(409, "enrolment_required"))
            world.token()
            assertEquals(wasTaken, first == world.keyStore.key!!.publicJwk)
            val purposes = world.service.calls("/v1/challenges").map { it.body["purpose"] }
            assertEquals(listOfNotNull("enrolment", "refresh", if (wasTaken) null else "enrolment"), purposes)
        }
    }

    @Test
    fun `where hardware attests no key, a plain one enrols and the vendor's code is told`() {
        world.keyStore.cannotAttest = "-74"
        assertEquals("token-1", world.token())
        assertEquals(listOf(null, world.keyStore.key!!.publicJwk.thumbprint()), challenges.map { it["key"] })
        assertEquals(listOf("evidence_failed:-74"), challenges[1]["failures"])
        assertTrue(world.told.any { it is AssayEvent.AttestationUnavailable && it.vendorCode == "-74" })
        world.time.advance(151_000.0)
        assertEquals("refresh", challenges[2]["purpose"])
        assertNull(challenges[2]["failures"])
    }

    @Test
    fun `an app without platform evidence has a plain key`() {
        world.service.wantsEvidence = false
        assertEquals("token-1", world.token())
        assertEquals(listOf<String?>(null), world.keyStore.commitments)
        assertEquals(emptyList<Any>(), attestations.single()["evidence"])
    }

    @Test
    fun `a key that cannot be opened is replaced by one that is attested`() {
        world.token()
        world.restart()
        world.keyStore.failingOpens = 1
        world.time.sleep(400_000.0)
        assertEquals("token-2", world.token())
        assertEquals(2, world.keyStore.commitments.size)
        assertTrue(world.told.any { it.name == "key-renewed" })
    }

    @Test
    fun `a full disk costs an exchange after a restart and nothing else`() {
        world.state.isFull = true
        assertEquals("token-1", world.token())
        world.restart()
        assertEquals("token-2", world.token())
    }

    @Test
    fun `reset makes another installation`() {
        world.token()
        world.settle { world.client.reset() }
        assertTrue(world.state.entries.isEmpty())
        assertEquals("token-2", world.token())
        assertEquals(2, world.keyStore.commitments.size)
    }
}
