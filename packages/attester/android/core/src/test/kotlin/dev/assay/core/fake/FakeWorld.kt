package dev.assay.core.fake

import dev.assay.core.AssayException
import dev.assay.core.client.AssayClient
import dev.assay.core.client.AssayEvent
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.EvidenceSource
import dev.assay.core.client.KeyStore
import dev.assay.core.client.Probe
import dev.assay.core.measurement.CodeImage
import dev.assay.core.measurement.MemoryImage
import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.SegmentKind
import java.util.Random
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

const val AUDIENCE = "https://api.example"

/** A device with an honest app, its service, and time that stands still until the test moves it. */
class FakeWorld(
    private var options: ClientOptions = options(),
    val evidence: List<EvidenceSource> = emptyList(),
    val probes: List<Probe> = emptyList(),
    val image: () -> CodeImage = ::code,
    private val deviceKeys: KeyStore? = null,
    val time: FakeTime = FakeTime(),
) {
    val service = FakeService(time::trueSeconds)
    val keyStore = FakeKeyStore()
    val state = FakeStateStore()
    val told = ArrayList<AssayEvent>()
    private val random = Random(1)
    var client = start()
        private set

    /** The process ends, at any moment, and the app starts again. @param updated what the app states from now on */
    fun restart(updated: ClientOptions = options) {
        options = updated
        client.close()
        time.idle()
        state.isLocked = false
        client = start()
    }

    private fun start() = AssayClient(options, ports()).also { it.on(told::add) }

    fun ports() = ClientPorts(
        image = image,
        keyStore = deviceKeys ?: keyStore,
        state = state,
        http = service,
        clock = time.clock,
        random = { length -> ByteArray(length).also(random::nextBytes) },
        scheduler = time,
        probes = probes,
        evidence = evidence,
    )

    /** What `work` gives, letting time pass as long as it waits. */
    fun <T> settle(work: suspend () -> T): T {
        val running = begin(work)
        var passed = 0
        while (running.result == null && passed++ < 12_000) time.advance(50.0)
        return checkNotNull(running.result) { "not settled in time" }.getOrThrow()
    }

    fun <T> begin(work: suspend () -> T): Running<T> {
        val running = Running<T>()
        work.startCoroutine(Continuation(EmptyCoroutineContext) { running.result = it })
        time.idle()
        return running
    }

    fun token(): String = settle { client.getToken() }.token

    fun failure(work: suspend () -> Any?): AssayException = try {
        settle(work)
        error("did not fail")
    } catch (thrown: AssayException) {
        thrown
    }

    class Running<T> {
        var result: Result<T>? = null
    }

    companion object {
        fun options(
            attestsKey: Boolean = true,
            endpoints: List<String> = listOf("https://attest.example"),
            abi: String? = null,
            build: String = "1.0+1",
            audiences: Map<String, String> = mapOf(AUDIENCE to AUDIENCE),
        ) = ClientOptions(endpoints, "com.example.app", build, audiences, abi, attestsKey)

        fun code(): CodeImage = MemoryImage(mapOf(Segment("classes.dex", SegmentKind.DEX, 3) to byteArrayOf(1, 2, 3)))
    }
}
