package dev.assay.reactnative.host

import dev.assay.Assay
import dev.assay.SelfTest
import dev.assay.core.client.AssayClient
import dev.assay.core.fake.FakeStateStore
import dev.assay.core.fake.claimsOf
import dev.assay.core.measurement.MemoryImage
import dev.assay.core.vectors.BehaviourPlayer
import dev.assay.core.vectors.Input
import dev.assay.core.vectors.text
import dev.assay.core.wire.Json
import dev.assay.reactnative.Answers

/** A scenario of `behaviour` whose calls JavaScript makes, and whose results and events JavaScript reports. */
class BridgePlayer(input: Input, private val app: VectorApp) : BehaviourPlayer(input, hearsEvents = false) {
    init {
        val state = FakeStateStore()
        val selfTest = SelfTest({ emptyMap() }, emptyMap(), { MemoryImage(emptyMap()) }, state, emptyList(), time.clock)
        app.begin(Assay(client, selfTest) {}, ::heard)
        val audiences = (input["audiences"] as List<*>).associate { val (prefix, audience) = it as List<*>; prefix as String to audience }
        task("start", "start", mapOf("options" to mapOf("endpoints" to input["endpoints"], "audiences" to audiences)))
        settle()
    }

    override fun carryOut(step: Input): Unit = when (val what = step.text("do")) {
        "getToken" -> task(step.text("id"), "token", mapOf("audience" to step["audience"], "force" to step["forceRefresh"]).filterValues { it != null })
        "proof" -> task(step.text("id"), "proof", mapOf("request" to step - setOf("do", "id") + mapOf("heedsRedirect" to true)))
        // Told before the next call crosses.
        "setReference" -> task(what, "reference", mapOf("reference" to step["reference"]).filterValues { it != null })
        "wake", "close" -> task(what, what, emptyMap())
        else -> super.carryOut(step)
    }

    override fun settle() {
        do super.settle() while (app.goOn())
    }

    private fun task(id: String, name: String, input: Map<String, Any?>) =
        app.javaScript.run("run(${Json.write(id)}, ${Json.write(name)}, ${Answers.json(input)})")

    private fun heard(told: Map<String, Any?>) {
        val event = told["event"]
        if (event is Map<*, *>) return see("events", eventOf(event))
        val id = told["done"] as String
        if (id in setOf("start", "wake", "close")) return
        val reply = told["reply"] as Map<*, *>
        if (id == "setReference") {
            if (reply["error"] == "misuse") see("results", mapOf("misuse" to true))
            return
        }
        see("results", mapOf("id" to id) + resultOf((told["reply"] as Map<*, *>).entries.associate { it.key as String to it.value }))
    }

    private fun resultOf(reply: Map<String, Any?>): Map<String, Any?> {
        val headers = reply["headers"]
        return when {
            reply["error"] == "misuse" -> mapOf("misuse" to true)
            headers is Map<*, *> -> {
                val access = (headers["Authorization"] as String?)?.split(' ')
                val token = (access?.last() ?: headers["OAuth-Client-Attestation"]) as String
                mapOf("scheme" to access?.first(), "token" to token, "proof" to (headers["DPoP"] as String?)?.let { claimsOf(it, token) })
            }
            else -> reply
        }
    }

    private fun eventOf(event: Map<*, *>): Map<String, Any?> = mapOf("event" to event["name"]) + when (event["name"]) {
        "refresh-failed" -> mapOf("error" to event["code"], "retryIn" to event["retryIn"])
        "denied" -> mapOf("error" to event["code"], "trace" to event["trace"], "remedy" to event["remedy"])
        "token", "refreshed" -> listOf("audiences", "expiresIn", "trace", "clockOffset", "source").associateWith { event[it] }
        else -> emptyMap()
    }
}

/** One VM for all scenarios, whose turns follow one another on the thread of the player. */
class VectorApp(hermes: String, bundle: java.io.File) {
    private val turns = java.util.concurrent.ConcurrentLinkedQueue<() -> Unit>()
    private lateinit var assay: Assay
    private var hear: (Map<String, Any?>) -> Unit = {}
    private val clients = dev.assay.reactnative.Clients()

    val javaScript: JavaScript = JavaScript(
        hermes,
        bundle,
        { tell -> dev.assay.reactnative.AssayBridge(clients, { _, _ -> assay }, { okhttp3.OkHttpClient.Builder() }, { null }, tell) },
        said = { told -> hear(told) },
        later = { turns.add(it) },
    )

    fun begin(next: Assay, heard: (Map<String, Any?>) -> Unit) {
        hear = {}
        javaScript.run("run('close', 'close', {})")
        while (goOn()) Unit
        assay = next
        hear = heard
    }

    /** Takes the turns that wait. @return whether there was one */
    fun goOn(): Boolean {
        var had = false
        while (true) {
            (turns.poll() ?: return had)()
            had = true
        }
    }
}
