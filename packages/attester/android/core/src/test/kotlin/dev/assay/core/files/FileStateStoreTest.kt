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
        store.acquire()
        store.release()
        assertEquals(listOf(false, "1"), listOf(half.exists(), store.load("grant")))
    }
}
