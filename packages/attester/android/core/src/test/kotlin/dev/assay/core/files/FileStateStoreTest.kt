package dev.assay.core.files

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

class FileStateStoreTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `a text is kept for the next process, until it is removed`() {
        FileStateStore(folder).save("grant", "1")
        FileStateStore(folder).save("grant", "2")
        assertEquals("2", FileStateStore(folder).load("grant"))
        FileStateStore(folder).save("grant", null)
        assertNull(FileStateStore(folder).load("grant"))
    }

    @Test
    fun `what a killed process left half written is not read, and goes`() {
        val store = FileStateStore(folder)
        store.save("grant", "1")
        val half = File(folder, "grant-1.tmp").apply { writeText("{") }
        assertEquals("1", store.load("grant"))
        store.tryAcquire()
        store.release()
        assertEquals(listOf(false, "1"), listOf(half.exists(), store.load("grant")))
    }

    @Test
    fun `a lock is held by one at a time, and none waits for it`() {
        val (one, other) = List(2) { FileStateStore(folder) }
        assertEquals(listOf(true, false), listOf(one, other).map(FileStateStore::tryAcquire))
        one.release()
        assertEquals(true, other.tryAcquire())
        other.release()
    }

    @Test
    fun `a lock of another process is respected until that process ends`() {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val other = ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), "dev.assay.core.files.FileStateStoreTestKt", folder.path).start()
        val store = FileStateStore(folder)
        try {
            assertEquals("true", other.inputStream.bufferedReader().readLine())
            assertEquals(false, store.tryAcquire())
        } finally {
            other.destroyForcibly().waitFor()
        }
        assertEquals(true, store.tryAcquire())
        store.release()
    }
}

/** Another process: takes the lock, and keeps it until it is killed. */
fun main(args: Array<String>) {
    println(FileStateStore(File(args[0])).tryAcquire())
    System.`in`.read()
}
