package dev.assay.core.measurement

/** Bounds of what a plan may ask for. A plan that exceeds them is refused before anything is read. */
internal object PlanLimits {
    /** Bytes of a plan. */
    const val LONGEST_PLAN = 16_384

    /** Covered segments of an image. */
    const val MOST_SEGMENTS = 4096

    /** Reads of each image. */
    const val MOST_READS = 64

    /** Pieces that one stride or walk reads. */
    const val MOST_PIECES = 64

    /** Bytes that all reads of one image fold together. */
    const val MOST_BYTES = 131_072L

    /** Bytes of one piece. */
    const val LONGEST_PIECE = 4096

    /** Bytes from one piece of a stride to the next. */
    const val LONGEST_STEP = 0x7fffffff

    /** Names of each kind. */
    const val MOST_NAMES = 64
}
