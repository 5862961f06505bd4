import type { Eventually } from '@assay/measurement'
import type { EvidenceItem, EvidencePurpose, PublicJwk } from '@assay/protocol'

/** The installation key: P-256, made on the device and kept as well as the platform allows. */
export interface InstallationKey {
  readonly publicJwk: PublicJwk
  /** ES256 over `data`: 64 bytes, r then s (IEEE P1363). */
  sign(data: Uint8Array): Eventually<Uint8Array>
  /** Whether a token was given for it, as the store was told; not known: it has to enrol. */
  readonly isEnrolled?: boolean
}

/** Keeps one installation key over restarts of the app. */
export interface KeyStore {
  /** The key; made and kept where there is none yet. */
  open(): Promise<InstallationKey>
  /** Discards the key, makes another and keeps it. Called when the present one cannot be opened or cannot sign. */
  renew(): Promise<InstallationKey>
  /**
   * Keeps with the key that a token was given for it, so that it refreshes after a restart too. Left out: it enrols
   * then.
   */
  enrolled?(key: InstallationKey): Promise<unknown>
}

/**
 * Keeps a key of the platform's hardware that is made for a challenge of the service, and attested at its creation:
 * installation key and vouching key are one (Android Keystore).
 */
export interface AttestedKeyStore extends Omit<KeyStore, 'open' | 'renew'> {
  /** The key, where there is one. */
  open(): Promise<InstallationKey | undefined>
  /** Discards the key: the next exchange makes another. */
  renew(): Promise<undefined>
  /**
   * Makes a key whose attestation commits to `commitment` (43 base64url characters), and keeps it in place of
   * another.
   */
  attest(commitment: string): Promise<AttestedKey>
}

/** A key, and the evidence that it was made with. */
export interface AttestedKey {
  readonly key: InstallationKey
  readonly evidence: EvidenceItem
}

export type AnyKeyStore = (KeyStore & { attest?: undefined }) | AttestedKeyStore

export interface Clock {
  /** Milliseconds from any start, never set back. It may stand still while the device sleeps. */
  monotonic(): number
  /** Milliseconds since 1970 as the device trusts, right or wrong. */
  wall(): number
}

export interface Timers {
  /**
   * Calls `callback` once after `milliseconds`; the handle goes to `clear`, which accepts `undefined` too. What waits
   * in the `background` need not keep a process alive.
   */
  set(callback: () => void, milliseconds: number, background?: 'background'): unknown
  clear(handle: unknown): void
}

/** `length` bytes from a cryptographically strong source. */
export type RandomBytes = (length: number) => Uint8Array

/** Platform evidence, from an adapter over what the platform offers. */
export interface EvidenceSource {
  /**
   * Asked before client data is written, because client data names the kinds of evidence that follow. A source that
   * fails at a refresh, here or when it collects, is asked once more as for an enrolment. One that fails at an
   * enrolment fails the exchange: if its fault can last, it gives nothing at the next, and the service decides.
   *
   * @returns `undefined` where there is nothing to give for this purpose
   */
  prepare(purpose: EvidencePurpose): Eventually<PreparedEvidence | undefined>
}

/** One piece of evidence, of which only the commitment is missing. */
export interface PreparedEvidence {
  /** The `format` of the evidence item. */
  readonly format: string
  /** Evidence that commits to `binding` (43 base64url characters). */
  collect(binding: string): Eventually<EvidenceItem>
}

/**
 * What several clients of one installation share: the pages of a web app in several tabs, or the same page before
 * and after a reload. A failing store is treated as an empty one.
 */
export interface SharedState {
  load(): Promise<unknown>
  save(state: unknown): Promise<unknown>
  /** Runs `work` while no other client of this installation runs its own. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}
