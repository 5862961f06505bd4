package dev.assay.core.vectors

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.client.isReference
import dev.assay.core.client.isVisibleText
import dev.assay.core.measurement.Coverage
import dev.assay.core.measurement.ImageDigest
import dev.assay.core.measurement.MeasurementCode
import dev.assay.core.measurement.MeasurementException
import dev.assay.core.measurement.MemoryImage
import dev.assay.core.measurement.Plan
import dev.assay.core.measurement.PlanExpectation
import dev.assay.core.measurement.Read
import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.Operation
import dev.assay.core.measurement.carryOut
import dev.assay.core.measurement.checkPlanFits
import dev.assay.core.measurement.coveredSegments
import dev.assay.core.measurement.digestImage
import dev.assay.core.measurement.imageOf
import dev.assay.core.measurement.parsePlan
import dev.assay.core.measurement.segmentsOf
import dev.assay.core.measurement.segmentHead
import dev.assay.core.measurement.startOf
import dev.assay.core.measurement.shapeOf
import dev.assay.core.orFail
import dev.assay.core.wire.ClientData
import dev.assay.core.wire.MeasurementResponse
import dev.assay.core.wire.PublicJwk
import dev.assay.core.wire.bindingOf
import dev.assay.core.wire.clientDataSigningInput
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.numberAt
import dev.assay.core.wire.sha256

fun plan(input: Input): Any {
    val plan = parsePlan(input.base64("plan"))
    val segments = input.members("segments").map { Segment(it.text("name"), kindOf(it.text("kind")), it.whole("length")) }
    checkPlanFits(plan, plan.segmentsOf(segments), expectationOf(input, input.texts("exercises").toSet()))
    // What carrying it out looks at first.
    val challenge = input.base64("challenge")
    if (numberAt(challenge, 8, 4) != plan.epoch) throw MeasurementException(MeasurementCode.PLAN_EPOCH)
    return membersOf(plan)
}

private fun expectationOf(input: Input, exercises: Set<String> = setOf("refusal.1")) =
    PlanExpectation(input.text("app"), input.text("build"), input["abi"] as String?, probeNames(input), exercises)

private fun probeNames(input: Input): Set<String> =
    (input["probes"] as List<*>).map { if (it is List<*>) it[0] as String else it as String }.toSet()

private fun membersOf(plan: Plan): Map<String, Any?> {
    val members = linkedMapOf<String, Any?>(
        "v" to 1L,
        "app" to plan.app,
        "build" to plan.build,
        "epoch" to plan.epoch,
        "seed" to plan.seed,
        "coverage" to plan.coverage.text,
    )
    plan.abi?.let { members["abi"] = it }
    plan.modules?.let { members["modules"] = it }
    members["reads"] = plan.reads.map(::membersOf)
    plan.textReads?.let { members["text"] = mapOf("reads" to it.map(::membersOf)) }
    members["live"] = mapOf("show" to plan.show, "run" to plan.run)
    members["probes"] = plan.probes
    return members
}

private fun membersOf(read: Read): Map<String, Any> {
    val members = linkedMapOf<String, Any>("op" to read.operation.text, "segment" to read.segment.toLong(), "length" to read.length.toLong())
    if (read.operation != Operation.RANGE) members["count"] = read.count.toLong()
    if (read.operation == Operation.STRIDE) members["step"] = read.step.toLong()
    return members
}

fun image(input: Input): Any? = when (val op = input.text("op")) {
    "digest" -> digestMembers(digestImage(imageOf(input), coverageOf(input), input.base64("seed")))
    "head" -> hex(segmentHead(input.base64("seed"), input.text("name"), input.whole("length")))
    "order" -> coveredSegments(input.segments().map { it.first }, coverageOf(input)).map(Segment::name)
    "shape" -> shapeOf(input.segments().map { it.first }, input["abi"] as String?)
    else -> error("unknown operation $op")
}

