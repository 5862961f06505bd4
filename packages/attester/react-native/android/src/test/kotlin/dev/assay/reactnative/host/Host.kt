package dev.assay.reactnative.host

import dev.assay.Assay
import dev.assay.AssayConfig
import dev.assay.LoadedScript
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.phone.Phone
import dev.assay.reactnative.Answers
import dev.assay.reactnative.AssayBridge
import dev.assay.reactnative.Clients
import dev.assay.reactnative.scriptOf
import okhttp3.OkHttpClient
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import kotlin.system.exitProcess

/**
 * A process of an app in React Native, which obeys the same lines as the simulated phone of the SDK: what it is told to do, its
 * JavaScript does. The properties `assay.hermes` and `assay.bundle` name the VM and the app's bundle.
 */
fun main() {
    val apps = ConcurrentHashMap<String, App>()
    for (line in generateSequence(::readLine)) {
        val request = checkNotNull(JsonReader.readObject(line)) { "a line is no JSON object" }
        val name = request["phone"] as String? ?: "phone"
        if (request["do"] == "start") {
            val app = App(name, request)
            apps[name] = app
            app.ask(request, "start", mapOf("options" to app.options))
        } else if (request["do"] == "close") {
            apps.remove(name)?.run {
                obey(request)
                end()
            }
        } else {
            Thread { apps.getValue(name).obey(request) }.start()
        }
    }
    apps.values.forEach(App::end)
    // OkHttp's threads would keep the process for another minute.
    exitProcess(0)
}

private class App(private val name: String, private val described: Map<String, Any?>) {
    /** What it runs of updates over the air; `null`: the bundle in the package. */
    private var update = updateIn(described)
    private var measured = LoadedScript()
    private var phone = Phone(described, step = ::stepped)
    private val clients = Clients()
    private var javaScript = started()

    val options: Map<String, Any?> = mapOf(
        "endpoints" to described["endpoints"],
        "audiences" to described["audiences"],
        "app" to described["app"],
        "build" to described["build"].takeIf { described["build_in_script"] != true },
        "requestTimeout" to (described["timeout"] as Double? ?: 10_000.0).toLong(),
        "android" to mapOf("attestsKey" to (described["attests_key"] != false)),
    ).filterValues { it != null }

    fun ask(request: Map<String, Any?>, task: String, input: Map<String, Any?>) {
        val id = (request["id"] as Double).toLong()
        javaScript.run("run($id, ${Json.write(task)}, ${Answers.json(input)})")
    }

    fun obey(request: Map<String, Any?>) {
        val reply = when (val task = request["do"] as String) {
            "clock" -> {
                (request["wall"] as Double?)?.let { phone.clock.wallError = it }
                (request["slept"] as Double?)?.let { phone.clock.slept = it }
                emptyMap()
            }
            "disk" -> emptyMap<String, Any?>().also { phone.state.isFull = request["full"] == true }
            "crossings" -> mapOf("all" to ArrayList(javaScript.crossings), "longest_turn" to javaScript.longestTurn).also { javaScript.crossings.clear() }
            "eval" -> emptyMap<String, Any?>().also { javaScript.run(request["script"] as String) }
            "native-close" -> emptyMap<String, Any?>().also { phone.assay.close() }
            "reload" -> {
                javaScript.end()
                update = updateIn(request)
                javaScript = started()
                return ask(request, "start", mapOf("options" to options))
            }
            else -> return ask(request, task, request - setOf("id", "do", "phone"))
        }
        say(mapOf("id" to (request["id"] as Double).toLong()) + reply)
    }

    fun end() {
        javaScript.end()
        phone.assay.close()
    }

    private fun started() = JavaScript(
        hermes = System.getProperty("assay.hermes"),
        bundle = update ?: File(System.getProperty("assay.bundle")),
        makeBridge = { tell ->
            val source = update?.path ?: "assets://index.android.bundle"
            AssayBridge(clients, ::start, { OkHttpClient.Builder() }, { scriptOf(source) }, tell)
        },
        said = { members ->
            val event = members["event"]
            if (event is Map<*, *>) say(mapOf("phone" to name, "event" to event + mapOf("vendor" to event["vendorCode"])))
            else say(mapOf("id" to (members["done"] as Double).toLong()) + (members["reply"] as Map<*, *>).entries.associate { it.key as String to it.value })
        },
    )

    /** As on a phone, a client measures one script: for another one there is another client of the same installation. */
    private fun start(config: AssayConfig?, script: LoadedScript): Assay {
        mustBeSame(config)
        if (script.build != measured.build || script.file != measured.file) phone = Phone(described, script, ::stepped).also { measured = script }
        return phone.assay
    }

    private fun stepped(number: Int, step: String) {
        if (described["tells_steps"] == true) say(mapOf("phone" to name, "event" to mapOf("name" to "step", "number" to number, "step" to step)))
    }

    private fun updateIn(request: Map<String, Any?>) = (request["script"] as String?)?.let(::File)

    /** JavaScript describes the phone. */
    private fun mustBeSame(config: AssayConfig?) {
        val given = mapOf(
            "endpoints" to config?.endpoints,
            "audiences" to config?.audiences,
            "app" to config?.app,
            "build" to config?.build,
            "requestTimeout" to config?.requestTimeout,
            "android" to mapOf("attestsKey" to config?.attestsKey),
        ).filterValues { it != null }
        check(given == options) { "the options are not those that were given" }
    }
}

private fun say(members: Map<String, Any?>) {
    val line = Answers.json(members)
    synchronized(System.out) { println(line) }
}
