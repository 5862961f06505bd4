package dev.assay

import dev.assay.core.client.AssayEvent

/** The last hundred events as lines of names, codes and durations: of an installation they contain only trace ids. */
internal class DebugLog {
    private val lines = ArrayDeque<String>()

    @Synchronized
    fun add(event: AssayEvent) {
        lines.addLast(line(event))
        if (lines.size > MOST) lines.removeFirst()
    }

    @Synchronized
    fun lines(): List<String> = lines.toList()

    private fun line(event: AssayEvent): String = when (event) {
        is AssayEvent.Token -> {
            val steps = event.durations.entries.joinToString("") { " ${it.key}=${it.value.toLong()}ms" }
            "${event.name} source=${event.source.text} reason=${event.reason.text} trace=${event.trace} " +
                "expires_in=${event.expiresIn.toLong()}s clock_offset=${event.clockOffset.toLong()}s$steps"
        }
        is AssayEvent.RefreshFailed -> {
            val error = event.error
            val more = listOf("problem" to error.problem, "vendor" to error.vendorCode, "trace" to error.trace, "cause" to error.cause?.javaClass?.simpleName)
            "${event.name} reason=${event.reason.text} code=${error.code.text}" +
                more.filter { it.second != null }.joinToString("") { " ${it.first}=${it.second}" } + " retry_in=${event.retryIn.toLong()}s"
        }
        is AssayEvent.Denied -> "${event.name} trace=${event.trace}"
        is AssayEvent.KeyRenewed -> "${event.name} cause=${event.cause?.javaClass?.simpleName}"
        is AssayEvent.AttestationUnavailable -> "${event.name} vendor=${event.vendorCode}"
        is AssayEvent.CodeCacheUnavailable -> "${event.name} reason=${event.reason}"
    }

    private companion object {
        const val MOST = 100
    }
}
