import type { ClientData, ProblemCode, Remedy } from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import type { RecordedTrace } from '../../system/recorded-trace.ts'
import type {
  EarlyRefreshment,
  Enrolment,
  Installation,
  Kept,
  Recollection,
  Refreshment,
  VouchingKeyId,
} from './installation.ts'

/** Reads client data from a JSON value; `undefined`: it is malformed. */
export type ClientDataForm = (value: unknown) => ClientData | undefined

/** Keeps why an attestation or a challenge was refused, for the operator. */
export type RecordTrace = (trace: RecordedTrace) => void

/** A trace of a sender who has proved possession of no key. */
export function anonymousTrace(
  trace: Omit<AttestationTrace, 'segments' | 'ear' | 'key' | 'device' | 'refused'>,
): RecordedTrace {
  return { ...trace, segments: [], ear: null, key: null, device: null, refused: [] }
}

/** The kinds of installation bans that an app has. */
export interface InstallationBans {
  /** Some bans name the thumbprint of the installation key. */
  byKey: boolean
  /** APIs whose names for installations other bans use. */
  audiences: readonly string[]
}

/** Installations with platform evidence. Those that only measure themselves leave no row. */
export interface InstallationStore {
  find(app: string, thumbprint: string): Promise<Installation | undefined>
  /**
   * How many other installation keys the vouching key has vouched for on the day of `now` (milliseconds since 1970).
   */
  countEnrolments(app: string, vouchingKey: VouchingKeyId, thumbprint: string, now: number): Promise<number>
  /**
   * What is remembered about an installation and its vouching key. If a refresh is given, it is recorded in the same step,
   * provided that the key is not banned, the build is not older, the ABI is the same and the counter follows closely.
   * Atomic; a refresh that is not recorded writes nothing.
   */
  recall(
    app: string,
    thumbprint: string,
    refreshment: EarlyRefreshment | undefined,
    now: number,
  ): Promise<Recollection | undefined>
  /** Undoes a refresh that `recall` recorded but that was then refused. */
  takeBack(refreshment: EarlyRefreshment, before: Installation): Promise<void>
  /** Remembers new evidence, for a new or a known installation. Atomic. */
  enrol(enrolment: Enrolment, now: number): Promise<Kept>
  /** Records a refresh: compares and sets the counter. Atomic. */
  refresh(refreshment: Refreshment, now: number): Promise<Kept>
}

/** What the user of an app can do about a refusal. `code`: the reason, which the app does not learn. */
export type RemedyFor = (refused: {
  app: string
  code: string
  outward: ProblemCode
}) => Promise<Remedy | undefined>
