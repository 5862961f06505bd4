package dev.assay.core.measurement

import dev.assay.core.wire.Label
import dev.assay.core.wire.concat
import dev.assay.core.wire.lengthPrefixed
import dev.assay.core.wire.sha256
import dev.assay.core.wire.uint32
import dev.assay.core.wire.uint64
import java.security.MessageDigest

/** A covered segment with its digest D under one seed, 32 bytes. */
public class DigestedSegment(public val name: String, public val length: Long, public val digest: ByteArray)

/**
 * Whole-code digest of an image under one seed. Neither E nor any D is ever sent or logged.
 *
 * @property image E: 32 bytes over all covered segments
 * @property segments in name order
 */
public class ImageDigest(public val image: ByteArray, public val segments: List<DigestedSegment>)

/**
 * Reads every covered byte. The seed comes before the data, so that no digest or mid-state stored earlier answers.
 *
 * @param seed 32 bytes
 * @throws MeasurementException `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 * @throws IllegalStateException if the reader gives more or fewer bytes than it stated
 */
public fun digestImage(image: CodeImage, coverage: Coverage, seed: ByteArray): ImageDigest {
    val segments = coveredSegments(image.segments, coverage).map { segment ->
        val hash = MessageDigest.getInstance("SHA-256")
        hash.update(segmentHead(seed, segment.name, segment.length))
        var length = 0L
        image.readAll(segment.name) { bytes, offset, count ->
            hash.update(bytes, offset, count)
            length += count
        }
        check(length == segment.length) { "image: missing or wrong" }
        DigestedSegment(segment.name, segment.length, hash.digest())
    }
    val head = concat(Label.IMAGE.bytes, seed, uint32(segments.size.toLong()))
    return ImageDigest(sha256(head, *segments.map(DigestedSegment::digest).toTypedArray()), segments)
}

/** The prefix of D. */
internal fun segmentHead(seed: ByteArray, name: String, length: Long): ByteArray =
    concat(Label.SEGMENT.bytes, seed, lengthPrefixed(name), uint64(length))