private fun digestMembers(digest: ImageDigest) = mapOf(
    "image" to encodeBase64Url(digest.image),
    "segments" to digest.segments.map { mapOf("name" to it.name, "digest" to encodeBase64Url(it.digest)) },
)

private fun coverageOf(input: Input) = Coverage.entries.first { it.text == input.text("coverage") }

private fun imageOf(input: Input) = MemoryImage(input.segments().toMap())

fun fold(input: Input): Any {
    if (input["op"] == "start") return startOf(unhex(input.text("chain")), input.whole("places"))
    val planBytes = input.base64("plan")
    val plan = parsePlan(planBytes).let { if (input["op"] == "text") textPlan(it) else it }
    val image = plan.imageOf(imageOf(input))
    checkPlanFits(plan, image.segments, PlanExpectation(plan.app, plan.build, plan.abi, plan.probes.toSet()))
    val digest = digestImage(image, plan.coverage, plan.seedBytes())
    val carried = carryOut(plan, planBytes, input.base64("challenge"), digest, image, input.probes())
    return mapOf("image" to encodeBase64Url(digest.image), "response" to carried.response, "tags" to pairs(carried.tags))
}

/** The part of a plan for a second image; Android has none, and the fold is the same. */
private fun textPlan(plan: Plan) = Plan(
    plan.app, plan.build, plan.epoch, plan.seed, Coverage.IMAGE, plan.abi, null, checkNotNull(plan.textReads), null, emptyList(), emptyList(), emptyList(),
)

private fun pairs(tags: Map<String, String>) = tags.map { listOf(it.key, it.value) }

fun clientDataCase(input: Input): Any {
    val reference = input["reference"] as String?
    if (reference != null && !isReference(reference)) throw RefusedCase("MISUSE")
    val measured = orFail(AssayErrorCode.MEASUREMENT_FAILED) { measured(input) }
    val key = input.member("key")
    val bytes = ClientData(
        challenge = input.text("challenge"),
        planDigest = encodeBase64Url(sha256(input.base64("plan"))),
        app = input.text("app"),
        build = input.text("build"),
        sdk = input.text("sdk"),
        audiences = input.texts("audiences"),
        key = PublicJwk(key.text("x"), key.text("y")),
        measurement = measured,
        hasText = "text" in input,
        probes = input.probes(),
        evidence = input.texts("evidence"),
        text = (input["text"] as List<*>?)?.let { textMeasured(input, it) },
        reference = reference,
        abi = input["abi"] as String?,
    ).bytes()
    return mapOf(
        "client_data" to encodeBase64Url(bytes),
        "binding" to bindingOf(bytes),
        "signed" to encodeBase64Url(sha256(clientDataSigningInput(bytes))),
    )
}

/** `null` where the image lacks what the plan reads. */
private fun textMeasured(input: Input, segments: List<*>): MeasurementResponse? {
    val planBytes = input.base64("plan")
    val plan = textPlan(parsePlan(planBytes))
    val image = imageOf(mapOf("segments" to segments))
    if (plan.reads.any { it.segment >= image.segments.size }) return null
    return carryOut(plan, planBytes, input.base64("challenge"), digestImage(image, plan.coverage, plan.seedBytes()), image, emptyMap())
}

private fun measured(input: Input): MeasurementResponse {
    // As the reader of answers takes it: text that is visible.
    val planBytes = input.text("plan").takeIf(::isVisibleText)?.let(::decodeBase64Url)
    val challenge = decodeBase64Url(input.text("challenge"))
    if (planBytes == null || challenge?.size != 48) throw AssayException(AssayErrorCode.RESPONSE_INVALID)
    val plan = parsePlan(planBytes)
    val image = imageOf(input)
    checkPlanFits(plan, image.segments, expectationOf(input))
    return carryOut(plan, planBytes, challenge, digestImage(image, plan.coverage, plan.seedBytes()), image, input.probes())
}
