package dev.assay.core.measurement

import dev.assay.core.wire.Label
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.lengthPrefixed
import dev.assay.core.wire.sha256
import dev.assay.core.wire.uint64

private const val SHAPE_LENGTH = 8

/**
 * Shape of an image: 8 bytes of SHA-256 over names and lengths of its segments, in name order, as 11 base64url
 * characters. It says which of the images that are registered a store may have made of the build, and proves nothing.
 *
 * @param abi of an installation from splits, of which only the module `base` counts: a device need not have others
 * @return `null` for an image that no plan could cover
 */
public fun shapeOf(segments: List<Segment>, abi: String?): String? {
    val own = segments.filter { abi == null || it.name.startsWith("base/") }
    val covered = try {
        coveredSegments(own, Coverage.IMAGE)
    } catch (_: MeasurementException) {
        return null
    }
    val parts = covered.flatMap { listOf(lengthPrefixed(it.name), uint64(it.length)) }
    return encodeBase64Url(sha256(Label.SHAPE.bytes, *parts.toTypedArray()).copyOf(SHAPE_LENGTH))
}
