package dev.assay.ktor

import dev.assay.core.AssayException
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.claimsOf
import io.ktor.client.HttpClient
import io.ktor.client.engine.mock.MockEngine
import io.ktor.client.engine.mock.MockRequestHandleScope
import io.ktor.client.engine.mock.respond
import io.ktor.client.plugins.HttpRequestTimeoutException
import io.ktor.client.plugins.HttpTimeout
import io.ktor.client.request.HttpRequestData
import io.ktor.client.request.HttpResponseData
import io.ktor.client.request.get
import io.ktor.client.request.header
import io.ktor.client.request.post
import io.ktor.client.request.setBody
import io.ktor.client.statement.bodyAsText
import io.ktor.http.HttpStatusCode
import io.ktor.http.headersOf
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class AssayPluginTest {
    private val world = LiveWorld("https://api.example")
    private val atServer = LiveWorld(mapOf("https://login.example" to "login"), authorizationServers = listOf("login"))
    private val seen = ArrayList<HttpRequestData>()
    private val answers = ArrayDeque<MockRequestHandleScope.() -> HttpResponseData>()
    private val http = httpOf(world)

    private fun httpOf(world: LiveWorld) = HttpClient(
        MockEngine { request ->
            seen.add(request)
            answers.removeFirstOrNull()?.invoke(this) ?: respond("ok")
        },
    ) { install(AssayPlugin) { client = world.client } }

    @AfterEach
    fun end() {
        http.close()
        world.client.close()
        atServer.client.close()
    }

    private fun HttpRequestData.token() = headers["OAuth-Client-Attestation"]

    private fun HttpRequestData.proof() = claimsOf(checkNotNull(headers["DPoP"]))

    private fun refused(error: String) =
        answers.add {
            // What is wanted may stand in any line.
            val challenges = listOf("Bearer realm=\"orders\"", "DPoP error=\"$error\"")
            respond("", HttpStatusCode.Unauthorized, headersOf("WWW-Authenticate" to challenges, "DPoP-Nonce" to listOf("n1")))
        }

    private fun json(body: String) =
        answers.add { respond(body, HttpStatusCode.BadRequest, headersOf("Content-Type" to listOf("application/json"), "DPoP-Nonce" to listOf("n1"))) }

    private fun redirect(to: String) = answers.add { respond("", HttpStatusCode.TemporaryRedirect, headersOf("Location", to)) }

    @Test
    fun `a protected request carries token and proof, another neither`(): Unit = runBlocking {
        http.get("https://api.example/orders?page=2") { header("Authorization", "Bearer user.token") }
        http.get("https://other.example/")
        assertEquals("token-1", seen[0].token())
        assertEquals("https://api.example/orders", seen[0].proof()["htu"])
        assertEquals(43, (seen[0].proof()["ath"] as String).length)
        assertNull(seen[1].token())
    }

    @Test
    fun `a redirect out takes neither along, and one inside has a proof of its own`(): Unit = runBlocking {
        redirect("https://api.example/inside")
        redirect("https://other.example/outside")
        http.get("https://api.example/start")
        assertEquals("https://api.example/inside", seen[1].proof()["htu"])
        assertNotEquals(seen[0].proof()["jti"], seen[1].proof()["jti"])
        assertNull(seen[2].token())
        assertNull(seen[2].headers["DPoP"])
    }

    @Test
    fun `a nonce that the API wants goes with the repeat`(): Unit = runBlocking {
        refused("use_dpop_nonce")
        assertEquals(200, http.post("https://api.example/") { setBody("body") }.status.value)
        assertEquals(listOf(null, "n1"), seen.map { it.proof()["nonce"] })
    }

    @Test
    fun `an authorization server says in JSON what it wants, and another refusal is the app's to read`(): Unit = runBlocking {
        json("{\"error\":\"use_dpop_nonce\"}")
        json("{\"error\":\"invalid_grant\"}")
        httpOf(atServer).use { http ->
            assertEquals("{\"error\":\"invalid_grant\"}", http.post("https://login.example/token").bodyAsText())
        }
        assertEquals(listOf(null, "n1"), seen.map { it.proof()["nonce"] })
    }

    @Test
    fun `an API that says the same is asked once, and its body is the app's to read`(): Unit = runBlocking {
        json("{\"error\":\"invalid_client_attestation\"}")
        assertEquals("{\"error\":\"invalid_client_attestation\"}", http.post("https://api.example/orders").bodyAsText())
        assertEquals(1, seen.size)
    }

    @Test
    fun `another token that the API wants is obtained, once`(): Unit = runBlocking {
        repeat(3) { refused("invalid_dpop_proof") }
        assertEquals(401, http.get("https://api.example/").status.value)
        assertEquals(401, http.get("https://api.example/").status.value)
        assertEquals(listOf("token-1", "token-2", "token-2"), seen.map { it.token() })
    }

    private fun accessKind(scheme: String) {
        world.service.tokenTypes = mapOf("https://api.example" to scheme)
    }

    @Test
    fun `an API of the kind access gets its token in Authorization, with a proof bound to it, and no redirect takes it out`(): Unit = runBlocking {
        accessKind("DPoP")
        redirect("https://other.example/outside")
        http.get("https://api.example/start")
        assertEquals("DPoP token-1", seen[0].headers["Authorization"])
        assertNull(seen[0].token())
        assertEquals("token", claimsOf(checkNotNull(seen[0].headers["DPoP"]), "token-1")["ath"])
        assertEquals(listOf(null, null), listOf("Authorization", "DPoP").map { seen[1].headers[it] })
    }

    @Test
    fun `in bearer mode there is no proof`(): Unit = runBlocking {
        accessKind("Bearer")
        http.get("https://api.example/")
        assertEquals(listOf("Bearer token-1", null), listOf("Authorization", "DPoP").map { seen[0].headers[it] })
    }

    @Test
    fun `an API of the kind access that calls the token invalid gets another`(): Unit = runBlocking {
        accessKind("DPoP")
        refused("invalid_token")
        assertEquals(200, http.get("https://api.example/").status.value)
        assertEquals(listOf("DPoP token-1", "DPoP token-2"), seen.map { it.headers["Authorization"] })
    }

    @Test
    fun `invalid_token of the other kind is about the user's login`(): Unit = runBlocking {
        refused("invalid_token")
        assertEquals(401, http.get("https://api.example/") { header("Authorization", "Bearer user.token") }.status.value)
        assertEquals(1, seen.size)
    }

    @Test
    fun `a request with a login of its own is not sent to an API of the kind access`() {
        accessKind("DPoP")
        val thrown = assertThrows(AssayException::class.java) {
            runBlocking { http.get("https://api.example/") { header("Authorization", "Bearer user.token") } }
        }
        assertEquals("authorization_present", thrown.code.text)
        assertEquals(0, seen.size)
    }

    @Test
    fun `a call that is cancelled stops waiting for a token`(): Unit = runBlocking {
        world.service.isSilent = true
        val call = launch { http.get("https://api.example/") }
        while (!world.client.state().isExchanging) yield()
        call.cancelAndJoin()
        assertTrue(world.client.state().isExchanging)
    }

    @Test
    fun `a call whose time is over stops waiting for a token`() {
        world.service.isSilent = true
        val hasty = http.config { install(HttpTimeout) { requestTimeoutMillis = 10 } }
        assertThrows(HttpRequestTimeoutException::class.java) { runBlocking { hasty.get("https://api.example/") } }
    }

    @Test
    fun `without a token a request is not sent`() {
        world.service.isDown = true
        val thrown = assertThrows(AssayException::class.java) { runBlocking { http.get("https://api.example/") } }
        assertEquals("network", thrown.code.text)
        assertEquals(0, seen.size)
    }
}
