import { decodeUtf8, statusListMediaType } from '@assay/protocol'
import type { Eventually, GuardCrypto } from '../crypto/guard-crypto.ts'
import type { AttestedApp } from '../decision/decision.ts'
import { GuardMalfunction } from '../decision/malfunction.ts'
import { callHook } from '../decision/hook.ts'
import type { KeySource } from '../jwks/key-source.ts'
import { fetchDocument, readAtMost, type FetchSettings } from '../remote/fetch.ts'
import { Refreshed, type RefreshSettings } from '../remote/refreshed.ts'
import {
  readStatusList,
  StatusListError,
  type StatusExpectations,
  type StatusFault,
  type StatusList,
} from './read-status-list.ts'

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

/** Seconds between two calls of `onStale`. */
const tellEvery = 60

/** The API's status list: polled with its ETag. Without any list, no request can be judged. */
export class RemoteStatus {
  readonly #settings: RemoteStatusSettings
  readonly #list: Refreshed<TaggedList>
  #decisions = 0
  #toldAt = -Infinity

  constructor(
    verification: { crypto: GuardCrypto; keys: KeySource; expected: StatusExpectations },
    settings: RemoteStatusSettings,
  ) {
    this.#settings = settings
    this.#list = new Refreshed(settings, (previous) => {
      const now = settings.clock()
      const known = previous !== undefined && now < previous.list.expiresAt ? previous.etag : null
      const headers = { Accept: statusListMediaType, ...(known === null ? {} : { 'If-None-Match': known }) }
      return fetchDocument(settings, headers, async (response) => {
        if (response.status === 304 && known !== null && previous !== undefined) return previous
        if (response.status !== 200) throw new StatusListError(`status ${response.status}`)
        const text = decodeUtf8(await readAtMost(response, settings.maxBytes))
        if (text === undefined) throw new StatusListError('not UTF-8')
        const list = await readStatusList(text.trim(), verification, now)
        // Anyone who could put an old list in place of the current one would lift a ban.
        if (previous !== undefined && list.issuedAt < previous.list.issuedAt)
          throw new StatusListError('older than the current one')
        return { list, etag: response.headers.get('etag') }
      })
    })
  }

  /** Why the list refuses a token, if it does. Synchronous while the list is fresh. */
  faultOf(attested: AttestedApp, now: number): Eventually<StatusFault | undefined> {
    const fresh = this.#list.fresh(now)
    return fresh === undefined ? this.#lateFaultOf(attested, now) : fresh.list.faultOf(attested)
  }

  get running(): Promise<void> | undefined {
    return this.#list.running
  }

  async #lateFaultOf(attested: AttestedApp, now: number): Promise<StatusFault | undefined> {
    const { whenStale, maxAge } = this.#settings
    const held = whenStale === 'serve' ? await this.#list.held(now) : undefined
    const late = held ?? (await this.#list.renewed(now))
    const age = now - (this.#list.fetchedAt ?? -Infinity)
    const isStale = age > maxAge
    if (late === undefined || (isStale && whenStale === 'fail'))
      throw new GuardMalfunction('STATUS_LIST_FAILED', { cause: this.#list.failure?.cause })
    if (isStale) this.#tell(age, now)
    return late.list.faultOf(attested)
  }

  #tell(age: number, now: number): void {
    const decisions = ++this.#decisions
    if (now >= this.#toldAt && now - this.#toldAt < tellEvery) return
    this.#toldAt = now
    const { onStale, onFault } = this.#settings
    callHook(() => onStale?.({ age, decisions, cause: this.#list.failure?.cause }), onFault)
  }
}
