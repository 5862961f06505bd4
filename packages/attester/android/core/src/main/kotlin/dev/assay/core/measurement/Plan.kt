package dev.assay.core.measurement

import dev.assay.core.wire.decodeBase64Url

/** How a read moves through its segment, and the byte for it in a step of the chain. */
public enum class Operation(public val text: String, public val byte: Byte) {
    /** One piece. */
    RANGE("range", 1),

    /** Pieces at a distance from each other, wrapping at the segment's end, folded in one step. */
    STRIDE("stride", 2),

    /** Pieces that are folded one by one; what was read decides where the next one starts. */
    WALK("walk", 3),
}

/**
 * One thing to read. Where reading starts is not in the plan: the challenge decides it.
 *
 * @property operation how the pieces follow each other and are folded
 * @property segment counts the covered segments in name order, from 0
 * @property length bytes of a piece; a shorter segment is read whole
 * @property count pieces
 * @property step bytes from one piece of a stride to the next
 */
public class Read(
    public val operation: Operation,
    public val segment: Int,
    public val length: Int,
    public val count: Int,
    public val step: Int,
)

/**
 * The part of an image that is measured.
 *
 * @property text as plans have it
 */
public enum class Coverage(public val text: String) {
    /** Every segment. */
    IMAGE("image"),

    /** Scripts and Hermes bytecode only. */
    SCRIPTS("scripts"),
}

/**
 * A measurement plan: what to read and to ask, and nothing that could loop or branch.
 *
 * @property app id of the app that it is for
 * @property build id of the build that it is for
 * @property epoch in which `seed` keys the digest; the challenge names the same one
 * @property coverage the part of the image that is measured
 * @property reads 1 to 64 reads, folded in this order
 * @property probes names of the probes to ask
 */
public class Plan(
    public val app: String,
    public val build: String,
    public val epoch: Long,
    /** Base64url of the 32 bytes that key the whole-code digest in this epoch. */
    public val seed: String,
    public val coverage: Coverage,
    /** For builds registered by ABI: the ABI of the native code in the image. */
    public val abi: String?,
    /** For such builds with optional modules: the modules that count. A segment is named `MODULE/path`. */
    public val modules: List<String>?,
    public val reads: List<Read>,
    /** Reads of a second image, which no Android build has. */
    public val textReads: List<Read>?,
    /** Functions whose text is compared; compiled code has none to show. */
    public val show: List<String>,
    /** Exercises to carry out on input that the challenge decides. */
    public val run: List<String>,
    public val probes: List<String>,
) {
    /** The 32 bytes. */
    public fun seedBytes(): ByteArray = checkNotNull(decodeBase64Url(seed))
}
