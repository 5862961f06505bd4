import type { VouchingKeyKind, HolderKey, PublicJwk } from '@assay/protocol'

/** Claims of one format, kept until the installation sends new ones. */
export interface RememberedEvidence {
  format: string
  /** As the format's `remember` gave them. */
  claims: unknown
  /** When they were verified. Milliseconds since 1970. */
  verifiedAt: number
}

/** The key that limits and bans attach to. */
export interface VouchingKey {
  kind: VouchingKeyKind
  /** Digest that names the key. */
  id: string
}

/** What is remembered about an installation with platform evidence. */
export interface Installation {
  app: string
  /** JWK thumbprint of the installation key: the one thing by which an installation is found. */
  thumbprint: string
  /** Version code of the newest build that it attested with. */
  versionCode: number
  /** ABI of its native code, once it attested with a build that is registered by ABI; it never changes. */
  abi: string | undefined
  holderKey: HolderKey
  vouchingKey: VouchingKey | undefined
  evidence: readonly RememberedEvidence[]
  /** The key that later assertions verify with, and the last counter. */
  assertion: { key: PublicJwk; counter: number } | undefined
  /** Binding of the client data that was accepted last: repeating it after a malfunction is not a replay. */
  binding: string
  /** {@link pseudonymIndex} of what each token calls the installation: by these the operator finds it. */
  names: readonly number[]
  createdAt: number
}

/** What an enrolment writes. */
export interface Enrolment extends Omit<Installation, 'createdAt'> {
  /** The vendor's receipt, as received: the vendor requires it when asked for a newer one. */
  receipt: Uint8Array | undefined
  /** Whether the vouching key vouches for the key in this exchange, and not only in an earlier one. */
  isVouchedAnew: boolean
  /** New installation keys that the vouching key may vouch for within a day; undefined: one at a time, the newest. */
  perDay: number | undefined
  /** New installations of the app within a day for whose keys nothing vouches; undefined: any number. */
  unvouchedPerDay: number | undefined
}

/**
 * The first 48 bits of a pseudonym, as a number: enough to find an installation among millions, and too little to tell
 * the pseudonym.
 *
 * @param pseudonym base64url
 */
export function pseudonymIndex(pseudonym: string): number {
  return Buffer.from(pseudonym.padEnd(8, 'A').slice(0, 8), 'base64url').readUIntBE(0, 6)
}

/** What a refresh writes. */
export interface Refreshment extends Pick<
  Installation,
  'app' | 'thumbprint' | 'versionCode' | 'abi' | 'binding'
> {
  /** Counter of the assertion; undefined if none was needed. */
  counter: number | undefined
  /** Names that it has not had yet. */
  newNames: readonly number[]
}

/** What a refresh writes before it is judged. */
export type EarlyRefreshment = Omit<Refreshment, 'newNames'>

/** What is remembered of an installation, told at once. */
export interface Recollection {
  /** As it was before anything was noted. */
  installation: Installation
  /** Whether the operator has banned its vouching key. */
  isBanned: boolean
  /** Other installation keys that its vouching key has vouched for today. */
  enrolmentsToday: number
  /** Whether the refresh has been written in the same step. */
  isNoted: boolean
}

/** The result of writing. Nothing is changed unless it is `ok`. */
export type Kept =
  | 'ok'
  /** The installation attested with a newer build before. */
  | 'older_build'
  /** The vouching key vouched for as many new installation keys today as it may. */
  | 'vouching_key_spent'
  /** As many installations without a vouching key have enrolled today as may. */
  | 'unvouched_spent'
  /** An assertion with this counter, or a later one, came before. */
  | 'counter_used'
  /** The installation is not remembered. */
  | 'unknown'
