/** The Android API levels, both ends included, that a verdict must hold for. */
export interface SdkRange {
  readonly minSdk: number
  readonly maxSdk: number
}

/** API levels at which the platform changed how it verifies JAR signatures. */
export const apiLevel = {
  /** 2.3: SHA-384 and SHA-512 in manifests. */
  gingerbread: 9,
  /** 4.3: the strongest digest counts, not the first one named. */
  jellyBeanMr2: 18,
  /** 4.4: the digest in signed attributes is compared. */
  kitKat: 19,
  /** 7.0: all signer infos are tried, and the content type in signed attributes is compared. */
  nougat: 24,
} as const
