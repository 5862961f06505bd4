import type { AttestationTrace, Build, ClientData } from '@assay/protocol'
import type {
  EarlyRefreshment,
  Enrolment,
  Installation,
  Kept,
  Recollection,
  Refreshment,
  VouchingKey,
} from './installation.ts'

/** A build without the list of its segments. */
export type BuildSummary = Omit<Build, 'segments'>

/** The client data that a JSON value is; `undefined`: it is malformed. */
export type ClientDataForm = (value: unknown) => ClientData | undefined

/** Keeps why an attestation or a challenge was refused, for the operator. */
export type RecordTrace = (trace: AttestationTrace) => void

/** Which bans of installations an app has. */
export interface InstallationBans {
  /** Some are by the thumbprint of the installation key. */
  byKey: boolean
  /** APIs by whose names for installations others are. */
  audiences: readonly string[]
}

/** Installations with platform evidence. Those that only measure themselves leave no row. */
export interface InstallationStore {
  find(app: string, thumbprint: string): Promise<Installation | undefined>
  /**
   * How many other installation keys the vouching key has vouched for on the day of `now` (milliseconds since 1970).
   */
  countEnrolments(app: string, vouchingKey: VouchingKey, thumbprint: string, now: number): Promise<number>
  /**
   * What is remembered of an installation and its vouching key. A refresh that is given is noted in the same step: unless the
   * key is banned, the build older or the ABI another, and where the counter follows closely. Atomic; of a refresh that it
   * does not note, nothing is written.
   */
  recall(
    app: string,
    thumbprint: string,
    refreshment: EarlyRefreshment | undefined,
    now: number,
  ): Promise<Recollection | undefined>
  /** Undoes a refresh that `recall` has noted and that was refused. */
  takeBack(refreshment: EarlyRefreshment, before: Installation): Promise<void>
  /** Remembers new evidence, for a new or a known installation. Atomic. */
  enrol(enrolment: Enrolment, now: number): Promise<Kept>
  /** Notes a refresh: compares and sets the counter. Atomic. */
  refresh(refreshment: Refreshment, now: number): Promise<Kept>
}
