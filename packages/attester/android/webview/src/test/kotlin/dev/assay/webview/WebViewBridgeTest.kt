package dev.assay.webview

import android.content.Context
import android.net.Uri
import android.os.Looper
import android.webkit.WebMessage
import android.webkit.WebView
import dev.assay.Assay
import dev.assay.SelfTest
import dev.assay.core.client.Clock
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeStateStore
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.LiveWorld
import dev.assay.core.fake.claimsOf
import dev.assay.core.fake.problem
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.fakes.RoboWebMessagePort

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class WebViewBridgeTest {
    private val world = LiveWorld(mapOf("https://api.example" to AUDIENCE, PAYMENTS to PAYMENTS))
    private val assay = Assay(world.client, SelfTest({ emptyMap() }, emptyMap(), FakeWorld.Companion::code, FakeStateStore(), emptyList(), NoClock)) {}
    private val view = ShownPage(RuntimeEnvironment.getApplication())
    private val bridge = WebViewBridge(assay, view, mapOf("https://shop.example" to listOf(AUDIENCE)))

    @After
    fun end() = assay.close()

    /** The page's end, after the app has connected. */
    private fun connected(url: String = "https://shop.example/cart?a=1"): RoboWebMessagePort {
        view.shown = url
        assertTrue(bridge.connect())
        return view.greetings.last().first.ports!!.single() as RoboWebMessagePort
    }

    private fun RoboWebMessagePort.ask(vararg members: Pair<String, Any?>) = postMessage(WebMessage(Json.write(mapOf(*members))))

    /** Answers that have come, once there are this many. */
    private fun RoboWebMessagePort.answers(count: Int): List<Map<String, Any?>> {
        while (receivedMessages.size < count) {
            shadowOf(Looper.getMainLooper()).idle()
            Thread.yield()
        }
        return receivedMessages.map { checkNotNull(JsonReader.readObject(it)) }
    }

    @Test
    fun `a page of a registered origin gets headers for a protected request, each its own`() {
        val page = connected()
        assertEquals(Uri.parse("https://shop.example"), view.greetings.single().second)
        assertEquals("assay:port/1", view.greetings.single().first.data)
        page.ask("id" to 1, "method" to "POST", "url" to "https://api.example/orders?a=1", "authorization" to "Bearer user")
        page.ask("id" to 2, "method" to "GET", "url" to "https://api.example/orders")
        val headers = page.answers(2).associate { it["id"] to it["headers"] as Map<*, *> }
        val (one, two) = listOf(1.0, 2.0).map { claimsOf(headers.getValue(it)["DPoP"] as String) }
        assertEquals("token-1", headers.getValue(1.0)["OAuth-Client-Attestation"])
        assertEquals(listOf("POST", "https://api.example/orders"), listOf(one["htm"], one["htu"]))
        assertEquals(43, (one["ath"] as String).length)
        assertFalse(one["jti"] == two["jti"])
    }

    @Test
    fun `a page of another origin gets no port, and takes away the one before`() {
        val before = connected()
        for (url in listOf("https://evil.example/", "http://shop.example/", "https://shop.example.evil/", "https://shop.example:8443/", "https://shop.example@evil.example/", "about:blank", null)) {
            view.shown = url
            assertFalse(url, bridge.connect())
        }
        assertEquals(1, view.greetings.size)
        assertTrue((before.connectedPort as RoboWebMessagePort).isClosed)
    }

    @Test
    fun `a URL that is not of a protected API is misuse, and what is no request has no answer`() {
        val page = connected()
        for (text in listOf("", "[]", "{}", "{\"id\":1}", "{\"id\":\"1\",\"method\":\"GET\",\"url\":\"https://api.example/\"}", "x".repeat(70_000))) page.postMessage(WebMessage(text))
        page.ask("id" to 3, "method" to "GET", "url" to "https://other.example/")
        page.ask("id" to 4, "method" to "GET", "url" to "https://api.example/", "authorization" to "x".repeat(70_000))
        val answer = page.answers(1).single()
        assertEquals(mapOf("id" to 3.0, "error" to "url"), answer)
    }

    @Test
    fun `a nonce that the page saw goes into the next proof`() {
        val page = connected()
        page.ask("learn" to "https://api.example/orders", "nonce" to "n1")
        page.ask("id" to 1, "method" to "GET", "url" to "https://api.example/orders")
        assertEquals("n1", claimsOf((page.answers(1).single()["headers"] as Map<*, *>)["DPoP"] as String)["nonce"])
    }

    @Test
    fun `a failure is told by its code, and nothing of the device`() {
        val page = connected()
        assay.close()
        page.ask("id" to 1, "method" to "GET", "url" to "https://api.example/orders")
        val answer = page.answers(1).single()
        assertEquals("closed", answer["error"])
        assertNull(answer["headers"])
        assertEquals(setOf("id", "error", "trace", "problem"), answer.keys)
    }

    @Test
    fun `a page learns what the user can do, in the form of the service`() {
        world.service.mishaps.getValue("/v1/attestations")
            .add(problem(403, "attestation_denied", mapOf("remedy" to mapOf("kind" to "play_dialog", "type_code" to 2))))
        val page = connected()
        page.ask("id" to 1, "method" to "GET", "url" to "https://api.example/orders")
        val answer = page.answers(1).single()
        assertEquals("attestation_denied", answer["error"])
        assertEquals(mapOf("kind" to "play_dialog", "type_code" to 2.0), answer["remedy"])
    }

    @Test
    fun `an API of the kind access gets its token in Authorization, and none beside a login of the page`() {
        world.service.tokenTypes = mapOf(AUDIENCE to "DPoP")
        val page = connected()
        page.ask("id" to 1, "method" to "GET", "url" to "https://api.example/orders")
        page.ask("id" to 2, "method" to "GET", "url" to "https://api.example/orders", "authorization" to "Bearer user")
        val answers = page.answers(2).associateBy { it["id"] }
        assertEquals("DPoP token-1", (answers.getValue(1.0)["headers"] as Map<*, *>)["Authorization"])
        assertEquals("authorization_present", answers.getValue(2.0)["error"])
    }

    @Test
    fun `a fault that has no code is neither misuse nor a refusal`() {
        val answer = answerOf(7, Result.failure(IllegalStateException("secret of the device")))
        assertEquals(mapOf("id" to 7.0), JsonReader.readObject(answer))
    }

    @Test
    fun `a page gets headers for the APIs of its origin alone`() {
        val bridge = WebViewBridge(assay, view, mapOf("https://shop.example" to listOf(AUDIENCE), "https://pay.example" to listOf(AUDIENCE, PAYMENTS)))
        val ask = { origin: String ->
            view.shown = origin
            assertTrue(bridge.connect())
            val page = view.greetings.last().first.ports!!.single() as RoboWebMessagePort
            page.ask("learn" to "$PAYMENTS/charges", "nonce" to "from $origin")
            page.ask("id" to 1, "method" to "POST", "url" to "$PAYMENTS/charges")
            page.answers(1).single()
        }
        assertEquals(mapOf("id" to 1.0, "error" to "url"), ask("https://shop.example"))
        val headers = ask("https://pay.example")["headers"] as Map<*, *>
        assertEquals("from https://pay.example", claimsOf(headers["DPoP"] as String)["nonce"])
        assertEquals(mapOf("id" to 1.0, "error" to "url"), ask("https://shop.example"))
    }

    @Test
    fun `origins must be origins with https`() {
        for (origin in listOf("*", "https://*.shop.example", "http://shop.example", "https://shop.example/path", "https://user@shop.example", "null")) {
            assertThrows(origin, IllegalArgumentException::class.java) { WebViewBridge(assay, view, mapOf(origin to listOf(AUDIENCE))) }
        }
        WebViewBridge(assay, view, mapOf("https://shop.example/" to listOf(AUDIENCE), "http://localhost:5173" to listOf(PAYMENTS)))
    }

    @Test
    fun `each origin must have audiences of the configuration, and stand there once`() {
        val one = listOf(AUDIENCE)
        val wrong = listOf(
            emptyMap(),
            mapOf("https://shop.example" to emptyList()),
            mapOf("https://shop.example" to listOf(AUDIENCE, "https://other.example")),
            mapOf("https://shop.example" to listOf("*")),
            mapOf("https://shop.example" to one, "https://shop.example/" to one),
        )
        for (audiences in wrong) assertThrows(audiences.toString(), IllegalArgumentException::class.java) { WebViewBridge(assay, view, audiences) }
    }
}

private const val PAYMENTS = "https://payments.example"

/** A web view that shows what it is told to. */
private class ShownPage(context: Context) : WebView(context) {
    var shown: String? = null
    val greetings = mutableListOf<Pair<WebMessage, Uri>>()

    override fun getUrl() = shown

    override fun createWebMessageChannel(): Array<android.webkit.WebMessagePort> = arrayOf(*RoboWebMessagePort.createPair())

    override fun postWebMessage(message: WebMessage, targetOrigin: Uri) {
        greetings.add(message to targetOrigin)
    }
}

/** Nobody asks it. */
private object NoClock : Clock {
    override fun monotonic() = 0.0

    override fun wall() = 0.0
}
