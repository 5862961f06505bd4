package dev.assay.okhttp

import dev.assay.Assay
import dev.assay.SelfTest
import dev.assay.core.client.Clock
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeStateStore
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.claimsOf
import okhttp3.OkHttpClient
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import okhttp3.mockwebserver.MockResponse
import okhttp3.mockwebserver.MockWebServer
import okhttp3.mockwebserver.RecordedRequest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.util.concurrent.LinkedBlockingQueue

class WebSocketsTest {
    private val api = MockWebServer().apply { start() }
    private val other = MockWebServer().apply { start() }
    private val base = "http://localhost:${api.port}"
    private val world = LiveWorld(base)
    private val assay = Assay(world.client, SelfTest({ emptyMap() }, emptyMap(), FakeWorld.Companion::code, FakeStateStore(), emptyList(), NoClock)) {}
    private val http = OkHttpClient.Builder().assay(assay).followRedirects(false).build()

    @AfterEach
    fun end() {
        assay.close()
        http.dispatcher.executorService.shutdown()
        api.shutdown()
        other.shutdown()
    }

    /** What the listener is told first. */
    private fun opened(http: OkHttpClient, path: String): String {
        val told = LinkedBlockingQueue<String>()
        val socket = http.newWebSocket(
            assay.webSocketRequestBlocking("ws://localhost:${api.port}$path"),
            object : WebSocketListener() {
                override fun onOpen(webSocket: WebSocket, response: Response) {
                    told.add("opened")
                }

                override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) {
                    told.add("failed ${response?.code}")
                }
            },
        )
        return told.take().also { socket.cancel() }
    }

    private fun proofOf(request: RecordedRequest) = claimsOf(checkNotNull(request.getHeader("DPoP")))

    private val accepts = MockResponse().withWebSocketUpgrade(object : WebSocketListener() {})

    @Test
    fun `each handshake has a token and its own proof, for GET and http`() {
        repeat(2) { api.enqueue(accepts) }
        repeat(2) { assertEquals("opened", opened(http, "/feed?a=1")) }
        val (one, two) = List(2) { proofOf(api.takeRequest()) }
        assertEquals("GET" to "$base/feed", one["htm"] to one["htu"])
        assertNotEquals(one["jti"], two["jti"])
    }

    @Test
    fun `a handshake with an API of the kind access has its token in Authorization, and its proof is bound to it`() {
        world.service.tokenTypes = mapOf(AUDIENCE to "DPoP")
        api.enqueue(accepts)
        assertEquals("opened", opened(http, "/feed"))
        val request = api.takeRequest()
        assertEquals("DPoP token-1", request.getHeader("Authorization"))
        assertEquals("token", claimsOf(checkNotNull(request.getHeader("DPoP")), "token-1")["ath"])
        assertNull(request.getHeader("OAuth-Client-Attestation"))
    }

    @Test
    fun `a redirect of a handshake takes nothing along, by a client that follows none`() {
        val redirect = MockResponse().setResponseCode(307).addHeader("Location", other.url("/elsewhere").toString())
        api.enqueue(redirect)
        assertEquals("failed 307", opened(http, "/feed"))
        assertEquals(0, other.requestCount)
        // Why the client must follow none.
        api.enqueue(redirect)
        other.enqueue(MockResponse().setResponseCode(404))
        opened(OkHttpClient(), "/feed")
        assertNotNull(other.takeRequest().getHeader("OAuth-Client-Attestation"))
    }

    @Test
    fun `nothing is proven for another API`() {
        for (url in listOf("ws://localhost:${other.port}/feed", "ftp://localhost:${api.port}/", "/feed")) {
            assertThrows(IllegalArgumentException::class.java) { assay.webSocketRequestBlocking(url) }
        }
    }
}

/** Nobody asks it. */
private object NoClock : Clock {
    override fun monotonic() = 0.0

    override fun wall() = 0.0
}
