import type {
  AttestationTrace,
  Installation as Shown,
  ListedTrace,
  SaidDevice,
} from '@assay/protocol/schemas'
import type { VouchingKeyId } from '../../attestation/model/installation.ts'
import type { Page } from '../../system/page.ts'

/** An installation, by its key. All times are in milliseconds since 1970. */
export interface KnownInstallation {
  /** Thumbprint of its key. */
  key: string
  /** Whether a row remembers it; otherwise its traces are all that is known. */
  isRemembered: boolean
  firstSeen: number
  lastSeen: number
}

/** What the row of an installation says for people, besides its evidence. */
export interface SaidOfInstallation {
  device: SaidDevice | null
  /** When the app last gave a reference, to the day; null: it gave none, or too long ago. */
  referenceAt: number | null
}

/** A trace of an installation, newest first. */
export type InstallationTrace = ListedTrace & Pick<AttestationTrace, 'device' | 'refused'>

/** What is to be forgotten. */
export interface ForgetOrder {
  app: string
  key: string
  /** Its rank among the samples of claims. */
  rank: number
  /** How many of its traces, and of its entries on the allow list, have been removed before. */
  traces: number
  allowed: number
  /** Milliseconds since 1970. */
  now: number
}

/** What a removal found, and what it left. */
export interface ForgottenRows {
  installations: number
  samples: number
  /** Days on which its vouching key has reached for new installations. */
  enrolments: number
}

/** Installations by every name that an operator may have of them: those that are remembered, and those with traces. */
export interface KnownInstallationStore {
  /** Keys of which some token has a pseudonym with the index `name`; few, usually one. */
  keysNamed(app: string, name: number): Promise<string[]>
  /** Keys for which the app has given this reference since `since`, the newest first; at most `most`. */
  keysOfReference(app: string, reference: Uint8Array, since: number, most: number): Promise<string[]>
  /** Those of these keys of which something is kept, in their order. */
  known(app: string, keys: readonly string[]): Promise<KnownInstallation[]>
  /** Those that are remembered, in order of key. */
  list(app: string, page: Page): Promise<KnownInstallation[]>
  /** Undefined: it is not remembered. @param since a reference that is older is not shown */
  said(app: string, key: string, since: number): Promise<SaidOfInstallation | undefined>
  /** Others that the key vouches for, the last seen first. */
  vouchedBy(
    app: string,
    vouchingKey: VouchingKeyId,
    except: string,
    most: number,
  ): Promise<KnownInstallation[]>
  /** The newest first. */
  traces(app: string, key: string, most: number): Promise<InstallationTrace[]>
  /** By day and code, the newest day first; at most `most` groups. */
  refusals(app: string, key: string, most: number): Promise<Shown['refusals']>
  /** Builds that its traces name, in order. */
  buildsTraced(app: string, key: string, most: number): Promise<string[]>
  /** Removes its traces, a few at a time. @returns how many */
  forgetTraces(app: string, key: string): Promise<number>
  /**
   * Removes what is remembered of it, in one transaction. Its bans stay, and so does what limits its vouching key; where
   * that is banned, guards still learn of the installation for as long as its last token is valid.
   */
  forget(order: ForgetOrder): Promise<ForgottenRows>
}

/** What apps call their users: digests, for a while. */
export interface ReferenceStore {
  /** Notes the last one of each installation; those that are not remembered are left out. */
  note(references: readonly SaidReference[], now: number): Promise<void>
  /** Removes those said before the day of `before`. */
  pruneReferences(before: number): Promise<void>
  /** Removes those of all installations of the apps, from traces too. */
  removeReferences(apps: readonly string[]): Promise<void>
}

export interface SaidReference {
  app: string
  /** Thumbprint of the installation key. */
  key: string
  reference: Uint8Array
}
