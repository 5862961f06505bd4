package dev.assay.reactnative

import com.facebook.react.bridge.Promise
import dev.assay.LoadedScript
import dev.assay.core.wire.JsonReader
import dev.assay.reactnative.host.BareContext
import okhttp3.OkHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.io.File
import java.io.IOException
import java.lang.reflect.Proxy

class BridgeTest {
    private var thrown: Throwable? = null
    private val bridge = AssayBridge(Clients(), { _, _ -> throw checkNotNull(thrown) }, { OkHttpClient.Builder() }, { null }) {}

    private fun ask(method: String, text: String): Map<String, Any?> {
        val answers = ArrayList<String>()
        bridge.ask(method, text) { answers.add(it) }
        return checkNotNull(JsonReader.readObject(answers.single()))
    }

    private val options = """{"bridge":1,"options":{"endpoints":["https://a.example"],"audiences":{"https://b.example":"b"}}}"""

    @Test
    fun `whatever is thrown is answered, by its class alone`() {
        for (each in listOf(NoClassDefFoundError("secret"), OutOfMemoryError("secret"), IOException("secret"), Error())) {
            thrown = each
            assertEquals(mapOf("error" to mapOf("code" to "native_failed", "vendorCode" to each.javaClass.simpleName)), ask("create", options))
        }
    }

    @Test
    fun `misuse that the SDK finds names the option`() {
        thrown = IllegalArgumentException("endpoints: missing or wrong")
        assertEquals(mapOf("misuse" to "endpoints: missing or wrong"), ask("create", options))
    }

    @Test
    fun `JavaScript of another release is told this one's version, and makes nothing`() {
        assertEquals(mapOf("value" to mapOf("bridge" to 1.0)), ask("create", """{"bridge":2}"""))
    }

    @Test
    fun `a handle that nobody knows is stale`() {
        for (method in listOf("getToken", "proof", "fetch", "setReference", "reset", "debugLog")) {
            assertEquals(mapOf("stale" to true), ask(method, """{"handle":"assay-7"}"""))
        }
        for (method in listOf("wake", "learn", "close")) bridge.tell(method, """{"handle":"assay-7"}""")
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            "no JSON | request: not a JSON object",
            "[] | request: not a JSON object",
            "{} | handle: missing or wrong",
            """{"handle":7} | handle: missing or wrong""",
        ],
    )
    fun `what cannot be meant is misuse`(text: String, message: String) {
        assertEquals(mapOf("misuse" to message), ask("getToken", text))
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            """{"endpoints":[],"other":1} | other: unknown member""",
            """{"endpoints":"a"} | endpoints: missing or wrong""",
            """{"endpoints":[1]} | endpoints: missing or wrong""",
            """{"endpoints":["a"]} | audiences: missing or wrong""",
            """{"endpoints":["a"],"audiences":{"a":1}} | audiences: missing or wrong""",
            """{"endpoints":["a"],"audiences":{"a":"b"},"authorizationServers":"b"} | authorizationServers: missing or wrong""",
            """{"endpoints":["a"],"audiences":{"a":"b"},"withoutToken":"x"} | withoutToken: missing or wrong""",
            """{"endpoints":["a"],"audiences":{"a":"b"},"requestTimeout":0.5} | requestTimeout: missing or wrong""",
            """{"endpoints":["a"],"audiences":{"a":"b"},"android":{"x":1}} | android.x: unknown member""",
        ],
    )
    fun `options that are wrong are named`(options: String, message: String) {
        assertEquals(mapOf("misuse" to message), ask("create", """{"bridge":1,"options":$options}"""))
    }

    @Test
    fun `the module rejects what is thrown on the way to the bridge`() {
        val module = AssayModule(BareContext()) { AssayBridge(Clients(), { _, _ -> throw Error() }, { OkHttpClient.Builder() }, { null }) {} }
        val rejected = ArrayList<Any?>()
        val promise = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(Promise::class.java)) { _, method, arguments ->
            if (method.name == "resolve") throw NoClassDefFoundError()
            rejected.add(arguments?.firstOrNull())
            null
        } as Promise
        module.getToken("{}", promise)
        assertEquals(listOf("native_failed"), rejected)
    }

    @ParameterizedTest
    @CsvSource(
        "/data/user/0/com.example/files/.expo-internal/4f1e, /data/user/0/com.example/files/.expo-internal/4f1e",
        "file:///data/files/a%20b.bundle, /data/files/a b.bundle",
        "assets://index.android.bundle,",
        "http://localhost:8081/index.bundle?platform=android,",
        ",",
    )
    fun `the script that was loaded is a file, or the one in the package`(source: String?, path: String?) {
        assertEquals(path?.let(::File), scriptOf(source))
    }

    @Test
    fun `another script, or another build, is another client`() {
        val wanted = { build: String?, file: String? -> Wanted(null, "{}", LoadedScript(build, file?.let(::File))) }
        assertTrue(wanted("1", "/a").isSame(wanted("1", "/a")))
        for (other in listOf(wanted("2", "/a"), wanted("1", "/b"), wanted("1", null))) assertFalse(wanted("1", "/a").isSame(other))
    }

    @Test
    fun `equal options have one name, in whatever order`() {
        fun nameOf(text: String) = Clients.nameOf(checkNotNull(JsonReader.readObject(text)))
        assertEquals(nameOf("""{"a":1,"b":{"c":[1.5],"d":true}}"""), nameOf("""{"b":{"d":true,"c":[1.5]},"a":1}"""))
    }
}
