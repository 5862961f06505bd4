package dev.assay.reactnative

import dev.assay.Assay
import dev.assay.AssayConfig
import dev.assay.LoadedScript
import dev.assay.core.wire.Json

/** Starts a client; without `config`, with the configuration in the app. */
public fun interface StartAssay {
    public fun start(config: AssayConfig?, script: LoadedScript): Assay
}

/** The client that JavaScript wants: equal clients have equal option texts and run the same script. */
internal class Wanted(val options: Request?, private val text: String?, val script: LoadedScript) {
    fun isSame(other: Wanted): Boolean =
        text == other.text && script.build == other.script.build && script.file == other.script.file
}

/**
 * The clients of this process, which outlive the JavaScript: after a reload of the same script the same options give
 * the same client, which native code and JavaScript share. A client that a reload has left without a holder ends when
 * other options come.
 */
public class Clients {
    private class Held(val wanted: Wanted, val assay: Assay) {
        val handles = HashSet<String>()
    }

    private val all = ArrayList<Held>()
    private var provided: Assay? = null
    private var last = 0

    /**
     * Makes `assay` the client of every `createAssay()` without options. It still belongs to its owner: JavaScript
     * cannot close it.
     */
    @Synchronized
    public fun provide(assay: Assay?) {
        provided = assay
        all.removeAll { it.wanted.options == null }
    }

    /** @return a separate handle for the requested client */
    @Synchronized
    internal fun open(wanted: Wanted, start: StartAssay): Pair<String, Assay> {
        val held = all.firstOrNull { it.wanted.isSame(wanted) } ?: made(wanted, start)
        val handle = "assay-${++last}"
        held.handles.add(handle)
        return Pair(handle, held.assay)
    }

    @Synchronized
    internal fun find(handle: String): Assay = all.firstOrNull { handle in it.handles }?.assay ?: throw Stale()

    /** The client ends with its last holder. */
    @Synchronized
    internal fun close(handle: String) {
        val held = all.firstOrNull { it.handles.remove(handle) } ?: return
        if (held.handles.isEmpty()) end(held)
    }

    /** The JavaScript has ended, and with it the holders of these handles; the client goes on for the next ones. */
    @Synchronized
    internal fun forget(handles: Collection<String>) {
        for (held in all) held.handles.removeAll(handles.toSet())
    }

    private fun made(wanted: Wanted, start: StartAssay): Held {
        val own = provided
        val assay = if (wanted.options == null && own != null) own else start.start(wanted.options?.let(::configOf), wanted.script)
        // Only now: invalid new options must not end anything.
        all.filter { it.handles.isEmpty() }.forEach(::end)
        return Held(wanted, assay).also(all::add)
    }

    private fun end(held: Held) {
        all.remove(held)
        if (held.assay !== provided) held.assay.close()
    }

    public companion object {
        /** Those of this process. */
        public val shared: Clients = Clients()

        /** Equal for equal options, in whatever order they were written. */
        internal fun nameOf(options: Map<String, Any?>): String = Json.write(sorted(options))

        private fun sorted(value: Any?): Any? = when (value) {
            is Map<*, *> -> value.entries.sortedBy { it.key as String }.associate { it.key as String to sorted(it.value) }
            is List<*> -> value.map(::sorted)
            is Double -> if (value % 1 == 0.0) value.toLong() else value.toString()
            else -> value
        }
    }
}
