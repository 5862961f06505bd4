package dev.assay.core.measurement

import dev.assay.core.wire.utf8

/**
 * The segments that a coverage includes, in name order: that of the names' unsigned UTF-8 bytes. Kotlin compares text
 * by UTF-16 units, which gives another order, and its bytes are signed.
 *
 * @throws MeasurementException `IMAGE_EMPTY` if it includes none, `IMAGE_SEGMENTS` for more than 4096 of them or two
 *   with one name
 */
public fun coveredSegments(segments: List<Segment>, coverage: Coverage): List<Segment> {
    val covered = segments.filter { coverage == Coverage.IMAGE || it.kind == SegmentKind.SCRIPT || it.kind == SegmentKind.HERMES }
    must(covered.isNotEmpty(), MeasurementCode.IMAGE_EMPTY)
    val isEachOnce = covered.map(Segment::name).toSet().size == covered.size
    must(covered.size <= PlanLimits.MOST_SEGMENTS && isEachOnce, MeasurementCode.IMAGE_SEGMENTS)
    return covered.map { utf8(it.name) to it }.sortedWith { (a), (b) -> compareUnsigned(a, b) }.map { it.second }
}

internal fun compareUnsigned(a: ByteArray, b: ByteArray): Int {
    for (i in 0 until minOf(a.size, b.size)) {
        val difference = (a[i].toInt() and 0xff) - (b[i].toInt() and 0xff)
        if (difference != 0) return difference
    }
    return a.size - b.size
}
