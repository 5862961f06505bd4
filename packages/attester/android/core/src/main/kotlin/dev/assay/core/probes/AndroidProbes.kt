package dev.assay.core.probes

import dev.assay.core.client.Probe
import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.SegmentKind

/**
 * The probes of this SDK. They detect careless tampering and honest automation; anyone who controls the process can
 * forge their answers. An answer is names in a fixed order, separated by commas, and empty when nothing was found;
 * `docs/probes.md` says what each one misses. Answers go to the service, and the app does not see them.
 */
public fun androidProbes(around: Surroundings, text: NativeText): List<Probe> = listOf(
    Probe("android.root") { root(around) },
    Probe("android.debugger") { debugger(around) },
    Probe("android.hooks") { measured -> hooks(around, measured) },
    Probe("android.emulator") { emulator(around) },
    Probe("android.clone") { clone(around) },
    Probe("android.text") { text.differing(around) },
    Probe("android.automation") { automation(around) },
)

private fun names(vararg found: Pair<String, Boolean>): String = found.filter { it.second }.joinToString(",") { it.first }

private fun root(around: Surroundings): String {
    val mounts = around.read("/proc/self/mounts").orEmpty().lines().map { it.split(' ') }
    return names(
        "su" to suPaths.any(around::exists),
        "tags" to ("test-keys" in around.build()["tags"].orEmpty()),
        "magisk" to (mounts.any { mount -> mount[0] == "magisk" || mount.any { "/.magisk" in it } } || around.exists("/sbin/.magisk") || around.exists("/data/adb/magisk")),
        "kernelsu" to (mounts.any { it[0] == "KSU" } || around.exists("/data/adb/ksu")),
        "selinux" to (around.read("/sys/fs/selinux/enforce")?.trim() == "0"),
    )
}

private val suPaths = listOf("/system/bin/", "/system/xbin/", "/sbin/", "/vendor/bin/", "/data/local/bin/", "/data/local/xbin/", "/su/bin/")
    .map { "${it}su" }

private fun debugger(around: Surroundings): String {
    val states = around.states()
    return names(
        "jdwp" to (ProcessState.DEBUGGER_CONNECTED in states),
        "traced" to isTraced(around.read("/proc/self/status").orEmpty()),
        "debuggable" to (ProcessState.DEBUGGABLE in states),
    )
}

private fun isTraced(status: String): Boolean {
    val line = status.lineSequence().firstOrNull { it.startsWith("TracerPid:") } ?: return false
    return line.substringAfter(':').trim() != "0"
}

private fun hooks(around: Surroundings, measured: List<Segment>): String {
    val lines = around.read("/proc/self/maps").orEmpty().lines()
    val own = around.libraryFolder() + "/"
    val libraries = measured.filter { it.kind == SegmentKind.NATIVE }.map { it.name.substringAfterLast('/') }.toSet()
    // The digest of what is measured is judged: its name says no more. Of an app whose folder has no name, nothing is.
    val isMeasured = { path: String -> own.length > 1 && path.startsWith(own) && path.substring(own.length) in libraries }
    val tools = lines.map(::Mapped).filter { it.isCode && !isMeasured(it.path) }.mapNotNull { toolNamed(it.path) }.toSet()
    return names(
        "frida" to ("frida" in tools),
        "xposed" to ("xposed" in tools || xposedClasses.any(around::hasClass)),
        "substrate" to ("substrate" in tools || around.hasClass("com.saurik.substrate.MS")),
        "memory-dex" to isDexInMemory(lines, around),
        "writable-code" to lines.any(::isWritableCode),
    )
}

private val xposedClasses = listOf("de.robv.android.xposed.XposedBridge", "org.lsposed.lspd.core.Main", "io.github.libxposed.api.XposedInterface")

/** A line of `/proc/self/maps`: `START-END r-xp OFFSET DEVICE INODE PATH`. */
private class Mapped(line: String) {
    private val parts = line.split(' ', limit = 6)
    val rights = parts.getOrElse(1) { "" }
    val path = parts.getOrElse(5) { "" }.trim()
    val isCode get() = rights.getOrNull(2) == 'x'
}

