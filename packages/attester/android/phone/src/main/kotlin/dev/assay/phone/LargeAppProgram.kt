package dev.assay.phone

import dev.assay.core.apk.ApkFile
import dev.assay.core.apk.ApkImage
import dev.assay.core.apk.CodeCache
import dev.assay.core.client.AssayClient
import dev.assay.core.measurement.Coverage
import dev.assay.core.measurement.digestImage
import dev.assay.core.running.awaitBlocking
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import java.io.File
import java.lang.management.ManagementFactory

/**
 * `APK FOLDER`: for each line of standard input, `{"seed": …, "challenges": […]}`, the exchanges of one new client that the answers
 * to challenge requests ask for, all under the plan of one epoch, less network and signatures; and beside them the digest of the
 * package alone, which keeps nothing. Writes one JSON line each: microseconds of CPU time of this process for the digest, for the
 * first exchange and for all others together, the client data that was sent, and megabytes of Java heap: in use beforehand, and
 * at most.
 */
fun main(args: Array<String>) {
    val (apk, folder) = args.map(::File)
    for ((round, line) in generateSequence(::readLine).withIndex()) {
        val asked = checkNotNull(JsonReader.readObject(line))
        val challenges = (asked["challenges"] as List<*>).map { it as String }
        val seed = java.util.Base64.getUrlDecoder().decode(asked["seed"] as String)
        System.gc()
        val heap = ManagementFactory.getMemoryMXBean().heapMemoryUsage
        val alone = { ApkImage(listOf(ApkFile(apk))).use { digestImage(it, Coverage.IMAGE, seed) } }
        val app = RepeatedApp(apk, File(folder, "$round"), challenges)
        // Each comes after the other as often as before it.
        val digest: Long
        if (round % 2 == 0) {
            digest = timed { alone() }.getValue("cpu_us")
            app.run()
        } else {
            app.run()
            digest = timed { alone() }.getValue("cpu_us")
        }
        println(
            Json.write(
                mapOf(
                    "digest_us" to digest,
                    "first_us" to app.first,
                    "others_us" to app.others,
                    "client_data" to app.clientData,
                    "heap_used_mb" to heap.used / 1e6.toLong(),
                    "heap_max_mb" to heap.max / 1e6.toLong(),
                ),
            ),
        )
    }
}

private class RepeatedApp(apk: File, folder: File, private val challenges: List<String>) {
    private val cache = CodeCache(File(folder, "code-cache"))
    private val service = InstantService(challenges.first())
    private val client = AssayClient(benchOptions, benchPorts(folder, service) { ApkImage(listOf(ApkFile(apk)), cache = cache) })
    val clientData = ArrayList<String>()
    var first = 0L
    var others = 0L

    fun run() {
        first = timed { exchange(challenges.first()) }.getValue("cpu_us")
        others = timed { challenges.drop(1).forEach(::exchange) }.getValue("cpu_us")
        client.close()
    }

    private fun exchange(challenge: String) {
        service.challenge = challenge
        awaitBlocking { client.getToken(forceRefresh = true) }
        clientData.add(service.clientData)
    }
}
