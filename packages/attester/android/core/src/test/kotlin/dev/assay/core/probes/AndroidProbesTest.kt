package dev.assay.core.probes

import dev.assay.core.fake.FakeSurroundings
import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.SegmentKind
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

    private fun hooks(line: String, apk: String = "$APP/base.apk"): Any = FakeSurroundings.mapping(line, "r--p", apk).answer("android.hooks")

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

    private fun tool(path: String, rights: String = "r-xp", measured: List<Segment> = emptyList()): Any =
        FakeSurroundings.mapping(path, rights, libraries = "$APP/lib/arm64").answer("android.hooks", measured)

    @Test
    fun `a tool is found wherever its code is mapped, and nowhere else`() {
        for (folder in listOf("/data/local/tmp", "$APP/lib/arm64", "/system/lib64", "/data/user/0/com.example.shop/files")) {
            assertEquals("frida", tool("$folder/libfrida-gadget.so"), folder)
            for (rights in listOf("r--p", "rw-p", "---p")) assertEquals("", tool("$folder/libfrida-gadget.so", rights), folder)
        }
    }

    @Test
    fun `a library of the app that is measured is silent, whatever its name`() {
        val native = { name: String -> Segment(name, SegmentKind.NATIVE, 1) }
        for (name in listOf("lib/arm64-v8a/libsubstrate.so", "base/lib/arm64-v8a/libsubstrate.so")) {
            assertEquals("", tool("$APP/lib/arm64/libsubstrate.so", measured = listOf(native(name))), name)
        }
        val measured = listOf(native("lib/arm64-v8a/libsubstrate.so"))
        for (other in listOf("/data/local/tmp/libsubstrate.so", "$APP/lib/arm64/x/libsubstrate.so", "$APP/lib/arm/libsubstrate.so", "$APP/lib/arm64/../libsubstrate.so")) {
            assertEquals("substrate", tool(other, measured = measured), other)
        }
        assertEquals("frida", tool("$APP/lib/arm64/libfrida-gadget.so", measured = measured))
        assertEquals("substrate", tool("$APP/lib/arm64/libsubstrate.so", measured = listOf(Segment("assets/libsubstrate.so", SegmentKind.SCRIPT, 1))))
    }

    @Test
    fun `code that is mapped writable is found, but for the caches of ART, whatever the package is called`() {
        for (cache in listOf("/memfd:jit-cache (deleted)", "/memfd:/jit-zygote-cache (deleted)", "/dev/ashmem/dalvik-jit-code-cache (deleted)")) {
            assertEquals("", tool(cache, "rwxp"), cache)
        }
        assertEquals("", tool("[anon:dalvik-jit-code-cache]", "rwxp"))
        assertEquals("writable-code", tool("/data/app/~~x==/org.jitsi.meet-1==/lib/arm64/libapp.so", "rwxp"))
        assertEquals("writable-code", tool("/data/local/tmp/jit-cache", "rwxp"))
    }

    @Test
    fun `root is told by who mounted, and not by the name of an app in a path`() {
        val root = { line: String -> FakeSurroundings(mapOf("/proc/self/mounts" to "$line\n")).answer("android.root") }
        assertEquals("magisk", root("magisk /system/bin tmpfs ro,seclabel 0 0"))
        assertEquals("magisk", root("/dev/block/dm-1 /sbin/.magisk/mirror/system ext4 ro 0 0"))
        assertEquals("kernelsu", root("KSU /system overlay ro 0 0"))
        assertEquals("", root("tmpfs /data/user/0/com.kitchen.magisk tmpfs rw 0 0"))
        assertEquals("", root("/dev/block/dm-9 /mnt/expand/KSU-1/app ext4 rw 0 0"))
    }

    /** A library that is mapped at its own beginning, the memory that it is in, and what reads both. */
    private fun text(inMemory: ByteArray, open: (String) -> RandomAccessFile = { RandomAccessFile(it, "r") }): String {
        val library = File(folder, "libshop.so").apply { writeBytes(ByteArray(100) { 7 }) }
        val memory = File(folder, "memory").apply { writeBytes(ByteArray(0x1000) + inMemory) }
        val maps = "1000-2000 r-xp 00000000 fd:00 17    $library\n"
        val phone = FakeSurroundings(mapOf("/proc/self/maps" to maps), File(folder, "base.apk").path)
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
        const val APP = FakeSurroundings.APP_FOLDER
        const val MEMORY = "/proc/self/mem"
    }
}
