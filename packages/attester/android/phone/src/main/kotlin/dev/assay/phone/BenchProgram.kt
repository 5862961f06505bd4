package dev.assay.phone

import dev.assay.core.apk.ApkFile
import dev.assay.core.apk.ApkImage
import dev.assay.core.client.AssayClient
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.CodeImageOpener
import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.client.InstallationKey
import dev.assay.core.client.KeyStore
import dev.assay.core.files.FileStateStore
import dev.assay.core.measurement.codeSegmentKind
import dev.assay.core.probes.NativeText
import dev.assay.core.probes.androidProbes
import dev.assay.core.running.Abort
import dev.assay.core.running.ThreadScheduler
import dev.assay.core.running.awaitBlocking
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.encodeBase64Url
import java.io.File
import java.lang.management.ManagementFactory
import java.security.MessageDigest
import java.util.zip.ZipFile

/**
 * `APK FOLDER`: for each line of standard input, which is the answer to a challenge request, a whole exchange by a new client less
 * network and signatures, and beside it the same entries read once, inflating included, into one SHA-256. Writes one JSON line
 * each: microseconds of CPU time of this process, with all of its threads, and by the clock, and the client data that was sent.
 */
fun main(args: Array<String>) {
    val (apk, folder) = args.map(::File)
    for ((round, line) in generateSequence(::readLine).withIndex()) {
        val service = InstantService(line)
        val ways = listOf("attest" to { attest(apk, File(folder, "$round"), service) }, "bare" to { read(apk) })
        // Each comes after the other as often as before it.
        val times = (if (round % 2 == 0) ways else ways.asReversed()).associate { (name, way) -> name to timed(way) }
        println(Json.write(times + mapOf("client_data" to service.clientData)))
    }
}

private val system = ManagementFactory.getOperatingSystemMXBean() as com.sun.management.OperatingSystemMXBean

internal fun timed(work: () -> Unit): Map<String, Long> {
    val (cpu, clock) = system.processCpuTime to System.nanoTime()
    work()
    return mapOf("cpu_us" to (system.processCpuTime - cpu) / 1000, "elapsed_us" to (System.nanoTime() - clock) / 1000)
}

private fun attest(apk: File, folder: File, service: InstantService) {
    val client = AssayClient(benchOptions, benchPorts(folder, service) { ApkImage(listOf(ApkFile(apk))) })
    awaitBlocking { client.getToken() }
    client.close()
}

internal val benchOptions =
    ClientOptions(listOf("https://attest.example"), "com.example.bench", "1", mapOf("https://api.example" to "https://api.example"))

internal fun benchPorts(folder: File, service: Http, image: CodeImageOpener): ClientPorts {
    val random = java.security.SecureRandom()
    return ClientPorts(
        image = image,
        keyStore = InstantKeys,
        state = FileStateStore(folder),
        http = service,
        clock = PhoneClock(),
        random = { length -> ByteArray(length).also(random::nextBytes) },
        scheduler = ThreadScheduler(Throwable::printStackTrace),
        probes = androidProbes(SimulatedSurroundings(emptySet()), NativeText()),
    )
}

private fun read(apk: File) {
    val hash = MessageDigest.getInstance("SHA-256")
    val piece = ByteArray(1 shl 16)
    ZipFile(apk).use { zip ->
        for (entry in zip.entries()) {
            val head = { zip.getInputStream(entry).use { stream -> ByteArray(8).also { stream.read(it) } } }
            if (codeSegmentKind(entry.name, head) == null) continue
            zip.getInputStream(entry).use { stream ->
                generateSequence { stream.read(piece).takeIf { it >= 0 } }.forEach { hash.update(piece, 0, it) }
            }
        }
    }
    check(hash.digest().size == 32)
}

/** Answers at once: a challenge as given, and tokens whatever is sent. */
internal class InstantService(@Volatile var challenge: String) : Http {
    @Volatile
    var clientData = ""

    override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer {
        if (url.endsWith("/v1/challenges")) return HttpAnswer(200, challenge, null)
        clientData = checkNotNull(JsonReader.readObject(body))["client_data"] as String
        val token = mapOf("audience" to "https://api.example", "token" to "t", "expires_in" to 300)
        val answer = mapOf("tokens" to listOf(token), "refresh_after" to 150, "server_time" to System.currentTimeMillis() / 1000, "trace" to "r")
        return HttpAnswer(200, Json.write(answer), null)
    }
}

/** Keys that are made and sign in no time, with a chain of the length that phones give. */
private object InstantKeys : KeyStore {
    override fun open(): InstallationKey? = null

    override fun create(commitment: ByteArray?): InstallationKey = object : InstallationKey {
        override val publicJwk = PublicJwk("A".repeat(43), "A".repeat(43))
        override val attestation = mapOf("format" to "android-key-attestation", "chain" to List(4) { encodeBase64Url(ByteArray(800)) })

        override fun sign(data: ByteArray) = ByteArray(64)
    }

    override fun keep(key: InstallationKey) = Unit

    override fun clear() = Unit
}
