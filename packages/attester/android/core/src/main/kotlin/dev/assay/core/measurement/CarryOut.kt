package dev.assay.core.measurement

import dev.assay.core.wire.Json
import dev.assay.core.wire.Label
import dev.assay.core.wire.MeasurementResponse
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.hmacSha256
import dev.assay.core.wire.lengthPrefixed
import dev.assay.core.wire.uint32
import dev.assay.core.wire.utf8

/**
 * Carries out a plan: the SDK's side of measuring. Check it with [checkPlanFits] first.
 *
 * @param planBytes the exact bytes as received
 * @param challenge 48 bytes
 * @param digest of `image`, under the plan's coverage and seed
 * @param probes one answer for each probe of the plan
 * @throws MeasurementException `PLAN_EPOCH`, before anything is read
 */
public fun carryOut(
    plan: Plan,
    planBytes: ByteArray,
    challenge: ByteArray,
    digest: ImageDigest,
    image: CodeImage,
    probes: Map<String, Any>,
): MeasurementResponse {
    val folded = Fold(plan, planBytes, challenge, digest, image).carryOut()
    val response = hmacSha256(folded.key, folded.chain, conclusionOf(plan, probes), uint32(0))
    return MeasurementResponse(encodeBase64Url(response), tagsOf(digest, challenge))
}

/**
 * LP of the answers to the plan's probes, names and answers in the plan's order. Compiled code shows no function text, so
 * that the number of shown functions, which follows, is zero.
 */
internal fun conclusionOf(plan: Plan, probes: Map<String, Any>): ByteArray =
    lengthPrefixed(Json.write(plan.probes.map { listOf(it, probes.getValue(it)) }))

/** Bytes that names and tags may take up in client data, as JSON; segments that do not fit get no tag. */
private const val ROOM_FOR_TAGS = 24_576

/**
 * HMAC(D, label ‖ challenge) truncated to 8 bytes for each covered segment: shows the operator which one differs, but
 * decides nothing.
 */
internal fun tagsOf(digest: ImageDigest, challenge: ByteArray): Map<String, String> {
    val tags = LinkedHashMap<String, String>()
    var left = ROOM_FOR_TAGS
    for (segment in digest.segments) {
        // Besides the quoted name: colon, comma, quotes and eleven base64url characters.
        left -= utf8(Json.write(segment.name)).size + 15
        if (left < 0) break
        tags[segment.name] = encodeBase64Url(hmacSha256(segment.digest, Label.TAG.bytes, challenge).copyOf(8))
    }
    return tags
}
