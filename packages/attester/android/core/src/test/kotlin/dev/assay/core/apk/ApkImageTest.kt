package dev.assay.core.apk

import dev.assay.core.measurement.SegmentKind
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

class ApkImageTest {
    @TempDir
    lateinit var folder: File

    private val name = "assets/index.android.bundle"

    private fun apk(vararg names: String): File = File(folder, "base.apk").also { file ->
        ZipOutputStream(file.outputStream()).use { zip ->
            for (each in names) {
                zip.putNextEntry(ZipEntry(each))
                zip.write("in the package".toByteArray())
            }
        }
    }

    private fun loaded(bytes: ByteArray) = File(folder, "loaded").apply { writeBytes(bytes) }

    private fun ApkImage.contentOf(name: String): ByteArray =
        ByteArrayOutputStream().also { all -> readAll(name) { bytes, offset, length -> all.write(bytes, offset, length) } }.toByteArray()

    @Test
    fun `a script that was loaded takes the place of the one in the package`() {
        val bytes = ByteArray(100_000) { it.toByte() }
        ApkImage(listOf(ApkFile(apk("classes.dex", name))), loaded(bytes)).use { image ->
            assertEquals(listOf("classes.dex" to 14L, name to 100_000L), image.segments.map { it.name to it.length })
            assertArrayEquals(bytes, image.contentOf(name))
            assertArrayEquals(bytes.copyOfRange(70_000, 70_010), image.read(name, 70_000, 10))
            assertEquals("in the package", String(image.contentOf("classes.dex")))
        }
    }

    @Test
    fun `it has the name of the module where the app was installed from splits`() {
        ApkImage(listOf(ApkFile(apk(name), "base")), loaded(byteArrayOf(1))).use { image ->
            assertEquals(listOf("base/$name" to 1L), image.segments.map { it.name to it.length })
        }
    }

    @Test
    fun `modules are those of the splits, unless the configuration says how the build was registered`() {
        val modules = { splits: List<String>, abi: String -> apkFiles("/a/base.apk", splits, abi).map(ApkFile::module) }
        val splits = listOf("/a/split_config.en.apk", "/a/split_map.apk", "/a/split_map.config.en.apk")
        assertEquals(listOf("base", "base", "map", "map"), modules(splits, "auto"))
        assertEquals(List(4) { null }, modules(splits, "none"))
        assertEquals(listOf(null), modules(emptyList(), "auto"))
        assertEquals(listOf("base"), modules(emptyList(), "arm64-v8a"))
    }

    @Test
    fun `the ABI is that of a split, or the best one where none has native code`() {
        val supported = listOf("arm64-v8a", "armeabi-v7a")
        assertEquals("armeabi-v7a", abiOf(listOf("/a/split_config.armeabi_v7a.apk", "/a/split_config.en.apk"), supported))
        assertEquals("arm64-v8a", abiOf(listOf("/a/split_config.en.apk"), supported))
        assertEquals(null, abiOf(emptyList(), supported))
    }

    @Test
    fun `it is measured where the package has no script, and is told from bytecode`() {
        val hermes = byteArrayOf(0xc6.toByte(), 0x1f, 0xbc.toByte(), 0x03, 0xc1.toByte(), 0x03, 0x19, 0x1f)
        ApkImage(listOf(ApkFile(apk("classes.dex"))), loaded(hermes)).use { image ->
            assertEquals(SegmentKind.HERMES, image.segments.single { it.name == name }.kind)
        }
        ApkImage(listOf(ApkFile(apk("classes.dex"))), loaded(ByteArray(0))).use { image ->
            assertEquals(SegmentKind.SCRIPT, image.segments.single { it.name == name }.kind)
        }
    }

    @Test
    fun `one that has gone, or has changed while it was open, is a malfunction`() {
        assertThrows<IOException> { ApkImage(listOf(ApkFile(apk(name))), File(folder, "none")) }
        val script = loaded(byteArrayOf(1, 2))
        ApkImage(listOf(ApkFile(apk(name))), script).use { image ->
            script.writeBytes(byteArrayOf(1, 2, 3))
            assertThrows<IOException> { image.contentOf(name) }
        }
    }
}
