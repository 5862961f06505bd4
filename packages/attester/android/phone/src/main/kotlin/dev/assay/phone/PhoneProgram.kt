package dev.assay.phone

import dev.assay.core.AssayException
import dev.assay.core.client.AssayEvent
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.okhttp.AssayIOException
import dev.assay.okhttp.assay
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import java.util.concurrent.ConcurrentHashMap

/**
 * A process of an app: phones by name, and their commands, as JSON lines on standard input; an answer to each on
 * standard output, and events of phones between them.
 */
fun main() {
    val phones = ConcurrentHashMap<String, Started>()
    for (line in generateSequence(::readLine)) {
        val request = checkNotNull(JsonReader.readObject(line)) { "a line is no JSON object" }
        val name = request["phone"] as String? ?: "phone"
        // A phone is there before anything else is asked of it; what is asked of it goes on side by side.
        if (request["do"] == "start") reply(request) { phones[name] = started(name, request); emptyMap() }
        // What a phone keeps of its app goes with it.
        else if (request["do"] == "close") reply(request) { phones.remove(name)?.phone?.assay?.close(); emptyMap() }
        else Thread { reply(request) { done(phones.getValue(name), request) } }.start()
    }
}

private class Started(val phone: Phone, val http: OkHttpClient)

private fun started(name: String, described: Map<String, Any?>): Started {
    val phone = Phone(described) { number, step ->
        if (described["tells_steps"] == true) say(mapOf("phone" to name, "event" to mapOf("name" to "step", "number" to number, "step" to step)))
    }
    phone.assay.on { event -> say(mapOf("phone" to name, "event" to eventMembers(event))) }
    return Started(phone, OkHttpClient.Builder().assay(phone.assay).build())
}

private fun eventMembers(event: AssayEvent): Map<String, Any?> = when (event) {
    is AssayEvent.Token -> mapOf("name" to event.name, "source" to event.source.text, "reason" to event.reason.text, "clock_offset" to event.clockOffset.toLong())
    is AssayEvent.RefreshFailed -> mapOf("name" to event.name, "code" to event.error.code.text)
    is AssayEvent.Denied -> mapOf("name" to event.name, "trace" to event.trace)
    is AssayEvent.KeyRenewed -> mapOf("name" to event.name)
    is AssayEvent.AttestationUnavailable -> mapOf("name" to event.name, "vendor" to event.vendorCode)
    is AssayEvent.CodeCacheUnavailable -> mapOf("name" to event.name, "reason" to event.reason)
}

private fun reply(request: Map<String, Any?>, work: () -> Map<String, Any?>) {
    val outcome = try {
        work()
    } catch (error: AssayException) {
        failureOf(error)
    } catch (error: AssayIOException) {
        failureOf(error.cause)
    } catch (error: Exception) {
        mapOf("error" to error.toString())
    }
    say(mapOf("id" to (request["id"] as Double).toLong()) + outcome)
}

private fun done(started: Started, request: Map<String, Any?>): Map<String, Any?> {
    val phone = started.phone
    when (val what = request["do"]) {
        "token" -> return phone.assay.getTokenBlocking(null, request["force"] == true).let {
            mapOf("token" to it.token, "expires_in" to it.expiresIn, "trace" to it.trace)
        }
        "fetch" -> return fetched(started.http, request)
        "socket" -> return echoed(phone.assay, started.http, request["url"] as String)
        "grpc" -> return called(phone.assay, request)
        "sign" -> return phone.assay.proofBlocking(request["method"] as String, request["url"] as String, request["authorization"] as String?).toMap()
        "log" -> return mapOf("lines" to phone.assay.debugLog())
        "self-test" -> return mapOf("report" to phone.assay.selfTestBlocking())
        "clock" -> {
            (request["wall"] as Double?)?.let { phone.clock.wallError = it }
            (request["slept"] as Double?)?.let { phone.clock.slept = it }
        }
        "disk" -> phone.state.isFull = request["full"] == true
        "wake" -> phone.assay.wake()
        "reset" -> phone.assay.resetBlocking()
        else -> error("unknown request $what")
    }
    return emptyMap()
}

private fun failureOf(error: AssayException) =
    mapOf("error" to error.code.text, "trace" to error.trace, "problem" to error.problem, "vendor" to error.vendorCode)

private fun fetched(http: OkHttpClient, request: Map<String, Any?>): Map<String, Any?> {
    val builder = Request.Builder().url(request["url"] as String)
    (request["authorization"] as String?)?.let { builder.header("Authorization", it) }
    (request["body"] as String?)?.let { builder.post(it.toRequestBody()) }
    return http.newCall(builder.build()).execute().use { mapOf("status" to it.code, "body" to it.body.string()) }
}

private fun say(members: Map<String, Any?>) {
    val line = Json.write(members)
    synchronized(System.out) { println(line) }
}
