import { decodeUtf8, statusListMediaType, statusListPath } from '@assay/protocol'
import type { CompareClocks } from './compared-clocks.ts'
import { checkFetchedUrl } from '../faults/check-url.ts'
import { callHook, type Eventually, GuardMalfunction } from '../faults/malfunction.ts'
import { functionOf, knownMembers, numberWithin, oneOf, optionalFunction } from '../faults/misuse.ts'
import {
  exchange,
  type FetchDocument,
  type FetchedResponse,
  type FetchSettings,
  type PlatformSignal,
  readAtMost,
  withinTime,
} from './fetch.ts'
import { Refreshed, type RefreshSettings } from './refreshed.ts'
import { readStatusListHead, type StatusExpectations, type StatusListHead } from './status-list.ts'
import { registeredSpelling } from './registered-spelling.ts'
import { StatusListError } from './status-list-error.ts'
import { type StatusFault, type StatusList, statusListOf } from './status-names.ts'
import { ShardLoader } from './status-shards.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import type { KeySource } from '../token/issuer-keys.ts'
import { trimmed } from '../token/jwt-form.ts'
import type { AttestedApp } from '../token/token-claims.ts'

/**
 * Where the issuer publishes which builds are retired and which installations banned while their tokens are still
 * valid. Times are in seconds.
 */
export interface StatusListOptions {
  /**
   * Default: at the issuer, under the path of the protocol. https, or http to this machine. A list that is too long for
   * one document names further ones, which are fetched from below this URL.
   */
  url?: string
  fetch: FetchDocument
  /** How long a list counts as fresh; it is renewed after half of that. 5 to 600; default 20. */
  maxAge?: number
  /** For the list with its further documents. 0.05 to 60; default 5. */
  timeout?: number
  /** Largest body of the list itself, in bytes. 1,024 to 16,777,216; default 1,048,576. */
  maxBytes?: number
  /** How long beyond `maxAge` requests are judged by a list that cannot be renewed. 0 to 3,600; default 3,600. */
  staleIfError?: number
  /** `serve` (default): follows `staleIfError`, and calls `onStale`. `fail`: 503 as soon as the list is too old. */
  whenStale?: 'serve' | 'fail'
  /**
   * For the operator's log and counter: called when requests are judged by a list that is too old, at most once a
   * minute. What it throws or rejects with goes to `onFault`.
   */
  onStale?: (stale: StaleStatus) => void
}

/** What the operator learns about a list that is too old. */
export interface StaleStatus {
  /** Seconds since the list was last known to be current. */
  readonly age: number
  /** Requests that this guard has judged by outdated lists since it was created. */
  readonly decisions: number
  /** Why it cannot be renewed; `undefined` if no attempt has failed since it was. */
  readonly cause: unknown
}

export interface RemoteStatusSettings extends FetchSettings, RefreshSettings {
  /** Whether requests are judged by an outdated list, for `staleIfError`, or fail. */
  readonly whenStale: 'serve' | 'fail'
  readonly onStale: ((stale: StaleStatus) => void) | undefined
  /** Called with what `onStale` throws or rejects with. */
  readonly onFault: ((fault: unknown) => void) | undefined
}

/** A list, and the ETag with which to ask for a newer one. */
interface TaggedList {
  readonly list: StatusList
  readonly etag: string | null
}

/** What a list is verified by. */
export interface StatusVerification {
  readonly crypto: GuardCrypto
  readonly keys: KeySource
  readonly expected: StatusExpectations
}

/** Seconds between two calls of `onStale`. */
const reportEvery = 60

/** The API's status list: polled with its ETag. Without any list, no request can be judged. */
export class RemoteStatus {
  readonly #settings: RemoteStatusSettings
  readonly #verification: StatusVerification
  readonly #shards: ShardLoader
  readonly #list: Refreshed<TaggedList>
  #decisions = 0
  #reportedAt = -Infinity

  constructor(verification: StatusVerification, settings: RemoteStatusSettings) {
    this.#settings = settings
    this.#verification = verification
    const { url, fetch, timeout } = settings
    const urlOf = (digest: string) => `${url}/${digest}`
    this.#shards = new ShardLoader({ crypto: verification.crypto, fetch, urlOf })
    this.#list = new Refreshed(settings, (previous) =>
      withinTime(timeout, (signal) => this.#load(previous, signal)),
    )
  }

  /** Why the list refuses a token, if it does. Synchronous while the list is fresh. */
  faultOf(attested: AttestedApp, now: number): Eventually<StatusFault | undefined> {
    const fresh = this.#list.fresh(now)
    return fresh === undefined ? this.#lateFaultOf(attested, now) : fresh.list.faultOf(attested)
  }

  /** @throws GuardMalfunction (`STATUS_LIST_FAILED`) if there is none by which a request could be judged */
  async load(now: number): Promise<void> {
    await this.#heldAt(now)
  }

  get running(): Promise<void> | undefined {
    return this.#list.running
  }

