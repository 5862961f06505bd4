// Only constants, so that a bundler inlines their values.

/** Maximum bytes of a plan. */
export const longestPlan = 16_384
/** Maximum number of covered segments of an image. */
export const mostSegments = 4096
/** Maximum number of reads for each image of a plan. */
export const mostReads = 64
/** Maximum number of pieces of one stride or walk. */
export const mostPieces = 64
/** Maximum bytes that all reads of one image fold in total. */
export const mostBytes = 131_072
/** Maximum bytes of one piece. */
export const longestPiece = 4096
/** Maximum bytes from one piece of a stride to the next. */
export const longestStep = 0x7fffffff
/** Maximum number each of probes, functions shown and exercises of a plan. */
export const mostNames = 64
