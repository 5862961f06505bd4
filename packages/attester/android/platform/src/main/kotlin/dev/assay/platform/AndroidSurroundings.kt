package dev.assay.platform

import android.annotation.SuppressLint
import android.app.ActivityManager
import android.content.Context
import android.content.pm.ApplicationInfo
import android.os.Build
import android.os.Debug
import android.os.Process
import dev.assay.core.probes.ProcessState
import dev.assay.core.probes.Surroundings
import java.io.File
import java.io.IOException

/** What Android states about itself and this process, unchanged. */
internal class AndroidSurroundings(private val context: Context) : Surroundings {
    /** Another one once Android has moved the app: see [InstalledApp]. */
    private val info: ApplicationInfo get() = context.applicationInfo

    override fun read(path: String): String? = try {
        File(path).inputStream().use { stream ->
            val bytes = ByteArray(LONGEST)
            var at = 0
            while (at < LONGEST) {
                val count = stream.read(bytes, at, LONGEST - at)
                if (count < 0) break
                at += count
            }
            String(bytes, 0, at, Charsets.UTF_8)
        }
    } catch (_: IOException) {
        null
    }

    override fun exists(path: String): Boolean = File(path).exists()

    override fun hasClass(name: String): Boolean = try {
        Class.forName(name, false, javaClass.classLoader) != null
    } catch (_: ClassNotFoundException) {
        false
    }

    override fun build(): Map<String, String> = mapOf(
        "tags" to Build.TAGS,
        "fingerprint" to Build.FINGERPRINT,
        "model" to Build.MODEL,
        "manufacturer" to Build.MANUFACTURER,
        "brand" to Build.BRAND,
        "device" to Build.DEVICE,
        "product" to Build.PRODUCT,
        "hardware" to Build.HARDWARE,
        "board" to Build.BOARD,
        "abi" to Build.SUPPORTED_ABIS.firstOrNull(),
    ).mapValues { it.value.orEmpty() }

    override fun states(): Set<ProcessState> = mapOf(
        ProcessState.DEBUGGER_CONNECTED to (Debug.isDebuggerConnected() || Debug.waitingForDebugger()),
        ProcessState.DEBUGGABLE to (info.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0),
        ProcessState.MONKEY to ActivityManager.isUserAMonkey(),
        ProcessState.TEST_HARNESS to isInHarness(),
        ProcessState.INSTRUMENTED to hasClass("androidx.test.runner.AndroidJUnitRunner"),
    ).filterValues { it }.keys

    override fun packageName(): String = info.packageName

    override fun dataFolder(): String = info.dataDir.orEmpty()

    override fun apk(): String = info.sourceDir.orEmpty()

    override fun libraryFolder(): String = info.nativeLibraryDir.orEmpty()

    override fun userId(): Int = Process.myUid() / UIDS_OF_A_USER

    // The older function is deprecated, and all that there is below Android 10.
    @SuppressLint("NewApi")
    @Suppress("DEPRECATION")
    private fun isInHarness(): Boolean =
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) ActivityManager.isRunningInTestHarness()
        else ActivityManager.isRunningInUserTestHarness()

    private companion object {
        const val LONGEST = 1 shl 20
        const val UIDS_OF_A_USER = 100_000
    }
}
