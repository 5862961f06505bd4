package dev.assay

import dev.assay.core.client.CodeImageOpener
import dev.assay.core.client.Clock
import dev.assay.core.client.KeyStore
import dev.assay.core.client.Probe
import dev.assay.core.client.SDK
import dev.assay.core.client.StateStore
import dev.assay.core.client.asAnswer
import dev.assay.core.measurement.Coverage
import dev.assay.core.measurement.digestImage
import dev.assay.core.VendorException
import dev.assay.core.wire.Json

/**
 * What a person with a device runs once to fill in the checklist: each step runs by itself, so that a failure hides no
 * other.
 *
 * @param device properties of the device that name its model but no person
 * @param keys a separate store, with the name of the place where its keys are kept
 */
public class SelfTest(
    private val device: () -> Map<String, Any?>,
    private val keys: Map<String, KeyStore>,
    private val image: CodeImageOpener,
    private val state: StateStore,
    private val probes: List<Probe>,
    private val clock: Clock,
) {
    internal fun run(): String {
        val report = linkedMapOf<String, Any?>("v" to 1, "sdk" to SDK)
        report["device"] = step { device() }
        for ((name, store) in keys) report["key_$name"] = step { keySteps(store) }
        report["image"] = step(::imageSteps)
        report["state"] = step(::stateSteps)
        report["probes"] = probes.associate { probe -> probe.name to step { mapOf("answer" to asAnswer(probe.ask(emptyList()))) } }
        return Json.write(report)
    }

    private fun keySteps(store: KeyStore): Map<String, Any?> {
        val found = linkedMapOf<String, Any?>()
        try {
            val attested = timed(found, "attested_ms") { store.create(ByteArray(43) { 'A'.code.toByte() }) }
            found["chain"] = (attested.attestation?.get("chain") as List<*>?)?.size
            val opened = timed(found, "open_ms") { checkNotNull(store.open()) { "the key has gone" } }
            found["same"] = opened.publicJwk == attested.publicJwk
            repeat(SIGNATURES) { timed(found, "sign_${it}_ms") { opened.sign(ByteArray(256)) } }
        } finally {
            store.clear()
        }
        return found
    }

    private fun imageSteps(): Map<String, Any?> {
        val found = linkedMapOf<String, Any?>()
        val image = timed(found, "open_ms") { image.open() }
        val digest = timed(found, "digest_ms") { digestImage(image, Coverage.IMAGE, ByteArray(32)) }
        found["segments"] = digest.segments.associate { it.name to it.length }
        (image as? AutoCloseable)?.close()
        return found
    }

    private fun stateSteps(): Map<String, Any?> {
        val found = linkedMapOf<String, Any?>()
        timed(found, "lock_ms") { check(state.tryAcquire()) { "another process holds the lock" } }
        try {
            timed(found, "save_ms") { state.save("self-test", "1") }
            found["kept"] = state.load("self-test") == "1"
            state.save("self-test", null)
        } finally {
            state.release()
        }
        return found
    }

    private fun <T> timed(into: MutableMap<String, Any?>, name: String, work: () -> T): T {
        val begun = clock.monotonic()
        return work().also { into[name] = (clock.monotonic() - begun).toLong() }
    }

    private fun step(work: () -> Map<String, Any?>): Map<String, Any?> = try {
        work()
    } catch (fault: VendorException) {
        mapOf("fault" to fault.vendorCode)
    } catch (fault: Exception) {
        mapOf("fault" to fault.javaClass.simpleName)
    } catch (fault: LinkageError) {
        mapOf("fault" to fault.javaClass.simpleName)
    }

    private companion object {
        const val SIGNATURES = 3
    }
}
