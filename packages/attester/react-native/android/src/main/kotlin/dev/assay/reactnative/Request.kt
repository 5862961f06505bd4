package dev.assay.reactnative

import dev.assay.core.wire.JsonReader

/** A request from JavaScript, with any contents. Wrong members are misuse, and the error names them. */
internal class Request(private val members: Map<String, Any?>) {
    val names: Set<String> get() = members.keys

    fun text(name: String): String = textOrNull(name) ?: missing(name)

    fun textOrNull(name: String): String? = typed(name)

    fun flag(name: String): Boolean = typed<Boolean>(name) ?: false

    fun flagOrNull(name: String): Boolean? = typed(name)

    fun whole(name: String): Long? = typed<Double>(name)?.let { if (it >= 0 && it % 1 == 0.0) it.toLong() else missing(name) }

    fun texts(name: String): List<String> = textsOrNull(name) ?: missing(name)

    fun textsOrNull(name: String): List<String>? = typed<List<*>>(name)?.map { it as? String ?: missing(name) }

    /** Names and texts, in the order in which they came. */
    fun pairs(name: String): List<Pair<String, String>> = typed<List<*>>(name).orEmpty().map { each ->
        val pair = each as? List<*>
        Pair(pair?.getOrNull(0) as? String ?: missing(name), pair.getOrNull(1) as? String ?: missing(name))
    }

    fun textMap(name: String): Map<String, String> =
        part(name)?.members?.mapValues { it.value as? String ?: missing(name) } ?: missing(name)

    fun part(name: String): Request? = typed<Map<*, *>>(name)?.let { given ->
        Request(given.entries.associate { (each, value) -> each as String to value })
    }

    private inline fun <reified T> typed(name: String): T? {
        val value = members[name] ?: return null
        return value as? T ?: missing(name)
    }

    companion object {
        fun read(text: String): Request = Request(JsonReader.readObject(text) ?: throw Misuse("request: not a JSON object"))

        fun missing(name: String): Nothing = throw Misuse("$name: missing or wrong")
    }
}
