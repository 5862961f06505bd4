/** Bytes of a published list of boot keys. */
export const largestBootKeyList = 64 * 1024
/** Keys of one list, and lists of one service. */
export const mostBootKeys = 256
export const mostBootKeySets = 16