  async #lateFaultOf(attested: AttestedApp, now: number): Promise<StatusFault | undefined> {
    const late = await this.#heldAt(now)
    const age = now - (this.#list.fetchedAt ?? -Infinity)
    if (age > this.#settings.maxAge) this.#tell(age, now)
    return late.list.faultOf(attested)
  }

  /** @throws GuardMalfunction (`STATUS_LIST_FAILED`) */
  async #heldAt(now: number): Promise<TaggedList> {
    const { whenStale, maxAge } = this.#settings
    const held = whenStale === 'serve' ? await this.#list.held(now) : undefined
    const late = held ?? (await this.#list.renewed(now))
    const age = now - (this.#list.fetchedAt ?? -Infinity)
    const isStale = age > maxAge
    if (late === undefined || (isStale && whenStale === 'fail'))
      throw new GuardMalfunction('STATUS_LIST_FAILED', { cause: this.#list.failure?.cause })
    return late
  }

  /** The list with its shards; only what has changed is fetched. */
  async #load(previous: TaggedList | undefined, signal: PlatformSignal): Promise<TaggedList> {
    const settings = this.#settings
    const now = settings.clock()
    const known = previous !== undefined && now < previous.list.head.expiresAt ? previous.etag : null
    const headers = { Accept: statusListMediaType, ...(known === null ? {} : { 'If-None-Match': known }) }
    const found = await exchange(settings, { headers, signal }, async (response) =>
      response.status === 304 && known !== null ? undefined : this.#read(response, now, signal),
    )
    if (found === undefined) return previous as TaggedList
    const { head, etag } = found
    // Anyone who could put an old list in place of the current one would lift a ban.
    if (previous !== undefined && head.issuedAt < previous.list.head.issuedAt)
      throw new StatusListError('STATUS_LIST_OLDER', 'older than the current one')
    const shards = await this.#shards.load(head.shards, previous?.list.shards ?? new Map(), signal)
    return { list: statusListOf(head, shards, this.#verification.crypto), etag }
  }

  async #read(
    response: FetchedResponse,
    now: number,
    signal: PlatformSignal,
  ): Promise<{ head: StatusListHead; etag: string | null }> {
    if (response.status === 404) throw await this.#noList(signal)
    if (response.status !== 200) throw new StatusListError('STATUS_LIST_ANSWER', `status ${response.status}`)
    const text = decodeUtf8(await readAtMost(response, this.#settings.maxBytes))
    if (text === undefined) throw new StatusListError('STATUS_LIST_MALFORMED', 'not UTF-8')
    const head = await readStatusListHead(trimmed(text), this.#verification, now)
    return { head, etag: response.headers.get('etag') }
  }

  /** Two APIs whose names differ in a slash are two APIs, which nobody sees in a log. */
  async #noList(signal: PlatformSignal): Promise<StatusListError> {
    const { issuer, audience } = this.#verification.expected
    const { url, fetch } = this.#settings
    const isDefault = url === issuer + statusListPath(audience)
    const registered = isDefault && (await registeredSpelling({ issuer, audience, fetch }, signal))
    return new StatusListError(
      'STATUS_LIST_ANSWER',
      registered === false || registered === undefined
        ? 'status 404'
        : `status 404, because the API is registered as ${registered} and this guard has the audience ${audience}`,
    )
  }

  #tell(age: number, now: number): void {
    const decisions = ++this.#decisions
    if (now >= this.#reportedAt && now - this.#reportedAt < reportEvery) return
    this.#reportedAt = now
    const { onStale, onFault } = this.#settings
    callHook(() => onStale?.({ age, decisions, cause: this.#list.failure?.cause }), onFault)
  }
}

const members: Readonly<Record<keyof StatusListOptions, true>> = {
  url: true,
  fetch: true,
  maxAge: true,
  timeout: true,
  maxBytes: true,
  staleIfError: true,
  whenStale: true,
  onStale: true,
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkStatus(
  status: StatusListOptions,
  verification: StatusVerification,
  {
    clock,
    admitsPlainHttp,
    onFault,
    compare,
  }: {
    clock: () => number
    admitsPlainHttp: boolean
    onFault: RemoteStatusSettings['onFault']
    compare: CompareClocks
  },
): RemoteStatus {
  knownMembers('statusList', status, members)
  const { issuer, audience } = verification.expected
  const url = status.url ?? issuer + statusListPath(audience)
  const maxAge = numberWithin('statusList.maxAge', status.maxAge, { least: 5, most: 600, otherwise: 20 })
  return new RemoteStatus(verification, {
    url: checkFetchedUrl('statusList.url', url, admitsPlainHttp),
    fetch: compare(functionOf('statusList.fetch', status.fetch)),
    clock: () => clock() / 1000,
    maxAge,
    // Half of the age: as often as the background renewal starts.
    cooldown: maxAge / 2,
    timeout: numberWithin('statusList.timeout', status.timeout, { least: 0.05, most: 60, otherwise: 5 }),
    maxBytes: numberWithin('statusList.maxBytes', status.maxBytes, {
      least: 1024,
      most: 16_777_216,
      otherwise: 1_048_576,
    }),
    staleIfError: numberWithin('statusList.staleIfError', status.staleIfError, {
      least: 0,
      most: 3600,
      otherwise: 3600,
    }),
    whenStale:
      status.whenStale === undefined
        ? 'serve'
        : oneOf('statusList.whenStale', status.whenStale, ['serve', 'fail']),
    onStale: optionalFunction('statusList.onStale', status.onStale),
    onFault,
  })
}
