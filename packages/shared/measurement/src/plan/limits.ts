// Constants and nothing else, so that a bundler writes their values where they are used.

/** Bytes of a plan, at most. */
export const longestPlan = 16_384
/** Covered segments of an image, at most. */
export const mostSegments = 4096
/** Reads of each image of a plan, at most. */
export const mostReads = 64
/** Pieces that one stride or walk reads, at most. */
export const mostPieces = 64
/** Bytes that all reads of one image fold together, at most. */
export const mostBytes = 131_072
/** Bytes of one piece, at most. */
export const longestPiece = 4096
/** Bytes from one piece of a stride to the next, at most. */
export const longestStep = 0x7fffffff
/** Probes, functions shown and exercises of a plan, at most, each. */
export const mostNames = 64
