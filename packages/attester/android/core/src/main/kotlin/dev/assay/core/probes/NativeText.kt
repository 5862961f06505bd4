package dev.assay.core.probes

import java.io.IOException
import java.io.RandomAccessFile

/**
 * Compares the executable pages of the app's libraries, as they are in memory, with the files that they were mapped
 * from:
 * this detects a patched function in memory. It does not detect patches of data, of system libraries, or of the reading
 * functions themselves. Linux lets a process read its memory in this way only while it may be dumped: on Android, only
 * a debuggable app.
 */
public class NativeText(private val open: (String) -> RandomAccessFile = { RandomAccessFile(it, "r") }) {
    /**
     * Names of libraries that differ, sorted, separated by commas; empty if the system does not let the process read
     * its memory, `!unreadable` if reading fails.
     */
    public fun differing(around: Surroundings): String {
        val apkFolder = around.apk().substringBeforeLast('/', "")
        val folders = listOf(apkFolder, around.libraryFolder()).filter { it.length > 1 }
        val mappings = around.read("/proc/self/maps").orEmpty().lineSequence().mapNotNull(::mappingOf)
        val own = mappings.filter { one -> folders.any { one.file.startsWith("$it/") } }.toList()
        if (own.isEmpty()) return ""
        val memory = try {
            open("/proc/self/mem")
        } catch (_: IOException) {
            // The owner cannot fix this, and it is not suspicious.
            return ""
        }
        return try {
            memory.use { own.filterNot { isEqual(it, memory) } }.map(Mapping::name).distinct().sorted().joinToString(",")
        } catch (_: IOException) {
            "!unreadable"
        }
    }

    private fun isEqual(mapping: Mapping, memory: RandomAccessFile): Boolean = open(mapping.file).use { file ->
        val here = ByteArray(PIECE)
        val there = ByteArray(PIECE)
        memory.seek(mapping.start)
        file.seek(mapping.offset)
        var left = minOf(mapping.length, file.length() - mapping.offset)
        while (left > 0) {
            val count = minOf(left, PIECE.toLong()).toInt()
            memory.readFully(here, 0, count)
            file.readFully(there, 0, count)
            for (i in 0 until count) if (here[i] != there[i]) return@use false
            left -= count
        }
        true
    }

    private class Mapping(val start: Long, val length: Long, val offset: Long, val file: String) {
        val name: String get() = file.substringAfterLast('/') + if (file.endsWith(".apk")) "@" + java.lang.Long.toHexString(offset) else ""
    }

    /**
     * A line of `/proc/self/maps` that maps a file's code, which is not writable: `START-END r-xp OFFSET DEVICE
     * INODE FILE`.
     */
    private fun mappingOf(line: String): Mapping? {
        val parts = line.split(' ').filter(String::isNotEmpty)
        if (parts.size < 6 || !parts[1].startsWith("r-x") || !parts[5].startsWith("/")) return null
        val start = parts[0].substringBefore('-').toLongOrNull(16) ?: return null
        val end = parts[0].substringAfter('-').toLongOrNull(16) ?: return null
        return Mapping(start, end - start, parts[2].toLongOrNull(16) ?: return null, parts.drop(5).joinToString(" "))
    }

    private companion object {
        const val PIECE = 1 shl 16
    }
}
