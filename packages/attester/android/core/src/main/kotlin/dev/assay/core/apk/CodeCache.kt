package dev.assay.core.apk

import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.nio.channels.FileChannel

/**
 * Inflated code on disk, so that a read from the middle of a compressed entry does not inflate it again: one file without
 * a name, which goes when the process ends, of at most 256 MB. All images of a process share it; it holds the code of one
 * package at a time. It is written only if twice the compressed code of the package and 100 MB are free.
 *
 * @param folder of the app's code cache; it is made if it is missing
 * @param free bytes that the app may still write there
 */
public class CodeCache(private val folder: File, private val free: () -> Long = folder::getUsableSpace) {
    private var channel: FileChannel? = null
    private var owner = ""
    private var used = 0L

    /** Where entries begin in the file, once they are complete. */
    private val places = HashMap<String, Long>()

    /** Why the package that was written last has no file, or not all of its code in it; `null` if it has. */
    internal var fault: String? = null
        private set

    /** Begins an entry of a package, of which entries of `whole` bytes come. `null` if it is there already, or has no place. */
    @Synchronized
    internal fun begin(of: String, name: String, length: Long, whole: Long = length): EntryWriter? {
        val file = fileOf(of, whole) ?: return null
        if (name in places) return null
        if (used + length > MOST) {
            fault = "code_size"
            return null
        }
        return EntryWriter(file, name, used).also { used += length }
    }

    /** `null` if the entry is not there, or cannot be read. */
    internal fun read(of: String, name: String, offset: Long, length: Int): ByteArray? {
        val (file, start) = synchronized(this) { if (of == owner) channel to places[name] else return null }
        if (file == null || start == null) return null
        val bytes = ByteBuffer.allocate(length)
        return try {
            while (bytes.hasRemaining()) if (file.read(bytes, start + offset + bytes.position()) < 0) return null
            bytes.array()
        } catch (_: IOException) {
            null
        }
    }

    /** Takes the bytes of one entry, in order. */
    internal inner class EntryWriter(private val file: FileChannel, private val name: String, private val start: Long) {
        private var at = start

        fun write(bytes: ByteArray, offset: Int, length: Int) {
            val piece = ByteBuffer.wrap(bytes, offset, length)
            try {
                while (piece.hasRemaining()) at += file.write(piece, at)
            } catch (_: IOException) {
                synchronized(this@CodeCache) { if (file === channel) drop(WRITE_FAILED) }
            }
        }

        /** The entry is complete. */
        fun end(): Unit = synchronized(this@CodeCache) { if (file === channel) places[name] = start }
    }

    /** The file of a package; that of another goes. */
    private fun fileOf(of: String, whole: Long): FileChannel? {
        if (of != owner) drop(null)
        owner = of
        // A disk that was full for this package counts as full until the next start of the app.
        if (channel != null || fault == WRITE_FAILED) return channel
        folder.mkdirs()
        try {
            fault = if (free() < 2 * minOf(whole, MOST) + LEAST_FREE) "free_space" else null
            if (fault == null) channel = nameless()
        } catch (_: IOException) {
            drop(WRITE_FAILED)
        }
        return channel
    }

    private fun nameless(): FileChannel {
        // Left empty by processes that were killed between the last two lines.
        folder.listFiles { each -> each.name.startsWith(PREFIX) }?.forEach(File::delete)
        val file = File.createTempFile(PREFIX, null, folder)
        return RandomAccessFile(file, "rw").channel.also { file.delete() }
    }

    private fun drop(why: String?) {
        fault = why
        runCatching { channel?.close() }
        channel = null
        places.clear()
        used = 0
    }

    private companion object {
        const val MOST = 256L * 1024 * 1024
        const val LEAST_FREE = 100_000_000L
        const val PREFIX = "assay-code-"
        const val WRITE_FAILED = "write_failed"
    }
}
