package dev.assay.core.files

import dev.assay.core.client.StateStore
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.nio.channels.FileLock
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Semaphore

/**
 * Texts in a folder of the app, each in a file that is replaced as a whole, and a lock that the system releases when a
 * process ends.
 */
public class FileStateStore(private val folder: File) : StateStore {
    private val lockFile = File(folder, "lock")

    /** File locks separate processes, but not the clients within one. */
    private val here = turns.getOrPut(folder.absolutePath) { Semaphore(1) }
    private var lock: FileLock? = null
    private var locked: RandomAccessFile? = null

    override fun load(name: String): String? = File(folder, name).takeIf(File::exists)?.readText()

    override fun save(name: String, text: String?) {
        val file = File(folder, name)
        if (text == null) {
            file.delete()
            return
        }
        makeFolder()
        val temporary = File.createTempFile("$name-", ENDING, folder)
        try {
            // Not synced to disk: what a power failure leaves is no valid state, which costs an exchange. A killed
            // process loses nothing.
            temporary.writeText(text)
            if (!temporary.renameTo(file)) throw IOException("a file cannot be replaced")
        } finally {
            temporary.delete()
        }
    }

    override fun tryAcquire(): Boolean {
        if (!here.tryAcquire()) return false
        var isLocked = false
        try {
            makeFolder()
            locked = RandomAccessFile(lockFile, "rw")
            lock = locked?.channel?.tryLock()
            // Left by processes that were killed while writing.
            if (lock != null) folder.listFiles { file -> file.name.endsWith(ENDING) }?.forEach(File::delete)
            isLocked = lock != null
        } finally {
            if (!isLocked) free()
        }
        return isLocked
    }

    override fun release(): Unit = free()

    private fun free() {
        try {
            lock?.release()
            locked?.close()
        } finally {
            lock = null
            locked = null
            here.release()
        }
    }

    private fun makeFolder() {
        if (!folder.isDirectory && !folder.mkdirs() && !folder.isDirectory) throw IOException("the folder cannot be made")
    }

    private companion object {
        const val ENDING = ".tmp"
        val turns = ConcurrentHashMap<String, Semaphore>()
    }
}
