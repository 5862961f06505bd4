package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.claimsOf
import dev.assay.core.fake.problem
import dev.assay.core.wire.ProofForm
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val OTHER = "https://other.example"

/** Tokens of the kind `access`, references and remedies, beyond what the shared files play. */
class AccessKindTest {
    private fun options(proof: ProofForm = ProofForm.DPOP) =
        ClientOptions(listOf("https://attest.example"), "com.example.app", "1.0", mapOf(AUDIENCE to AUDIENCE, OTHER to OTHER), proof = proof)

    private fun world(proof: ProofForm = ProofForm.DPOP, prepare: FakeWorld.() -> Unit = {}) =
        FakeWorld(options(proof)).apply { service.tokenTypes = mapOf(AUDIENCE to "DPoP") }.apply(prepare)

    private fun FakeWorld.proof(url: String = "$AUDIENCE/a", authorization: String? = null) =
        settle { client.proof("GET", url, authorization) }

    private fun FakeWorld.exchanges() = service.calls("/v1/attestations").size

    @Test
    fun `the kind outlives the process`() {
        for (type in TokenType.entries) {
            val world = world { service.tokenTypes = mapOf(AUDIENCE to type.text) }
            val before = world.settle { world.client.getToken(AUDIENCE) }
            world.restart()
            val after = world.settle { world.client.getToken(AUDIENCE) }
            assertEquals(before.token to type, after.token to after.tokenType)
            assertEquals(1, world.exchanges())
            assertNull(world.settle { world.client.getToken(OTHER) }.tokenType)
        }
    }

    @Test
    fun `why an API has no token outlives the process`() {
        val world = world {
            service.deniedAudiences = setOf(OTHER)
            service.remedies = listOf(mapOf("audience" to OTHER, "remedy" to mapOf("kind" to "play_dialog", "type_code" to 3)))
        }
        world.settle { world.client.getToken(AUDIENCE) }
        repeat(2) {
            val denied = world.failure { world.client.getToken(OTHER) }
            assertEquals(AssayErrorCode.ATTESTATION_DENIED, denied.code)
            assertEquals(RemedyKind.PLAY_DIALOG to 3, denied.remedy?.kind to denied.remedy?.typeCode)
            world.restart()
            world.settle { world.client.getToken(AUDIENCE) }
        }
        assertEquals(1, world.exchanges())
    }

    @Test
    fun `what was kept before kinds and remedies were known is taken over`() {
        val world = world { service.tokenTypes = emptyMap() }
        val before = world.settle { world.client.getToken(AUDIENCE) }
        val kept = world.state.entries.getValue("grant")
        world.state.entries["grant"] = kept.replace("\"remedies\":[],", "")
        assertFalse(world.state.entries.getValue("grant") == kept)
        world.restart()
        assertEquals(before.token, world.settle { world.client.getToken(AUDIENCE) }.token)
        assertEquals(1, world.exchanges())
    }

    @Test
    fun `a user's login is refused at once, and costs no exchange`() {
        val world = world()
        world.proof()
        for (authorization in listOf("Bearer user", "DPoP user", "Basic dTpw", "x")) {
            val refused = world.failure { world.client.proof("GET", "$AUDIENCE/a", authorization) }
            assertEquals(AssayErrorCode.AUTHORIZATION_PRESENT to false, refused.code to refused.retryable)
        }
        assertEquals(1, world.exchanges())
        // The twin: at the other kind the proof is bound to it.
        assertEquals(43, (claimsOf(checkNotNull(world.proof("$OTHER/a", "Bearer user").proof))["ath"] as String).length)
    }

    @Test
    fun `an empty Authorization is none`() {
        assertEquals("DPoP token-1", world().proof(authorization = "").toMap()["Authorization"])
    }

    @Test
    fun `proofs of the kind access are DPoP whatever the app chose, each form with its own nonce`() {
        val world = world(ProofForm.ATTESTATION_POP)
        world.proof()
        val headers = mapOf("DPoP-Nonce" to "n", "OAuth-Client-Attestation-Challenge" to "c")
        for (origin in listOf(AUDIENCE, OTHER)) world.client.learn("$origin/a", headers::get)
        val (bound, popped) = world.proof() to world.proof("$OTHER/a")
        assertEquals(setOf("Authorization", "DPoP"), bound.toMap().keys)
        assertEquals("n", claimsOf(checkNotNull(bound.proof))["nonce"])
        assertEquals(setOf("OAuth-Client-Attestation", "OAuth-Client-Attestation-PoP"), popped.toMap().keys)
        assertEquals("c", claimsOf(checkNotNull(popped.proof))["challenge"])
    }

    @Test
    fun `a reference is in client data alone`() {
        val world = world()
        world.client.setReference("customer 4711")
        world.service.mishaps.getValue("/v1/attestations").add(problem(403, "attestation_denied", mapOf("remedy" to mapOf("kind" to "update_os"))))
        val denied = world.failure { world.client.getToken(AUDIENCE) }
        assertFalse(denied.toString().contains("4711"))
        assertEquals(listOf(RemedyKind.UPDATE_OS), world.told.filterIsInstance<AssayEvent.Denied>().map { it.remedy?.kind })
        world.time.advance(20_000.0)
        world.settle { world.client.getToken(AUDIENCE) }
        assertEquals("customer 4711", world.service.clientData.last()["reference"])
        assertTrue(world.service.calls("/v1/challenges").none { it.text.contains("4711") })
        world.client.setReference(null)
        world.settle { world.client.getToken(AUDIENCE, forceRefresh = true) }
        assertNull(world.service.clientData.last()["reference"])
    }

    @Test
    fun `half a surrogate pair is no reference`() {
        val world = world()
        for (text in listOf("\ud83d", "\ude00", "\ude00\ud83d", "a\ud83d", "\ud83da")) {
            assertThrows(IllegalArgumentException::class.java, { world.client.setReference(text) }, text)
        }
        world.client.setReference("\ud83d\ude00")
    }
}
