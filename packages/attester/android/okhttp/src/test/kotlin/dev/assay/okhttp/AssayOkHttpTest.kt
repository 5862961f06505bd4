package dev.assay.okhttp

import dev.assay.core.client.WithoutToken
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.claimsOf
import dev.assay.core.running.awaitBlocking
import dev.assay.core.wire.ProofForm
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Dispatcher
import okhttp3.Headers.Companion.toHeaders
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import okhttp3.mockwebserver.MockResponse
import okhttp3.mockwebserver.MockWebServer
import okhttp3.mockwebserver.RecordedRequest
import okio.BufferedSink
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.io.InterruptedIOException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class AssayOkHttpTest {
    private val api = MockWebServer().apply { start() }
    private val other = MockWebServer().apply { start() }
    private val world = LiveWorld("http://localhost:${api.port}")
    private val http = OkHttpClient.Builder().assay(world.client).build()

    @AfterEach
    fun end() {
        api.shutdown()
        other.shutdown()
        world.client.close()
    }

    private fun get(path: String, build: Request.Builder.() -> Unit = {}) =
        http.newCall(Request.Builder().url("http://localhost:${api.port}$path").apply(build).build()).execute().use { it.code }

    private fun RecordedRequest.token() = getHeader("OAuth-Client-Attestation")

    private fun RecordedRequest.proof() = claimsOf(checkNotNull(getHeader("DPoP")))

    private fun refused(error: String) = MockResponse().setResponseCode(401).addHeader("WWW-Authenticate", "DPoP error=\"$error\"")

    private fun json(body: String) = MockResponse().setResponseCode(400).addHeader("Content-Type", "application/json").setBody(body)

    @Test
    fun `a protected request carries token and proof`() {
        api.enqueue(MockResponse())
        assertEquals(200, get("/orders?page=2") { header("Authorization", "Bearer user.token") })
        val seen = api.takeRequest()
        assertEquals("token-1", seen.token())
        assertEquals("http://localhost:${api.port}/orders", seen.proof()["htu"])
        assertEquals("GET", seen.proof()["htm"])
        assertEquals(43, (seen.proof()["ath"] as String).length)
    }

    @Test
    fun `another one carries neither`() {
        other.enqueue(MockResponse())
        http.newCall(Request.Builder().url(other.url("/")).build()).execute().close()
        assertNull(other.takeRequest().token())
    }

    @Test
    fun `a redirect out takes neither along, and one inside has a proof of its own`() {
        api.enqueue(MockResponse().setResponseCode(307).addHeader("Location", "/inside"))
        api.enqueue(MockResponse().setResponseCode(307).addHeader("Location", other.url("/outside").toString()))
        other.enqueue(MockResponse())
        assertEquals(200, get("/start"))
        val first = api.takeRequest()
        val second = api.takeRequest()
        assertEquals("http://localhost:${api.port}/inside", second.proof()["htu"])
        assertNotEquals(first.proof()["jti"], second.proof()["jti"])
        val outside = other.takeRequest()
        assertNull(outside.token())
        assertNull(outside.getHeader("DPoP"))
    }

    @Test
    fun `a nonce that the API wants goes with the repeat, body and all`() {
        api.enqueue(refused("use_dpop_nonce").addHeader("DPoP-Nonce", "n1"))
        api.enqueue(MockResponse())
        assertEquals(200, get("/") { post("body".toRequestBody()) })
        assertNull(api.takeRequest().proof()["nonce"])
        val second = api.takeRequest()
        assertEquals("n1", second.proof()["nonce"])
        assertEquals("body", second.body.readUtf8())
    }

    @Test
    fun `an authorization server says in JSON what it wants`(): Unit = atServer {
        api.enqueue(json("{\"error\":\"use_dpop_nonce\"}").addHeader("DPoP-Nonce", "n1"))
        api.enqueue(MockResponse())
        assertEquals(200, it.newCall(post("grant")).execute().use { one -> one.code })
        assertEquals(listOf(null, "n1"), List(2) { api.takeRequest().proof()["nonce"] })
    }

    @Test
    fun `an API that says the same is asked once, and its body is the app's to read`() {
        val body = "{\"error\":\"invalid_client_attestation\"}"
        api.enqueue(json(body).addHeader("DPoP-Nonce", "n1"))
        assertEquals(body, http.newCall(post("order")).execute().use { checkNotNull(it.body).string() })
        assertEquals(1, api.requestCount)
    }

    private fun post(body: String) = Request.Builder().url("http://localhost:${api.port}/token").post(body.toRequestBody()).build()

    /** A client for which [api] is an authorization server. */
    private fun atServer(work: (OkHttpClient) -> Unit) {
        val atServer = LiveWorld(mapOf("http://localhost:${api.port}" to AUDIENCE), authorizationServers = listOf(AUDIENCE))
        try {
            work(OkHttpClient.Builder().assay(atServer.client).build())
        } finally {
            atServer.client.close()
        }
    }

    @Test
    fun `another answer of 400 stands, and its body is the app's to read`(): Unit = atServer { http ->
        val answers = listOf("{\"error\":\"invalid_grant\"}", "{\"error\":[\"use_dpop_nonce\"]}", "use_dpop_nonce", "")
        for (body in answers) api.enqueue(json(body))
        api.enqueue(json("{\"error\":\"use_dpop_nonce\"}").setHeader("Content-Type", "text/plain"))
        for (body in answers) {
            val call = http.newCall(Request.Builder().url("http://localhost:${api.port}/token").build())
            assertEquals(body, call.execute().use { checkNotNull(it.body).string() })
        }
        assertEquals(400, http.newCall(post("")).execute().use { one -> one.code })
        assertEquals(answers.size + 1, api.requestCount)
    }

    @Test
    fun `a PoP JWT is for the audience, in place of a proof for the request`() {
        val world = LiveWorld(
            mapOf("http://localhost:${api.port}" to AUDIENCE),
            proof = ProofForm.ATTESTATION_POP,
            authorizationServers = listOf(AUDIENCE),
        )
        api.enqueue(json("{\"error\":\"use_attestation_challenge\"}").addHeader("OAuth-Client-Attestation-Challenge", "c1"))
        api.enqueue(MockResponse())
        val client = OkHttpClient.Builder().assay(world.client).build()
        client.newCall(Request.Builder().url("http://localhost:${api.port}/token").build()).execute().close()
        val (first, second) = List(2) { api.takeRequest() }
        assertNull(first.getHeader("DPoP"))
        val claims = claimsOf(checkNotNull(second.getHeader("OAuth-Client-Attestation-PoP")))
        assertEquals(listOf(AUDIENCE, "c1"), listOf(claims["aud"], claims["challenge"]))
    }

    @Test
    fun `another token that the API wants is obtained, once, and no further one for a minute`() {
        repeat(3) { api.enqueue(refused("invalid_dpop_proof")) }
        assertEquals(401, get("/"))
        assertEquals(listOf("token-1", "token-2"), List(2) { api.takeRequest().token() })
        assertEquals(401, get("/"))
        assertEquals("token-2", api.takeRequest().token())
        assertEquals(2, world.service.clientData.size)
    }

    @Test
    fun `a body that can be sent once is not sent again`() {
        api.enqueue(refused("use_dpop_nonce").addHeader("DPoP-Nonce", "n1"))
        val once = object : RequestBody() {
            override fun contentType() = null

            override fun isOneShot() = true

            override fun writeTo(sink: BufferedSink) {
                sink.writeUtf8("once")
            }
        }
        assertEquals(401, get("/") { post(once) })
        assertEquals(1, api.requestCount)
    }

    @Test
    fun `without a token a request is not sent`() {
        world.service.isDown = true
        val thrown = assertThrows(AssayIOException::class.java) { get("/") }
        assertEquals("network", thrown.cause.code.text)
        assertEquals(0, api.requestCount)
    }

    @Test
    fun `without a token a request says why, where the app chose so`() {
        val open = LiveWorld("http://localhost:${api.port}", WithoutToken.SEND)
        open.service.isDown = true
        api.enqueue(MockResponse())
        val client = OkHttpClient.Builder().assay(open.client).build()
        client.newCall(Request.Builder().url("http://localhost:${api.port}/").build()).execute().close()
        val seen = api.takeRequest()
        assertEquals("network", seen.getHeader("Assay-Status"))
        assertNull(seen.token())
        assertNull(seen.getHeader("DPoP"))
    }

    /** A call that waits for a token, because the service does not answer. */
    private fun waiting(client: OkHttpClient = http): Call {
        world.service.isSilent = true
        return client.newCall(Request.Builder().url("http://localhost:${api.port}/").build())
    }

    private fun later(work: () -> Unit) = Thread {
        while (world.service.calls.isEmpty()) Thread.sleep(5)
        work()
    }.start()

    /** What the call fails with, where that is an exception that OkHttp lets through. */
    private fun failureOf(call: Call): IOException = assertThrows(IOException::class.java) { call.execute() }

    @Test
    fun `a call that is cancelled stops waiting for a token`() {
        val call = waiting()
        later(call::cancel)
        assertEquals("Canceled", failureOf(call).message)
        assertEquals(0, api.requestCount)
    }

    @Test
    fun `a call whose time is over stops waiting for a token`() {
        val thrown = failureOf(waiting(http.newBuilder().callTimeout(300, TimeUnit.MILLISECONDS).build()))
        assertEquals("timeout", (thrown as InterruptedIOException).message)
        assertEquals(0, api.requestCount)
    }

    @Test
    fun `an interrupted thread is told by an exception that OkHttp lets through, and stays interrupted`() {
        val thread = Thread.currentThread()
        val call = waiting()
        later(thread::interrupt)
        assertTrue(failureOf(call) is InterruptedIOException)
        assertTrue(Thread.interrupted())
    }

    @Test
    fun `a dispatcher that is shut down while a call waits ends the call, and not the app`() {
        val uncaught = LinkedBlockingQueue<Throwable>()
        val threads = Executors.newCachedThreadPool { Thread(it).apply { setUncaughtExceptionHandler { _, thrown -> uncaught.add(thrown) } } }
        val failures = LinkedBlockingQueue<IOException>()
        waiting(http.newBuilder().dispatcher(Dispatcher(threads)).build()).enqueue(
            object : Callback {
                override fun onFailure(call: Call, e: IOException) {
                    failures.add(e)
                }

                override fun onResponse(call: Call, response: Response) = response.close()
            },
        )
        later { threads.shutdownNow() }
        assertTrue(failures.poll(20, TimeUnit.SECONDS) is InterruptedIOException)
        assertTrue(threads.awaitTermination(20, TimeUnit.SECONDS))
        assertNull(uncaught.poll())
    }

    @Test
    fun `what is wanted may stand in any line of WWW-Authenticate`() {
        api.enqueue(refused("use_dpop_nonce").addHeader("WWW-Authenticate", "Bearer realm=\"orders\"").addHeader("DPoP-Nonce", "n1"))
        api.enqueue(MockResponse())
        assertEquals(200, get("/"))
    }

    @Test
    fun `the handshake of a WebSocket has only what the app adds to it`() {
        repeat(2) { api.enqueue(MockResponse().setResponseCode(403)) }
        val url = "http://localhost:${api.port}/live"
        val connect = { headers: Map<String, String> ->
            val done = CountDownLatch(1)
            val listener = object : WebSocketListener() {
                override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) = done.countDown()
            }
            http.newWebSocket(Request.Builder().url(url).headers(headers.toHeaders()).build(), listener)
            assertTrue(done.await(20, TimeUnit.SECONDS))
            api.takeRequest()
        }
        assertNull(connect(emptyMap()).token())
        val seen = connect(awaitBlocking { world.client.proof("GET", url) }.toMap())
        assertEquals("token-1", seen.token())
        assertEquals(url, seen.proof()["htu"])
    }
}
