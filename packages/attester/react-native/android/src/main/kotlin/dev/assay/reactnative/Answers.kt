package dev.assay.reactnative

import dev.assay.core.AssayException
import dev.assay.core.wire.Json

/** Misuse by the caller. The message names the option or argument. */
internal class Misuse(message: String) : Exception(message)

/** An unknown handle: the JavaScript that holds it creates the client again. */
internal class Stale : Exception("stale")

/**
 * `{ value }`, `{ error }`, `{ misuse }` or `{ stale }`, as `src/bridge.ts` reads them. Every thrown error is covered.
 */
internal object Answers {
    fun of(outcome: Result<Map<String, Any?>>): String = outcome.fold(
        { value -> json(mapOf("value" to given(value))) },
        { thrown -> json(failure(thrown)) },
    )

    /** With numbers that are not whole too: seconds of events. */
    fun json(value: Any?): String = when (value) {
        is Double -> if (value % 1 == 0.0) value.toLong().toString() else value.toString()
        is Map<*, *> -> value.entries.joinToString(",", "{", "}") { "${Json.write(it.key)}:${json(it.value)}" }
        is List<*> -> value.joinToString(",", "[", "]", transform = ::json)
        else -> Json.write(value)
    }

    /** What is reported about an error, in an answer or in an event. */
    fun error(thrown: Throwable): Map<String, Any> = when (thrown) {
        is AssayException -> given(
            mapOf(
                "code" to thrown.code.text,
                "trace" to thrown.trace,
                "problem" to thrown.problem,
                "retryAfter" to thrown.retryAfter,
                "vendorCode" to thrown.vendorCode,
                "remedy" to thrown.remedy?.let { given(mapOf("kind" to it.kind.text, "typeCode" to it.typeCode)) },
            ),
        )
        is BridgeError -> mapOf("code" to thrown.code)
        // Its class only: its message may contain anything.
        else -> mapOf("code" to "native_failed", "vendorCode" to thrown.javaClass.simpleName)
    }

    private fun failure(thrown: Throwable): Map<String, Any?> = when (thrown) {
        is Stale -> mapOf("stale" to true)
        is Misuse -> mapOf("misuse" to thrown.message.orEmpty())
        // The SDK's name for misuse.
        is IllegalArgumentException -> mapOf("misuse" to (thrown.message ?: "wrong argument"))
        else -> mapOf("error" to error(thrown))
    }

    private fun given(members: Map<String, Any?>): Map<String, Any> {
        val kept = LinkedHashMap<String, Any>()
        for ((name, value) in members) if (value != null) kept[name] = value
        return kept
    }
}
