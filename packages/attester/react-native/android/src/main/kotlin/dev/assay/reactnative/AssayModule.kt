package dev.assay.reactnative

import com.facebook.react.bridge.Promise
import com.facebook.react.bridge.ReactApplicationContext
import dev.assay.Assay
import dev.assay.start

/** The TurboModule: passes texts to [AssayBridge] and back, and decides nothing. */
public open class AssayModule internal constructor(context: ReactApplicationContext, makeBridge: (tell: (String) -> Unit) -> AssayBridge) :
    NativeAssaySpec(context) {
    private val bridge = makeBridge { event -> tellJavaScript(event) }

    public constructor(context: ReactApplicationContext) : this(context, { tell ->
        val start = StartAssay { config, script ->
            val app = context.applicationContext
            if (config == null) Assay.start(app, script = script) else Assay.start(app, config, script = script)
        }
        AssayBridge(Clients.shared, start, { appHttp(context) }, { scriptOf(context.sourceURL) }, tell)
    })

    override fun create(request: String, promise: Promise): Unit = ask("create", request, promise)

    override fun getToken(request: String, promise: Promise): Unit = ask("getToken", request, promise)

    override fun proof(request: String, promise: Promise): Unit = ask("proof", request, promise)

    override fun fetch(request: String, promise: Promise): Unit = ask("fetch", request, promise)

    override fun setReference(request: String, promise: Promise): Unit = ask("setReference", request, promise)

    override fun reset(request: String, promise: Promise): Unit = ask("reset", request, promise)

    override fun debugLog(request: String, promise: Promise): Unit = ask("debugLog", request, promise)

    override fun learn(request: String): Unit = bridge.tell("learn", request)

    override fun wake(request: String): Unit = bridge.tell("wake", request)

    override fun close(request: String): Unit = bridge.tell("close", request)

    override fun invalidate() {
        bridge.invalidate()
        super.invalidate()
    }

    /** Sends an event to JavaScript; tests take it in its place. */
    internal open fun tellJavaScript(event: String): Unit = emitOnEvent(event)

    /** The bridge answers whatever is thrown inside it; errors on the way to it, such as a missing class, reject. */
    private fun ask(method: String, request: String, promise: Promise) {
        try {
            bridge.ask(method, request) { answer -> promise.resolve(answer) }
        } catch (thrown: Throwable) {
            promise.reject("native_failed", thrown.javaClass.simpleName)
        }
    }
}
