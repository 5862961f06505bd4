import type { CodeImage, Eventually } from '@assay/measurement'
import type { EvidenceItem, EvidencePurpose, PublicJwk } from '@assay/protocol'

/** The installation key: P-256, made on the device and kept as well as the platform allows. */
export interface InstallationKey {
  readonly publicJwk: PublicJwk
  /** ES256 over `data`: 64 bytes, r then s (IEEE P1363). */
  sign(data: Uint8Array): Eventually<Uint8Array>
  /** Whether a token was issued for it, according to the store; unknown: it has to enrol. */
  readonly isEnrolled?: boolean
}

/** Keeps one installation key across restarts of the app. */
export interface KeyStore {
  /** The key; made and kept if there is none yet. */
  open(): Promise<InstallationKey>
  /** Discards the key, makes another and keeps it. Called if the current one cannot be opened or cannot sign. */
  renew(): Promise<InstallationKey>
  /**
   * Records with the key that a token was issued for it, so that it refreshes after a restart too. If left out, it
   * enrols then.
   */
  enrolled?(key: InstallationKey): Promise<unknown>
}

/**
 * Keeps a key in the platform's hardware that is made for a challenge of the service and attested at its creation:
 * installation key and vouching key are one (Android Keystore).
 */
export interface AttestedKeyStore extends Omit<KeyStore, 'open' | 'renew'> {
  /** The key, if there is one. */
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
  /** Milliseconds from some start, never set back. It may stand still while the device sleeps. */
  monotonic(): number
  /** Milliseconds since 1970 by the clock of the device, right or wrong. */
  wall(): number
}

export interface Timers {
  /**
   * Calls `callback` once after `milliseconds`; the handle goes to `clear`, which accepts `undefined` too. A
   * `background` timer need not keep a process alive.
   */
  set(callback: () => void, milliseconds: number, background?: 'background'): unknown
  clear(handle: unknown): void
}

/** `length` bytes from a cryptographically strong source. */
export type RandomBytes = (length: number) => Uint8Array

/** Platform evidence, from an adapter over what the platform offers. */
export interface EvidenceSource {
  /**
   * Called before client data is written, because client data names the kinds of evidence that follow. A source that
   * fails at a refresh, here or when it collects, is called once more for an enrolment. A source that fails at an
   * enrolment fails the exchange: if its fault may last, it returns nothing the next time, and the service decides.
   *
   * @returns `undefined` if there is nothing to give for this purpose
   */
  prepare(purpose: EvidencePurpose): Eventually<PreparedEvidence | undefined>
}

/** One piece of evidence, complete except for the commitment. */
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
  /** Runs `work` while no other client of this installation runs any. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

/** Opens the second image; `undefined` if this installation cannot reach it. */
export type OpenText = () => CodeImage | undefined | Promise<CodeImage | undefined>
