package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.measurement.CodeImage
import dev.assay.core.measurement.ImageDigest
import dev.assay.core.measurement.PlanExpectation
import dev.assay.core.measurement.carryOut
import dev.assay.core.measurement.checkPlanFits
import dev.assay.core.measurement.coveredSegments
import dev.assay.core.measurement.digestImage
import dev.assay.core.measurement.imageOf
import dev.assay.core.measurement.parsePlan
import dev.assay.core.measurement.shapeOf
import dev.assay.core.orFail
import dev.assay.core.running.Lane
import dev.assay.core.running.Lifetime
import dev.assay.core.wire.MeasurementResponse
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.sha256

/** The result of measuring. `planDigest`: base64url(SHA-256) of the plan. */
internal class Measured(
    val measurement: MeasurementResponse,
    val hasText: Boolean,
    val probes: Map<String, Any>,
    val planDigest: String,
)

/**
 * Measures the app as plans ask. The whole-code digest is kept in memory as long as plans come with the same seed, that
 * is, for one epoch: then an attestation reads a few kilobytes instead of every byte of the app.
 */
internal class Measure(
    private val config: ClientConfig,
    private val lane: Lane,
    private val lifetime: Lifetime,
    private val events: Events,
) {
    private var opened: CodeImage? = null
    private var digest: ImageDigest? = null

    /** Seed and coverage of `digest`. */
    private var digestOf: String? = null

    /** The last fault of the code cache that was reported. */
    private var reported: String? = null

    /** The shape of the app. `null` if it cannot be read now: then measuring says why. */
    suspend fun shape(): String? = runCatching { lane.aside { shapeOf(image().segments, config.options.abi) } }.getOrNull()

    /**
     * @param planText base64url, as received
     * @param challengeText 64 characters, as received
     * @throws AssayException `plan_refused`, `measurement_failed`
     */
    suspend fun measure(planText: String, challengeText: String): Measured {
        try {
            return orFail(AssayErrorCode.MEASUREMENT_FAILED) { carryOutPlan(planText, challengeText) }
        } catch (error: AssayException) {
            // After a failed read the image is opened again, as after an update of the app.
            if (error.code == AssayErrorCode.MEASUREMENT_FAILED) forget()
            throw error
        }
    }

    private suspend fun carryOutPlan(planText: String, challengeText: String): Measured {
        val planBytes = decodeBase64Url(planText)
        val challenge = decodeBase64Url(challengeText)
        if (planBytes == null || challenge?.size != CHALLENGE_LENGTH) throw AssayException(AssayErrorCode.RESPONSE_INVALID)
        val plan = parsePlan(planBytes)
        val whole = lane.aside { image() }
        val image = plan.imageOf(whole)
        checkPlanFits(plan, image.segments, PlanExpectation(config.app, config.build, config.options.abi, config.probes.keys))
        val probes = ProbeRound(lane, lifetime).ask(plan.probes.map(config.probes::getValue), coveredSegments(image.segments, plan.coverage))
        val measurement = lane.aside {
            val digest = digest(whole, "${plan.seed} ${plan.coverage} ${plan.modules}") { digestImage(image, plan.coverage, plan.seedBytes()) }
            carryOut(plan, planBytes, challenge, digest, image, probes)
        }
        val fault = whole.cacheFault
        if (fault != null && fault != reported) events.emit(AssayEvent.CodeCacheUnavailable(fault))
        reported = fault
        return Measured(measurement, plan.textReads != null, probes, encodeBase64Url(sha256(planBytes)))
    }

    /** Runs off the lane, and only in one exchange at a time. */
    private fun image(): CodeImage = opened ?: config.ports.image.open().also { opened = it }

    private fun digest(image: CodeImage, of: String, make: () -> ImageDigest): ImageDigest {
        val known = digest
        if (known != null && digestOf == of && opened === image) return known
        return make().also {
            digest = it
            digestOf = of
        }
    }

    private fun forget() {
        (opened as? AutoCloseable)?.let { runCatching(it::close) }
        opened = null
        digest = null
    }

    private companion object {
        const val CHALLENGE_LENGTH = 48
    }
}
