package dev.assay.phone

import dev.assay.Assay
import dev.assay.LoadedScript
import dev.assay.SelfTest
import dev.assay.core.apk.ApkImage
import dev.assay.core.apk.CodeCache
import dev.assay.core.apk.abiOf
import dev.assay.core.apk.apkFiles
import dev.assay.core.client.AssayClient
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.StateStore
import dev.assay.core.files.FileStateStore
import dev.assay.core.http.UrlConnectionHttp
import dev.assay.core.keys.DeviceKeyStore
import dev.assay.core.probes.ProcessState
import dev.assay.core.probes.NativeText
import dev.assay.core.probes.Surroundings
import dev.assay.core.probes.androidProbes
import dev.assay.core.running.ThreadScheduler
import dev.assay.core.wire.ProofForm
import java.io.File
import java.io.IOException
import java.security.SecureRandom

/**
 * A phone with the app on it, as `lab/phones` describes it: all of the SDK but what names Android.
 *
 * @param script what the app has loaded, in React Native
 * @param step is told each step that outlives the process, where the description asks for it
 */
class Phone(
    described: Map<String, Any?>,
    script: LoadedScript = LoadedScript(),
    step: (number: Int, step: String) -> Unit = { _, _ -> },
) {
    private val folder = File(described.getValue("folder") as String)
    val clock = PhoneClock()
    val state = FillableStore(FileStateStore(File(folder, "state")))
    val assay: Assay

    init {
        val random = SecureRandom()
        val scheduler = ThreadScheduler(Throwable::printStackTrace)
        val steps = Steps((described["stop_at"] as Double?)?.toInt(), step)
        val keys = { name: Int -> SimulatedKeys(File(folder, "keys/$name"), described.getValue("key_mint") as String) }
        val found = (described["states"] as List<*>?).orEmpty().map { ProcessState.valueOf(it as String) }
        val probes = androidProbes(SimulatedSurroundings(found.toSet(), texts(described["mapped"] ?: emptyList<String>())), NativeText())
        // As `InstalledApp` does with what Android says of an app.
        val splits = texts(described["splits"] ?: emptyList<String>())
        val abi = described["abi"] as String? ?: "auto"
        val cache = CodeCache(File(folder, "code-cache"))
        val image = { ApkImage(apkFiles(described.getValue("apk") as String, splits, abi), script.file, cache) }
        val timeout = (described["timeout"] as Double? ?: 10_000.0).toLong()
        val ports = ClientPorts(
            image = image,
            keyStore = DeviceKeyStore(described["strong_box"] == true, clock) { steps.keys(keys(it)) },
            state = steps.store(state),
            http = steps.http(UrlConnectionHttp(scheduler, timeout.toInt())),
            clock = clock,
            random = { length -> ByteArray(length).also(random::nextBytes) },
            scheduler = scheduler,
            probes = probes,
        )
        val options = ClientOptions(
            endpoints = texts(described.getValue("endpoints")),
            app = described.getValue("app") as String,
            build = script.build ?: described.getValue("build") as String,
            audiences = (described.getValue("audiences") as Map<*, *>).entries.associate { it.key as String to it.value as String },
            abi = when (abi) {
                "auto" -> abiOf(splits, texts(described["abis"] ?: emptyList<String>()))
                "none" -> null
                else -> abi
            },
            attestsKey = described["attests_key"] != false,
            proof = if (described["proof"] == "attestation-pop") ProofForm.ATTESTATION_POP else ProofForm.DPOP,
            requestTimeout = timeout,
            developmentSecret = described["development_secret"] as String?,
        )
        val selfTest = SelfTest({ mapOf("model" to "simulated") }, emptyMap(), image, state, probes, clock)
        assay = Assay(AssayClient(options, ports), selfTest) {}
    }

    private fun texts(value: Any?): List<String> = (value as List<*>).map { it as String }
}

/** A state store on a disk that can be full. */
class FillableStore(private val inner: StateStore) : StateStore by inner {
    @Volatile
    var isFull = false

    override fun save(name: String, text: String?) {
        if (isFull && text != null) throw IOException("no space left on device")
        inner.save(name, text)
    }
}

/** A phone of its owner's, with nothing to tell but these states, and these files that are mapped as code. */
internal class SimulatedSurroundings(private val states: Set<ProcessState>, private val mapped: List<String> = emptyList()) : Surroundings {
    override fun read(path: String): String? =
        if (path == "/proc/self/maps") mapped.joinToString("") { "7f0000000000-7f0000100000 r-xp 00000000 fd:05 1721    $it\n" } else null

    override fun exists(path: String) = false

    override fun hasClass(name: String) = false

    override fun build() = mapOf("tags" to "release-keys", "model" to "Pixel 9")

    override fun states() = states

    override fun packageName() = "com.example"

    override fun dataFolder() = "/data/user/0/com.example"

    override fun apk() = "/data/app/com.example/base.apk"

    override fun libraryFolder() = "/data/app/com.example/lib/arm64"

    override fun userId() = 0
}
