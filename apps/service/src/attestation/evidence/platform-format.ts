import type { Verified } from '@assay/evidence'
import type { App, EvidenceItem, PublicJwk } from '@assay/protocol'
import type { Anchor, Installation } from '../installation.ts'

/** What a piece of evidence is held against. */
export interface Asked {
  app: App
  /** The installation key that signed. */
  key: PublicJwk
  /** What is remembered of the installation, if it is known. */
  installation: Installation | undefined
  /** base64url(SHA-256(label ‖ client data)). */
  binding: string
  /** The challenge's 48 bytes, where it was issued for a key that is installation key and anchor in one. */
  oneKeyChallenge: Uint8Array | undefined
  /** Unix seconds. */
  now: number
}

/** A piece of evidence that is in order, and what is to be kept of it. */
export interface Accepted {
  verified: Verified<unknown>
  /** Claims to remember; undefined: evidence for this exchange only. */
  remembered?: unknown
  anchor?: Anchor
  /** New installation keys that the anchor may vouch for within a day; left out: one at a time. */
  perDay?: number
  /** The key that later assertions verify with. */
  assertionKey?: PublicJwk
  /** Of an assertion. */
  counter?: number
  receipt?: Uint8Array
}

/** One kind of evidence item, wired to anchors, vendors and an app's settings. */
export interface PlatformFormat {
  /** The `format` of its items. */
  readonly name: string
  /** Calls a vendor: comes after everything that is local. */
  readonly isRemote: boolean
  /** Whether it can attest the installation key itself, for a challenge that was issued for a key to be made. */
  readonly attestsInstallationKey?: boolean
  /** Name of the format whose items its anchor signs: remembered claims count only beside a new one. */
  readonly signedBy?: string
  /** Whether the app may send it. */
  isConfigured(app: App): boolean
  /** @throws EvidenceError, AttestationDenied, ProblemError `enrolment_required`; anything else is a malfunction */
  accept(item: EvidenceItem, asked: Asked): Promise<Accepted>
  /** Remembered claims, held against what is expected today. Throws as `accept`. Left out: nothing is remembered. */
  recall?(remembered: unknown, asked: Pick<Asked, 'app' | 'now'>): Promise<Verified<unknown>>
  /** The version code that the claims state of the package; left out, or `undefined`: they state none. */
  versionCode?(verified: Verified<unknown>, packageName: string): number | undefined
  /** Whether secure hardware signed the claims, about a key that it holds; left out: it never does. */
  isOfHardware?(verified: Verified<unknown>): boolean
}
