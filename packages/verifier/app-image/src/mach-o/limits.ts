/** Limits for an executable, so that a hostile one costs no more memory and time than an honest one. */
export const machOLimits = {
  /** Slices of a universal file. There are not that many kinds of processors. */
  slices: 32,
  /** Bytes of the load commands of one slice. Those of large apps have some twenty thousand. */
  commands: 1024 * 1024,
  /** Bytes of the signatures of all slices. Two directories for 1 GiB in pages of 4 KiB have 14 million. */
  signatures: 32 * 1024 * 1024,
  /** Blobs of one signature. Real ones have up to ten. */
  blobs: 64,
  /** Bytes of the CMS signature. Real ones have up to twenty thousand. */
  cms: 256 * 1024,
  /** Signers of the CMS signature. Real ones have one. */
  signers: 4,
  /** Page hashes of all directories. The same 1 GiB has half a million. */
  pages: 1024 * 1024,
  /** Sections of one segment. Real ones have some thirty. */
  sections: 256,
  /** Bytes of an identifier. */
  text: 1024,
} as const
