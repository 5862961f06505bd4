package dev.assay.core.measurement

/** How a segment is executed. */
public enum class SegmentKind(public val text: String) {
    DEX("dex"),
    NATIVE("native"),
    SCRIPT("script"),
    HERMES("hermes"),
}

/**
 * One named run of bytes of a code image. Names are unique within an image.
 *
 * @property length bytes
 */
public class Segment(public val name: String, public val kind: SegmentKind, public val length: Long)

/** Takes bytes that were read, `length` of them from `offset` of `bytes`, which are valid until it returns. */
public typealias TakePiece = (bytes: ByteArray, offset: Int, length: Int) -> Unit

/**
 * Reads the bytes that a build executes: the app's own code and nothing else. Used from one thread at a time. A reader
 * that cannot deliver throws its own exception: that is a malfunction, never a mismatch.
 */
public interface CodeImage {
    /** All of them, in any order. */
    public val segments: List<Segment>

    /**
     * Why fresh reads cost more than they could, since the last [readAll]: `code_size`, `free_space` or `write_failed`; `null`
     * if they do not.
     */
    public val cacheFault: String? get() = null

    /** Every byte of a segment, in order, in pieces of any length. */
    public fun readAll(name: String, take: TakePiece)

    /** Exactly `length` bytes of a segment from `offset`. Callers stay inside the segment. */
    public fun read(name: String, offset: Long, length: Int): ByteArray
}

/**
 * The part of an image that a plan covers: if a device need not have all modules of an app, the modules that the plan
 * names.
 */
internal fun Plan.imageOf(whole: CodeImage): CodeImage = if (modules == null) whole else ModulesOf(whole, segmentsOf(whole.segments))

internal fun Plan.segmentsOf(all: List<Segment>): List<Segment> =
    modules?.let { wanted -> all.filter { it.name.substringBefore('/', "") in wanted } } ?: all

private class ModulesOf(image: CodeImage, override val segments: List<Segment>) : CodeImage by image

/** A code image of bytes in memory. */
public class MemoryImage(private val contents: Map<Segment, ByteArray>) : CodeImage {
    override val segments: List<Segment> = contents.keys.toList()

    override fun readAll(name: String, take: TakePiece) {
        val bytes = bytesOf(name)
        take(bytes, 0, bytes.size)
    }

    override fun read(name: String, offset: Long, length: Int): ByteArray =
        bytesOf(name).copyOfRange(offset.toInt(), offset.toInt() + length)

    private fun bytesOf(name: String): ByteArray = contents.entries.first { it.key.name == name }.value
}
