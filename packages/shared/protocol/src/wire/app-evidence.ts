/** Environments of App Attest: builds from Xcode have keys of their own in `development`. */
export const appAttestEnvironments = ['production', 'development'] as const

/** What App Attest evidence of an app is held against. */
export interface AppAttestSettings {
  /** Team id, a dot, bundle id. */
  app_ids: string[]
  environments: (typeof appAttestEnvironments)[number][]
  /** `macos`: certificates must state the full security of a Mac. */
  system: 'ios' | 'macos'
}

/** What Android Key Attestation of an app is held against, beside its package and signers. */
export interface AndroidKeySettings {
  /**
   * New installation keys that one attestation key may vouch for within a day (UTC): that of one `device` (remotely
   * provisioned), or of a `batch` of devices (provisioned in the factory).
   */
  enrolments_per_day: { device: number; batch: number }
}

/** What Play Integrity evidence of an app is held against, beside its package and signers. */
export interface PlayIntegritySettings {
  /** `classic`: decrypted here, with the app's own keys. `standard`: decoded by Google, within the budget. */
  request: 'classic' | 'standard'
  /** Calls to Google within a day (UTC). */
  calls_per_day: number
  /** Seconds that a verdict may be old when it arrives. */
  max_age: number
}

/** The kinds of platform evidence that an app may send. What is not here is refused. */
export interface AppEvidence {
  apple_app_attest?: AppAttestSettings | undefined
  android_key_attestation?: AndroidKeySettings | undefined
  play_integrity?: PlayIntegritySettings | undefined
}

/** Of `PUT /v1/apps/{app}/play-integrity-keys`: base64 as the Play Console gives them out. Never read back. */
export interface PlayIntegrityKeysInput {
  /** AES-256, wraps the key of each token. */
  decryption: string
  /** Public, on P-256: verifies each verdict. */
  verification: string
}

/** How the installation key is kept: by software, by software with hardware that vouches for it, or in hardware itself. */
export const holderKeys = ['software', 'vouched', 'hardware'] as const
export type HolderKey = (typeof holderKeys)[number]

/** Names of policies: of an operator's own, and of the built-in ones. */
export const policyIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Answer to `GET /v1/policies/{id}`. */
export interface StoredPolicy {
  id: string
  /** 1, 2, 3 …: one more at each change. */
  version: number
  preset: boolean
  /** As it was saved; a preset's, to start from. */
  document: unknown
  /** RFC 3339; null for a preset. */
  created_at: string | null
}
