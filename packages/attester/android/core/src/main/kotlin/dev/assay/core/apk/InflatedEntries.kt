package dev.assay.core.apk

/** Contents of compressed entries, at most 16 MB in total: the least recently used one is evicted first. */
internal class InflatedEntries {
    private val entries = LinkedHashMap<String, ByteArray>(16, 0.75f, true)
    private var size = 0L

    operator fun get(name: String): ByteArray? = entries[name]

    /** Whether it fits without evicting another: a pass over a large app would only evict what it kept before. */
    fun hasRoomFor(length: Long): Boolean = size + length <= MOST

    fun keepsAtAll(length: Long): Boolean = length <= MOST

    fun keep(name: String, bytes: ByteArray) {
        size += bytes.size - (entries.put(name, bytes)?.size ?: 0)
        val oldest = entries.entries.iterator()
        while (size > MOST && oldest.hasNext()) {
            size -= oldest.next().value.size
            oldest.remove()
        }
    }

    private companion object {
        const val MOST = 16L * 1024 * 1024
    }
}
