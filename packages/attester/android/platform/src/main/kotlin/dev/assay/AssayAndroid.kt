@file:JvmName("AssayAndroid")

package dev.assay

import android.content.Context
import android.content.pm.ApplicationInfo
import android.os.UserManager
import dev.assay.core.client.AssayClient
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.EvidenceSource
import dev.assay.core.files.FileStateStore
import dev.assay.core.http.UrlConnectionHttp
import dev.assay.core.keys.DeviceKeyStore
import dev.assay.core.probes.NativeText
import dev.assay.core.probes.androidProbes
import dev.assay.core.running.ThreadScheduler
import dev.assay.platform.AndroidClock
import dev.assay.platform.AndroidKeys
import dev.assay.platform.AndroidSurroundings
import dev.assay.platform.AppLifeCycle
import dev.assay.platform.InstalledApp
import dev.assay.platform.MainThread
import dev.assay.platform.checkMayWait
import dev.assay.platform.deviceProperties
import java.io.File
import java.security.SecureRandom
import java.util.concurrent.Executor

/**
 * Starts attestation for the app. Call it once per process, in `Application.onCreate`; it returns at once, and makes no
 * request before the first token is needed.
 *
 * @param context any of the app's; of an activity only the application's is kept
 * @param evidence sources of evidence besides the attested key, such as `PlayIntegrity`
 * @param callbacks calls listeners and callbacks; by default on the main thread
 * @param script what an app with updates over the air has loaded
 * @throws IllegalArgumentException naming the part of the configuration that is missing or wrong
 */
@JvmOverloads
public fun Assay.Companion.start(
    context: Context,
    config: AssayConfig,
    evidence: List<EvidenceSource> = emptyList(),
    script: LoadedScript = LoadedScript(),
    callbacks: Executor = MainThread,
): Assay {
    // The client outlives activities. While the application is being attached, it has no such context yet.
    val kept = context.applicationContext ?: context
    val isDebuggable = kept.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0
    require(config.developmentSecret == null || isDebuggable) { "developmentSecret: is for debuggable builds only" }
    val app = InstalledApp(kept, config.abi, script.file)
    val around = AndroidSurroundings(kept)
    val state = FileStateStore(File(kept.noBackupFilesDir, "assay"))
    val random = SecureRandom()
    val report = { thrown: Throwable -> Thread.currentThread().run { uncaughtExceptionHandler?.uncaughtException(this, thrown) ?: Unit } }
    val scheduler = ThreadScheduler(report) { checkMayWait(kept) }
    val probes = androidProbes(around, NativeText())
    val ports = ClientPorts(
        image = app,
        keyStore = DeviceKeyStore(config.strongBox, AndroidClock, AndroidKeys.listing("assay") { isUnlocked(kept) }) { AndroidKeys("assay", it) },
        state = state,
        http = UrlConnectionHttp(scheduler, config.requestTimeout.toInt()),
        clock = AndroidClock,
        random = { length -> ByteArray(length).also(random::nextBytes) },
        scheduler = scheduler,
        probes = probes,
        evidence = evidence,
    )
    val client = AssayClient(ClientOptions.of(config, app.packageName, app.versionName, app.abi, script), ports)
    val selfTest = SelfTest(
        device = ::deviceProperties,
        keys = mapOf(
            "tee" to DeviceKeyStore(prefersStrongBox = false, AndroidClock) { AndroidKeys("assay-self-test", it) },
            // A store that prefers StrongBox would tell the times of what stands in for it.
            "strongbox" to DeviceKeyStore(prefersStrongBox = false, AndroidClock) { AndroidKeys("assay-self-test", it, isStrongBox = true) },
        ),
        image = app,
        state = FileStateStore(File(kept.noBackupFilesDir, "assay-self-test")),
        probes = probes,
        clock = AndroidClock,
    )
    val lifeCycle = AppLifeCycle(kept, client::wake)
    lifeCycle.begin()
    return Assay(client, selfTest, callbacks, lifeCycle::end)
}

/**
 * Like the other, with the configuration in a file of the app's assets.
 *
 * @throws IllegalArgumentException naming what is missing or wrong
 * @throws java.io.IOException if there is no such file
 */
@JvmOverloads
public fun Assay.Companion.start(
    context: Context,
    asset: String = "assay.json",
    evidence: List<EvidenceSource> = emptyList(),
    script: LoadedScript = LoadedScript(),
    callbacks: Executor = MainThread,
): Assay = start(context, AssayConfig.fromJson(InstalledApp(context).asset(asset)), evidence, script, callbacks)

private fun isUnlocked(context: Context): Boolean = context.getSystemService(UserManager::class.java)?.isUserUnlocked != false
