package dev.assay.core.apk

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.IOException
import java.util.Random
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import java.util.zip.ZipOutputStream

/** Large apps, whose code is not kept in memory. */
class CodeCacheTest {
    @TempDir
    lateinit var folder: File

    private val cacheFolder by lazy { File(folder, "cache") }
    private val large = 10 shl 20
    private val names = listOf("classes.dex", "classes2.dex", "lib/arm64-v8a/libapp.so")
    private val contents = names.associateWith { name -> ByteArray(large).also { bytes -> Random(name.hashCode().toLong()).nextBytes(bytes) } }

    private fun apk(isStored: Boolean = false, contents: Map<String, ByteArray> = this.contents): File =
        File(folder, "base.apk").also { file ->
            ZipOutputStream(file.outputStream()).use { zip ->
                zip.setLevel(1)
                for ((name, bytes) in contents) {
                    val entry = ZipEntry(name)
                    if (isStored) {
                        entry.method = ZipEntry.STORED
                        entry.size = bytes.size.toLong()
                        entry.crc = CRC32().apply { update(bytes) }.value
                    }
                    zip.putNextEntry(entry)
                    zip.write(bytes)
                }
            }
        }

    private fun ApkImage.readWhole() = segments.forEach { readAll(it.name) { _, _, _ -> } }

    private fun ApkImage.mustHold(contents: Map<String, ByteArray>) {
        for ((name, bytes) in contents) {
            for (offset in listOf(0, 65_530, bytes.size - 100))
                assertArrayEquals(bytes.copyOfRange(offset, offset + 100), read(name, offset.toLong(), 100), name)
        }
    }

    /** Whether the package can be gone: fresh reads come from elsewhere. */
    private fun CodeCache.has(apk: File, name: String) = read(FileIdentity(apk).text, name, 0, 1) != null

    @Test
    fun `the pass over a large package leaves its compressed code in a file that has no name`() {
        val apk = apk()
        val cache = CodeCache(cacheFolder)
        ApkImage(listOf(ApkFile(apk)), cache = cache).use { image ->
            image.mustHold(contents)
            assertEquals(listOf(false, false, false), names.map { cache.has(apk, it) })
            image.readWhole()
            assertEquals(listOf(true, true, true), names.map { cache.has(apk, it) })
            assertEquals(emptyList<String>(), cacheFolder.list()?.toList())
            assertNull(image.cacheFault)
            image.mustHold(contents)
        }
    }

    @Test
    fun `it is written once in a process, for all clients`() {
        val apk = apk()
        var looked = 0
        val cache = CodeCache(cacheFolder) { looked++.let { Long.MAX_VALUE } }
        repeat(3) {
            ApkImage(listOf(ApkFile(apk)), cache = cache).use { image ->
                repeat(2) { image.readWhole() }
                assertNull(cache.begin(FileIdentity(apk).text, names[0], large.toLong()))
            }
        }
        assertEquals(1, looked)
    }

    @Test
    fun `each pass reads the package, whatever the file holds`() {
        val apk = apk()
        val cache = CodeCache(cacheFolder)
        val identity = FileIdentity(apk).text
        // As if somebody had written into it.
        for (name in names) checkNotNull(cache.begin(identity, name, large.toLong())).run {
            write(ByteArray(large), 0, large)
            end()
        }
        ApkImage(listOf(ApkFile(apk)), cache = cache).use { image ->
            assertArrayEquals(ByteArray(100), image.read(names[0], 0, 100))
            var at = 0
            image.readAll(names[0]) { bytes, offset, length ->
                assertArrayEquals(contents.getValue(names[0]).copyOfRange(at, at + length), bytes.copyOfRange(offset, offset + length))
                at += length
            }
            assertEquals(large, at)
        }
    }