/** The finding for the path of a file that is mapped as code, wherever it is; `null` if it has no name of a tool. */
private fun toolNamed(path: String): String? {
    val parts = asciiLower(path.removeSuffix(" (deleted)").removePrefix("/memfd:")).split('/')
    return toolNames.entries.firstOrNull { (_, names) -> names.split(' ').any { fits(parts, it) } }?.key
}

private fun fits(parts: List<String>, pattern: String): Boolean {
    val count = pattern.count { it == '/' } + 1
    if (parts.size < count) return false
    val end = parts.takeLast(count).joinToString("/")
    val star = pattern.indexOf('*')
    if (star < 0) return end == pattern
    return end.length >= pattern.length - 1 && end.startsWith(pattern.substring(0, star)) && end.endsWith(pattern.substring(star + 1))
}

/** Letters beyond ASCII stay as they are: SDKs would have to agree on each. */
private fun asciiLower(text: String) = String(CharArray(text.length) { i -> text[i].let { if (it in 'A'..'Z') it + 32 else it } })

/**
 * Code that was loaded without a file, by the names that ART gives such memory. ART itself extracts the dex files of a
 * package that is not compiled yet: that is code of the app, or of the system.
 */
private fun isDexInMemory(lines: List<String>, around: Surroundings): Boolean {
    val app = around.apk().substringBeforeLast('/', "") + "/"
    val trusted = systemFolders + listOf(app).filter { it != "/" }
    return lines.any { line ->
        val source = line.substringAfter(" extracted in memory from ", "")
        val isExtracted = "dalvik-classes" in line && "memory" in line && ("/../" in source || trusted.none(source::startsWith))
        isExtracted || "dalvik-DEX data" in line
    }
}

private val systemFolders = listOf("/system/", "/system_ext/", "/product/", "/vendor/", "/odm/", "/apex/")

/** A file that is mapped both writable and executable: no Android loader does that. */
private fun isWritableCode(line: String): Boolean {
    val (rights, path) = Mapped(line).let { it.rights to it.path }
    return rights.startsWith("rwx") && '/' in path && path.removeSuffix(" (deleted)") !in jitCaches
}

/** Where ART keeps what it compiles while the app runs. */
private val jitCaches = setOf("/memfd:jit-cache", "/memfd:jit-zygote-cache", "/memfd:/jit-cache", "/memfd:/jit-zygote-cache", "/dev/ashmem/dalvik-jit-code-cache", "/dev/ashmem/jit-zygote-cache")

private fun emulator(around: Surroundings): String {
    val build = around.build()
    val told = build.values.joinToString(" ").lowercase(java.util.Locale.ROOT)
    return names(
        "name" to emulatorNames.any { it in told },
        "files" to emulatorFiles.any(around::exists),
        "abi" to (build["abi"].orEmpty().startsWith("x86") && "chromeos" !in told),
    )
}

private val emulatorNames = listOf("goldfish", "ranchu", "sdk_gphone", "sdk_phone", "genymotion", "vbox86", "emulator", "android sdk built for", "generic_x86", "nox", "bluestacks", "cuttlefish", "robolectric")
private val emulatorFiles = listOf("/dev/qemu_pipe", "/dev/goldfish_pipe", "/dev/socket/qemud", "/dev/vboxguest", "/system/bin/qemu-props", "/dev/bst_gps")

/** An app that runs inside another one has its data and its file in foreign folders. */
private fun clone(around: Surroundings): String {
    val name = around.packageName()
    val user = around.userId()
    val own = setOf("/data/data/$name", "/data/user/$user/$name", "/data/user_de/$user/$name")
    val isAdopted = around.dataFolder().let { it.startsWith("/mnt/expand/") && it.endsWith("/user/$user/$name") }
    val apk = around.apk()
    return names(
        "data" to (around.dataFolder() !in own && !isAdopted),
        "apk" to (!(apk.startsWith("/data/app/") || apk.startsWith("/mnt/expand/") || apk.startsWith("/system/") || apk.startsWith("/product/")) || name !in apk),
        "profile" to (user != 0),
    )
}

private fun automation(around: Surroundings): String {
    val states = around.states()
    return names(
        "monkey" to (ProcessState.MONKEY in states),
        "harness" to (ProcessState.TEST_HARNESS in states),
        "instrumented" to (ProcessState.INSTRUMENTED in states),
    )
}
