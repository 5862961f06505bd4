import type { VouchingKeyKind, HolderKey, PublicJwk } from '@assay/protocol'
import type { SaidDevice } from '@assay/protocol/schemas'

/** Claims of one format, kept until the installation sends new ones. */
export interface RememberedEvidence {
  format: string
  /** As the format's `remember` gave them. */
  claims: unknown
  /** When they were verified. Milliseconds since 1970. */
  verifiedAt: number
}

/** The key that limits and bans attach to. */
export interface VouchingKeyId {
  kind: VouchingKeyKind
  /** Digest that names the key. */
  id: string
}

/** What is remembered about an installation with platform evidence. */
export interface Installation {
  app: string
  /** JWK thumbprint of the installation key: the one thing by which an installation is found. */
  thumbprint: string
  /** Version code of the newest build that the installation attested with. */
  versionCode: number
  /** ABI of its native code, set once it attests with a build that is registered by ABI; it never changes. */
  abi: string | undefined
  holderKey: HolderKey
  vouchingKey: VouchingKeyId | undefined
  evidence: readonly RememberedEvidence[]
  /** The key that verifies later assertions, and the last counter. */
  assertion: { key: PublicJwk; counter: number } | undefined
  /** Binding of the client data that was accepted last: repeating it after a malfunction is not a replay. */
  binding: string
  /** {@link pseudonymIndex} of the name that each token has for the installation: the operator finds it by these. */
  names: readonly number[]
  createdAt: number
}

/** What an enrolment writes. */
export interface Enrolment extends Omit<Installation, 'createdAt'> {
  /** What the device says of itself, for people. */
  saidDevice: SaidDevice | null
  /** The vendor's receipt, as received: the vendor requires it when asked for a newer one. */
  receipt: Uint8Array | undefined
  /** Whether the vouching key vouches for the key in this exchange, not just in an earlier one. */
  isVouchedAnew: boolean
  /** New installation keys that the vouching key may vouch for within a day; undefined: only one, the newest. */
  perDay: number | undefined
  /** New installations of the app a day without a vouching key; undefined: any number. */
  unvouchedPerDay: number | undefined
}

/**
 * The first 48 bits of a pseudonym, as a number: enough to find an installation among millions, but too little to
 * reveal the pseudonym.
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
  /** Names that the installation has not had yet. */
  newNames: readonly number[]
}

/** What a refresh writes before it is judged. */
export type EarlyRefreshment = Omit<Refreshment, 'newNames'>

/** What is remembered about an installation, read in one step. */
export interface Recollection {
  /** The installation as it was before anything was recorded. */
  installation: Installation
  /** Whether the operator has banned its vouching key. */
  isBanned: boolean
  /** Other installation keys that its vouching key has vouched for today. */
  enrolmentsToday: number
  /** Whether the refresh has been written in the same step. */
  isRecorded: boolean
}

/** The result of writing. Unless it is `ok`, nothing was changed. */
export type Kept =
  | 'ok'
  /** The installation attested with a newer build before. */
  | 'older_build'
  /** The vouching key has reached its number of new installation keys for today. */
  | 'vouching_key_spent'
  /** The app has reached its number of enrolments without a vouching key for today. */
  | 'unvouched_spent'
  /** An assertion with this counter, or a later one, came before. */
  | 'counter_used'
  /** The installation is not remembered. */
  | 'unknown'
