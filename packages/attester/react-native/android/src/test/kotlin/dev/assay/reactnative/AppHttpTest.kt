package dev.assay.reactnative

import com.facebook.react.modules.network.OkHttpClientProvider
import dev.assay.reactnative.host.BareContext
import okhttp3.CertificatePinner
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.mockwebserver.MockResponse
import okhttp3.mockwebserver.MockWebServer
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import java.net.CookieHandler
import java.net.URI
import java.util.concurrent.TimeUnit

/** The client that requests to protected APIs go through. */
class AppHttpTest {
    private val api = MockWebServer().apply { start() }

    /** Cookies of the web views, which React Native hands on. */
    private object WebViewCookies : CookieHandler() {
        val kept = ArrayList<String>()

        override fun get(uri: URI, headers: Map<String, List<String>>) = mapOf("Cookie" to listOf("session=1; theme=dark"))

        override fun put(uri: URI, headers: Map<String, List<String>>) {
            kept.addAll(headers["Set-Cookie"].orEmpty())
        }
    }

    @AfterEach
    fun end() {
        OkHttpClientProvider.setOkHttpClientFactory(null)
        api.shutdown()
    }

    @Test
    fun `cookies are those of fetch and of web views`() {
        api.enqueue(MockResponse().addHeader("Set-Cookie", "session=2; Path=/"))
        appHttp(OkHttpClient(), WebViewCookies).build().newCall(Request.Builder().url(api.url("/orders")).build()).execute().close()
        assertEquals("session=1; theme=dark", api.takeRequest().getHeader("Cookie"))
        assertEquals(listOf("session=2; path=/"), WebViewCookies.kept)
    }

    @Test
    fun `what React Native waits for without an end has one, and what the app has set stays`() {
        fun times(app: OkHttpClient) = appHttp(app, WebViewCookies).build().let { listOf(it.connectTimeoutMillis, it.readTimeoutMillis, it.writeTimeoutMillis) }
        assertEquals(listOf(30_000, 60_000, 60_000), times(OkHttpClientProvider.createClientBuilder().build()))
        val own = OkHttpClient.Builder().connectTimeout(1, TimeUnit.SECONDS).readTimeout(2, TimeUnit.SECONDS).writeTimeout(3, TimeUnit.SECONDS)
        assertEquals(listOf(1_000, 2_000, 3_000), times(own.build()))
    }

    @Test
    fun `the app's own factory makes the client, with its pins and interceptors, and no cache beside it`() {
        val pins = CertificatePinner.Builder().add("api.example", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").build()
        val interceptor = Interceptor { it.proceed(it.request()) }
        OkHttpClientProvider.setOkHttpClientFactory { OkHttpClient.Builder().certificatePinner(pins).addInterceptor(interceptor).build() }
        val client = appHttp(BareContext()).build()
        assertEquals(pins.pins, client.certificatePinner.pins)
        assertEquals(listOf(interceptor), client.interceptors)
        assertNull(client.cache)
    }
}
