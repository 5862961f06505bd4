package dev.assay.core.probes

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import java.io.RandomAccessFile

/** Over files that are made up. */
class AndroidProbesTest {
    @TempDir
    lateinit var folder: File

    private class Phone(private val files: Map<String, String>, private val apk: String = "$APP/base.apk") : Surroundings {
        override fun read(path: String) = files[path]

        override fun exists(path: String) = path in files

        override fun hasClass(name: String) = false

        override fun build() = emptyMap<String, String>()

        override fun states() = emptySet<ProcessState>()

        override fun packageName() = "com.example.shop"

        override fun dataFolder() = "/data/user/0/com.example.shop"

        override fun apk() = apk

        override fun libraryFolder() = ""

        override fun userId() = 0
    }

    private fun hooks(line: String, apk: String = "$APP/base.apk"): Any {
        val maps = "7f0000000000-7f0000100000 r--p 00000000 00:00 0    $line\n"
        return androidProbes(Phone(mapOf("/proc/self/maps" to maps), apk), NativeText()).first { it.name == "android.hooks" }.ask()
    }

    private fun extracted(from: String, dex: String = "classes.dex") = "[anon:dalvik-$dex extracted in memory from $from]"

    @Test
    fun `dex that ART extracts from the app and the system is no finding`() {
        assertEquals("", hooks(extracted("$APP/base.apk")))
        assertEquals("", hooks(extracted("$APP/base.apk!classes2.dex", "classes2.dex")))
        assertEquals("", hooks(extracted("$APP/split_pay.apk")))
        assertEquals("", hooks("/dev/ashmem/dalvik-classes.dex extracted in memory from $APP/base.apk (deleted)"))
        val others = listOf("/system/framework/a.jar", "/system_ext/framework/a.jar", "/product/app/W/W.apk", "/vendor/a.jar", "/odm/a.jar", "/apex/com.android.art/javalib/a.jar")
        for (other in others) assertEquals("", hooks(extracted(other)), other)
    }

    @Test
    fun `dex from memory, or extracted from anywhere else, is one`() {
        assertEquals("memory-dex", hooks("[anon:dalvik-DEX data]"))
        val others = listOf(
            "/data/user/0/com.example.shop/cache/patch.zip",
            "/data/app/com.example.shop-2/base.apk",
            "$APP-evil/base.apk",
            "$APP/../evil/base.apk",
            "/system/../data/local/tmp/a.jar",
            "Anonymous-DexFile@1",
        )
        for (other in others) assertEquals("memory-dex", hooks(extracted(other)), other)
        assertEquals("memory-dex", hooks("[anon:dalvik-classes.dex in memory]"))
    }

    @Test
    fun `an app whose file has no known place trusts no other place for it`() {
        assertEquals("memory-dex", hooks(extracted("/data/local/tmp/a.apk"), apk = ""))
    }

    /** A library that is mapped at its own beginning, the memory that it is in, and what reads both. */
    private fun text(inMemory: ByteArray, open: (String) -> RandomAccessFile = { RandomAccessFile(it, "r") }): String {
        val library = File(folder, "libshop.so").apply { writeBytes(ByteArray(100) { 7 }) }
        val memory = File(folder, "memory").apply { writeBytes(ByteArray(0x1000) + inMemory) }
        val maps = "1000-2000 r-xp 00000000 fd:00 17    $library\n"
        val phone = Phone(mapOf("/proc/self/maps" to maps), File(folder, "base.apk").path)
        return NativeText { path -> open(if (path == MEMORY) memory.path else path) }.differing(phone)
    }

    @Test
    fun `a library that differs in memory is named`() {
        assertEquals("", text(ByteArray(100) { 7 }))
        assertEquals("libshop.so", text(ByteArray(100) { if (it == 50) 8 else 7 }))
    }

    @Test
    fun `where the process may not read its memory there is nothing to find, and where reading fails that is told`() {
        val patched = ByteArray(100)
        val denied = { path: String -> if (path.endsWith("memory")) throw FileNotFoundException("$MEMORY (Permission denied)") else RandomAccessFile(path, "r") }
        assertEquals("", text(patched, denied))
        val broken = { path: String -> if (path.endsWith(".so")) throw IOException("I/O error") else RandomAccessFile(path, "r") }
        assertEquals("!unreadable", text(patched, broken))
        assertEquals("!unreadable", text(ByteArray(10) { 7 }))
    }

    private companion object {
        const val APP = "/data/app/~~Vg7==/com.example.shop-Qm2=="
        const val MEMORY = "/proc/self/mem"
    }
}