    @Test
    fun `the package that replaces it has a file of its own`() {
        val cache = CodeCache(cacheFolder)
        val before = apk()
        ApkImage(listOf(ApkFile(before)), cache = cache).use { it.readWhole() }
        val identity = FileIdentity(before).text
        val other = contents.mapValues { (_, bytes) -> bytes.reversedArray() + 1 }
        val after = apk(contents = other)
        ApkImage(listOf(ApkFile(after)), cache = cache).use { image ->
            image.mustHold(other)
            image.readWhole()
            image.mustHold(other)
            assertNull(cache.read(identity, names[0], 0, 1))
            assertEquals(true, cache.has(after, names[0]))
        }
    }

    @Test
    fun `with less than twice the code and 100 MB free, nothing is written, and it says so`() {
        val apk = apk()
        val least = 2L * names.size * large + 100_000_000
        for ((free, fault) in listOf(least - 1 to "free_space", least to null)) {
            val cache = CodeCache(cacheFolder) { free }
            ApkImage(listOf(ApkFile(apk)), cache = cache).use { image ->
                image.readWhole()
                assertEquals(fault, image.cacheFault)
                assertEquals(fault == null, cache.has(apk, names[0]))
                image.mustHold(contents)
            }
        }
    }

    @Test
    fun `more than 256 MB are not written, and it says so`() {
        val cache = CodeCache(cacheFolder)
        assertNotNull(cache.begin("app", "a", 200L shl 20))
        assertNull(cache.begin("app", "b", (56L shl 20) + 1))
        assertEquals("code_size", cache.fault)
        assertNotNull(cache.begin("app", "c", 56L shl 20))
    }

    @Test
    fun `where the file cannot be written, the package answers, and it says so`() {
        val apk = apk()
        cacheFolder.writeText("no folder")
        val cache = CodeCache(cacheFolder) { Long.MAX_VALUE }
        ApkImage(listOf(ApkFile(apk)), cache = cache).use { image ->
            repeat(2) { image.readWhole() }
            assertEquals("write_failed", image.cacheFault)
            image.mustHold(contents)
        }
    }

    @Test
    fun `code that is stored, or small, is neither written nor said to be missing`() {
        for (write in listOf({ apk(isStored = true) }, { apk(contents = mapOf("classes.dex" to ByteArray(1000))) })) {
            val cache = CodeCache(cacheFolder) { throw IOException("nobody asks") }
            ApkImage(listOf(ApkFile(write())), cache = cache).use { image ->
                image.readWhole()
                assertNull(image.cacheFault)
            }
        }
    }

    private val libraries by lazy { File(folder, "lib").apply { mkdirs() } }

    /** Whether the library is read from where Android has put it, after a pass. */
    private fun isReadFromFile(written: ByteArray): Boolean {
        val extracted = File(libraries, "libapp.so").apply { writeBytes(written) }
        return ApkImage(listOf(ApkFile(apk())), cache = CodeCache(cacheFolder), libraries = libraries).use { image ->
            image.mustHold(contents)
            repeat(2) { image.readWhole() }
            image.mustHold(contents)
            extracted.delete()
            runCatching { image.read(names[2], 0, 1) }.exceptionOrNull() is IOException
        }
    }

    @Test
    fun `a library that Android has extracted is read from its file, if that holds the same bytes`() {
        val bytes = contents.getValue(names[2])
        assertEquals(true, isReadFromFile(bytes))
        assertEquals(false, isReadFromFile(bytes.copyOf().also { it[large - 1]++ }))
        assertEquals(false, isReadFromFile(bytes + 1))
        // The test's own package is as it should be.
        assertEquals(large.toLong(), ZipFile(apk()).use { it.getEntry(names[2]).size })
    }

    @Test
    fun `a library that differs from the package goes into the file`() {
        val apk = apk()
        File(libraries, "libapp.so").writeBytes(ByteArray(large))
        val cache = CodeCache(cacheFolder)
        ApkImage(listOf(ApkFile(apk)), cache = cache, libraries = libraries).use { image ->
            repeat(2) { image.readWhole() }
            assertEquals(true, cache.has(apk, names[2]))
            image.mustHold(contents)
        }
    }
}
