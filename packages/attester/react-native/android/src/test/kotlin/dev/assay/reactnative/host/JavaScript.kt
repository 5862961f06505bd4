package dev.assay.reactnative.host

import com.facebook.react.bridge.BridgeReactContext
import com.facebook.react.bridge.Promise
import com.facebook.react.bridge.ReactMethod
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.reactnative.AssayBridge
import dev.assay.reactnative.AssayModule
import java.io.File
import java.lang.reflect.Proxy
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/**
 * A Hermes VM with the app's bundle, and the TurboModule on its other side, called by the names that JavaScript uses.
 * Each line to the VM is a turn of its JavaScript thread.
 *
 * @param said takes what the bundle reports besides its calls
 * @param later takes what turns of the VM have to follow: never on the thread that reads what it says, which would wait for itself
 */
class JavaScript(
    private val hermes: String,
    private val bundle: File,
    makeBridge: (tell: (String) -> Unit) -> AssayBridge,
    private val said: (Map<String, Any?>) -> Unit,
    private val later: (() -> Unit) -> Unit = { Thread(it).start() },
) {
    private val process = ProcessBuilder(hermes, "-prompt=", "-prompt2=").redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val input = process.outputStream.bufferedWriter()
    private val module = ToldModule(BareContext(), makeBridge) { event -> run("nativeHost.emit(${Json.write(event)})") }
    private val turns = java.util.concurrent.ConcurrentHashMap<Long, CountDownLatch>()
    private var last = 0L

    @Volatile
    private var hasEnded = false

    /** Calls of the native part and events from it, in order. */
    val crossings = java.util.Collections.synchronizedList(ArrayList<String>())

    /** Milliseconds of the longest turn, round trip included. */
    @Volatile
    var longestTurn = 0.0
        private set

    init {
        Thread { runCatching { process.inputStream.bufferedReader().forEachLine(::heard) }.onFailure { if (!hasEnded) throw it } }.apply { isDaemon = true }.start()
        run(bundle.readText())
        longestTurn = 0.0
    }

    /** One turn, and waits for its end. */
    fun run(script: String) {
        val ended = CountDownLatch(1)
        val begin: Long
        if (hasEnded) return
        synchronized(input) {
            val turn = ++last
            turns[turn] = ended
            begin = System.nanoTime()
            // Its reader counts brackets: a script is one text to it.
            input.write("(0,eval)(decodeURIComponent(\"${escaped(script)}\"));0\nprint('@turn $turn')\n")
            input.flush()
        }
        check(ended.await(60, TimeUnit.SECONDS) || hasEnded) { "the JavaScript does not end its turn" }
        longestTurn = maxOf(longestTurn, (System.nanoTime() - begin) / 1e6)
    }

    /** A reload: the VM ends, and the module is notified. */
    fun end() {
        hasEnded = true
        turns.values.forEach(CountDownLatch::countDown)
        process.destroyForcibly().waitFor()
        module.invalidate()
    }

    private fun heard(printed: String) {
        // Hermes colours what follows an error.
        val line = printed.removePrefix("\u001b[0m")
        when {
            line.startsWith("@turn ") -> turns.remove(line.substring(6).toLong())?.countDown()
            line.startsWith("@assay ") -> told(checkNotNull(JsonReader.readObject(line.substring(7))))
            "Error" in line -> System.err.println(line)
        }
    }

    private fun told(members: Map<String, Any?>) {
        val method = members["method"] as String? ?: return said(members)
        crossings.add(method)
        call(method, members["request"] as String, (members["call"] as Double).toInt())
    }

    /** Like the bridge: by the name of a method that is marked for it. */
    private fun call(method: String, request: String, id: Int) {
        val target = module.javaClass.superclass.superclass.methods.single { it.name == method && it.isAnnotationPresent(ReactMethod::class.java) }
        if (id == 0) target.invoke(module, request) else target.invoke(module, request, promise(id))
    }

    private fun promise(id: Int): Promise = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(Promise::class.java)) { _, method, arguments ->
        val isResolved = method.name == "resolve"
        val value = arguments?.firstOrNull() as? String
        later { run("nativeHost.settle($id, $isResolved, ${Json.write(value)})") }
        null
    } as Promise

    private fun escaped(script: String): String =
        java.net.URLEncoder.encode(script, "UTF-8").replace("+", "%20")

    private inner class ToldModule(
        context: BareContext,
        makeBridge: (tell: (String) -> Unit) -> AssayBridge,
        private val emit: (String) -> Unit,
    ) : AssayModule(context, makeBridge) {
        override fun tellJavaScript(event: String) {
            crossings.add("event")
            later { emit(event) }
        }
    }
}

/** A React Native context without Android: nothing here calls it. */
class BareContext : BridgeReactContext(object : android.content.ContextWrapper(null) {
    override fun getApplicationContext(): android.content.Context = this
})
