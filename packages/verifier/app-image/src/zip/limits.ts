/**
 * What an archive may ask for. Sizes are the declared ones; reading an entry refuses one that yields anything else
 * than it declares.
 */
export const zipLimits = {
  /** Bytes of the central directory. 65,535 entries with names of 200 bytes need 16 MiB. */
  centralDirectory: 32 * 1024 * 1024,
  /** Bytes of one entry, uncompressed. */
  entry: 1024 * 1024 * 1024,
  /** Bytes of all entries together, uncompressed. */
  total: 4 * 1024 * 1024 * 1024,
  /** Times that all entries together may be larger than the file, once they are larger than `ratioFrom`. */
  ratio: 100,
  ratioFrom: 256 * 1024 * 1024,
  /** DEFLATE cannot expand by more than this factor (1032), so a larger claim is false. */
  deflate: 1040,
} as const
