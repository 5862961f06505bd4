import type { TokenAlgorithm } from '@assay/protocol'
import type {
  AttestationTrace,
  AppActivity,
  BuildActivity,
  ListedTrace,
  RefusalCount,
} from '@assay/protocol/schemas'
import type { RecordedTrace } from '../system/recorded-trace.ts'
import type { Page } from '../system/page.ts'
import type { TraceFilter } from './fleet/ports.ts'

/** A private key that signs tokens. */
export interface StoredSigningKey {
  kid: string
  /**
   * 1, 2, 3 …, without gaps: one more than the last one from `list`. If two nodes make the next key at once, one gets
   * `exists` and reads the list again.
   */
  number: number
  alg: TokenAlgorithm
  /** DER (RFC 5958). */
  pkcs8: Uint8Array
  createdAt: Date
  /** When it starts to sign. It is published earlier. */
  activateAt: Date
  /** When it is no longer published; null: not planned. */
  retireAt: Date | null
}

/** Signing keys, sealed at rest. */
export interface SigningKeyStore {
  /** `exists`: the number or the key id is taken; nothing was changed. */
  insert(key: StoredSigningKey): Promise<'ok' | 'exists'>
  /** In order of number. */
  list(): Promise<StoredSigningKey[]>
  /**
   * Plans the end of a key, or brings it forward. The end is never postponed, so that a withdrawn key stays withdrawn
   * whatever another node has planned. False: no such key, or it already ends that early.
   */
  retire(kid: string, retireAt: Date): Promise<boolean>
  /**
   * Adds a key and ends every other at `at`, in one transaction. Returns the ids of the ended keys, in order of number.
   * `exists`: the number or the key id is taken; nothing was changed.
   */
  replaceAll(key: StoredSigningKey, at: Date): Promise<'exists' | string[]>
}

/** Refusals and malfunctions, which an operator looks up by trace id. */
export interface TraceStore {
  /** A trace id that already exists keeps its first entry. */
  insert(traces: readonly RecordedTrace[]): Promise<void>
  find(trace: string): Promise<AttestationTrace | undefined>
  /** The newest first. The cursor is that of {@link traceCursor}. */
  list(filter: TraceFilter, page: Page): Promise<ListedTrace[]>
  /**
   * Removes what happened before `before`, and all but the newest `keepAtMost` of the rest. Returns the number
   * removed.
   *
   * @param signal ends it early: the rest is left for the next time
   */
  prune(before: Date, keepAtMost: number, signal?: AbortSignal): Promise<number>
}

export const traceCursor = ({ at, trace }: ListedTrace): string => `${Date.parse(at)}:${trace}`

/** Kinds of evidence by the name that operators know, and the format of their items. */
export type EvidenceKinds = Readonly<Record<string, string>>

/** Reads, for operators, what the other stores write. */
export interface ActivityStore {
  /** For the builds of the app, in order of id. */
  buildsSeen(app: string, page: Page): Promise<BuildActivity[]>
  /** When a device with the build last passed; undefined: never, or it is not registered. */
  lastSeen(app: string, build: string): Promise<string | undefined>
  /**
   * Counts the kept refusals and malfunctions of the app since then, the latest kinds first. Those of unregistered
   * builds are left out: strangers choose their names, so many kinds would hide the others.
   */
  countRefusals(app: string, since: Date): Promise<RefusalCount[]>
  /** Installations of the app seen since then. */
  countInstallations(app: string, since: Date, kinds: EvidenceKinds): Promise<AppActivity['installations']>
}

/** A build that was retired. */
export interface RetiredBuild {
  app: string
  build: string
}

/** An installation, by the key that it signs with. */
export interface BannedInstallation {
  app: string
  /** JWK thumbprint of the installation key. */
  thumbprint: string
  /** When its ban, or that of its vouching key, began: milliseconds since 1970. */
  since: number
}

/** A name as an operator stated it, who had it from tokens of one API. It need not be that of an installation of the app. */
export interface BannedName {
  app: string
  name: string
  /** As in {@link BannedInstallation}. */
  since: number
}

/** The bans of all apps that began within a slice of time. */
export interface BanSlice {
  /** Number of the slice since 1970. */
  slice: number
  count: number
  /** Differs if one of these bans has been lifted, has ended, or has got another end. */
  mark: string
}

/**
 * Reads recent changes for guards. Times are in milliseconds since 1970; each thing appears once, in a fixed order.
 */
export interface StatusStore {
  /** Builds of these apps that were retired after `since`, and still are. */
  retiredSince(apps: readonly string[], since: number): Promise<RetiredBuild[]>
  /** What has begun within the range, by slices of that many milliseconds, in their order. Reads only an index. */
  banSlices(range: Omit<BanRange, 'reach'>, length: number): Promise<BanSlice[]>
  /**
   * Installations of these apps that were banned, or whose vouching keys were. The latter are left out if they had not
   * attested for `reach` before: they hold no valid token.
   */
  banned(apps: readonly string[], range: BanRange): Promise<BannedInstallation[]>
  /** Names by which installations of these apps were banned, as the tokens of the API have them. */
  bannedNames(apps: readonly string[], audience: string, range: BanRange): Promise<BannedName[]>
}

/** Bans that began from `from` on and before `until`, and have not ended at `now`: milliseconds since 1970. */
export interface BanRange {
  from: number
  until: number
  now: number
  /** Milliseconds. */
  reach: number
}

/** Someone who is signed in at the console. */
export interface StoredSession {
  /** SHA-256 of the session id, lower-case hex. */
  hash: string
  /** Id of the API key that it was opened with. */
  key: string
  /** Both in milliseconds since 1970. */
  createdAt: number
  seenAt: number
}

/** Sessions of the console, which every node reads. One ends when its key is removed. */
export interface SessionStore {
  /** The newest `keepAtMost` sessions of the key stay. `key_not_found`: the key has been removed. */
  insert(session: StoredSession, keepAtMost: number): Promise<'ok' | 'key_not_found'>
  find(hash: string): Promise<StoredSession | undefined>
  /** Notes that it was used. */
  touch(hash: string, now: number): Promise<void>
  /** Ends the session, if it exists. */
  remove(hash: string): Promise<void>
  prune(createdBefore: number, seenBefore: number): Promise<void>
}
