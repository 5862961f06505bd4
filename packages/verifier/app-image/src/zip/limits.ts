/**
 * Limits for an archive. Sizes are the declared ones; reading an entry fails if it yields anything other than it
 * declares.
 */
export const zipLimits = {
  /** Bytes of the central directory. 65,535 entries with names of 200 bytes need 16 MiB. */
  centralDirectory: 32 * 1024 * 1024,
  /** Bytes of one entry, uncompressed. */
  entry: 1024 * 1024 * 1024,
  /** Bytes of all entries in total, uncompressed. */
  total: 4 * 1024 * 1024 * 1024,
  /** Maximum ratio of all entries in total to the file, once they exceed `ratioFrom`. */
  ratio: 100,
  ratioFrom: 256 * 1024 * 1024,
  /** DEFLATE cannot expand by more than this factor (1032), so a larger claim is false. */
  deflate: 1040,
} as const
