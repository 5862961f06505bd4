/** Milliseconds since 1970. */
export type Clock = () => number

/** That many bytes of cryptographic randomness. */
export type Random = (length: number) => Uint8Array
