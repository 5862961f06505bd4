package dev.assay.core.probes

import dev.assay.core.client.Probe

/**
 * The probes of this SDK. They detect careless tampering and honest automation; anyone who controls the process can
 * forge their answers. An answer is names in a fixed order, separated by commas, and empty when nothing was found;
 * `docs/probes.md` says what each one misses. Answers go to the service, and the app does not see them.
 */
public fun androidProbes(around: Surroundings, text: NativeText): List<Probe> = listOf(
    Probe("android.root") { root(around) },
    Probe("android.debugger") { debugger(around) },
    Probe("android.hooks") { hooks(around) },
    Probe("android.emulator") { emulator(around) },
    Probe("android.clone") { clone(around) },
    Probe("android.text") { text.differing(around) },
    Probe("android.automation") { automation(around) },
)

private fun names(vararg found: Pair<String, Boolean>): String = found.filter { it.second }.joinToString(",") { it.first }

private fun root(around: Surroundings): String {
    val mounts = around.read("/proc/self/mounts").orEmpty()
    return names(
        "su" to suPaths.any(around::exists),
        "tags" to ("test-keys" in around.build()["tags"].orEmpty()),
        "magisk" to ("magisk" in mounts || around.exists("/sbin/.magisk") || around.exists("/data/adb/magisk")),
        "kernelsu" to ("KSU" in mounts || around.exists("/data/adb/ksu")),
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

private fun hooks(around: Surroundings): String {
    val maps = around.read("/proc/self/maps").orEmpty()
    val lower = maps.lowercase(java.util.Locale.ROOT)
    return names(
        "frida" to ("frida" in lower || "gum-js" in lower || "linjector" in lower),
        "xposed" to (xposedClasses.any(around::hasClass) || xposedFiles.any { it in lower }),
        "substrate" to ("libsubstrate" in lower || around.hasClass("com.saurik.substrate.MS")),
        "memory-dex" to isDexInMemory(maps, around),
        "writable-code" to maps.lineSequence().any(::isWritableCode),
    )
}

private val xposedClasses = listOf("de.robv.android.xposed.XposedBridge", "org.lsposed.lspd.core.Main", "io.github.libxposed.api.XposedInterface")
private val xposedFiles = listOf("xposedbridge", "liblspd", "edxposed", "libwhale", "lsplant", "libsandhook")

/**
 * Code that was loaded without a file, by the names that ART gives such memory. ART itself extracts the dex files of a
 * package that is not compiled yet: that is code of the app, or of the system.
 */
private fun isDexInMemory(maps: String, around: Surroundings): Boolean {
    val app = around.apk().substringBeforeLast('/', "") + "/"
    val trusted = systemFolders + listOf(app).filter { it != "/" }
    return maps.lineSequence().any { line ->
        val source = line.substringAfter(" extracted in memory from ", "")
        val isExtracted = "dalvik-classes" in line && "memory" in line && ("/../" in source || trusted.none(source::startsWith))
        isExtracted || "dalvik-DEX data" in line
    }
}

private val systemFolders = listOf("/system/", "/system_ext/", "/product/", "/vendor/", "/odm/", "/apex/")

/** A file that is mapped both writable and executable: no Android loader does that. */
private fun isWritableCode(line: String): Boolean {
    val rights = line.substringAfter(' ').take(3)
    return rights == "rwx" && '/' in line && "jit" !in line
}

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
