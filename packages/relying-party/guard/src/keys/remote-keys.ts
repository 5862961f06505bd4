import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { GuardMalfunction } from '../decision/malfunction.ts'
import { fetchKeys, type FetchSettings } from './fetch-keys.ts'
import { importKeys, type IssuerKey, type KeySet } from './key-set.ts'
import type { KeySource } from './key-source.ts'

/** All in seconds. */
export interface RemoteKeysSettings extends FetchSettings {
  /** How long a fetched set is good without asking again. From half of it on it is renewed in the background. */
  maxAge: number
  /** Least time between two fetches. After one that failed, {@link retryDelay} if that is shorter. */
  cooldown: number
  /** For how long beyond `maxAge` a set serves while fetching fails. */
  staleIfError: number
}

/** Seconds to the next attempt after one that failed. */
const retryDelay = 5

interface Fetched {
  readonly keys: KeySet
  /** Unix seconds. */
  readonly at: number
}

interface Attempt {
  /** Unix seconds. */
  readonly at: number
  readonly failure: unknown
}

/**
 * The JWKS of the issuer. One fetch at a time; a kid that is not in the set causes one, at most every `cooldown`
 * seconds, so that made-up kids cannot be used to flood the issuer.
 */
export class RemoteKeys implements KeySource {
  readonly #crypto: GuardCrypto
  readonly #settings: RemoteKeysSettings
  #fetched: Fetched | undefined
  #last: Attempt | undefined
  #running: Promise<void> | undefined

  constructor(crypto: GuardCrypto, settings: RemoteKeysSettings) {
    this.#crypto = crypto
    this.#settings = settings
  }

  current(kid: string, now: number): IssuerKey | undefined {
    const keys = this.#keysNotOlderThan(this.#settings.maxAge, now)
    if (keys === undefined) return undefined
    if (this.#keysNotOlderThan(this.#settings.maxAge / 2, now) === undefined) void this.#refresh(now)
    return keys.get(kid)
  }

  async find(kid: string, now: number): Promise<IssuerKey | undefined> {
    const found = this.current(kid, now)
    if (found !== undefined) return found
    await this.#refresh(now)
    const { maxAge, staleIfError } = this.#settings
    const key = this.#keysNotOlderThan(maxAge + staleIfError, now)?.get(kid)
    // A kid that an old set does not hold may be a new one: that nobody knows is not the caller's fault.
    if (key === undefined && (this.#fetched === undefined || this.#last?.failure !== undefined)) {
      throw new GuardMalfunction('KEY_SOURCE_FAILED', { cause: this.#last?.failure })
    }
    return key
  }

  #keysNotOlderThan(age: number, now: number): KeySet | undefined {
    if (this.#fetched === undefined) return undefined
    const { at, keys } = this.#fetched
    // A clock that was set back says nothing about the age.
    return now >= at && now - at <= age ? keys : undefined
  }

  /** Never rejects: what went wrong is kept for whoever cannot do without. */
  #refresh(now: number): Promise<void> {
    if (this.#running !== undefined) return this.#running
    if (this.#isCoolingDown(now)) return Promise.resolve()
    this.#running = this.#fetchOnce(now).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  #isCoolingDown(now: number): boolean {
    if (this.#last === undefined || now < this.#last.at) return false
    const { cooldown } = this.#settings
    return (
      now - this.#last.at < (this.#last.failure === undefined ? cooldown : Math.min(cooldown, retryDelay))
    )
  }

  async #fetchOnce(now: number): Promise<void> {
    try {
      const described = await fetchKeys(this.#settings)
      const keys = await importKeys(this.#crypto, described, this.#fetched?.keys)
      this.#fetched = { keys, at: now }
      this.#last = { at: now, failure: undefined }
    } catch (failure) {
      this.#last = { at: now, failure: failure ?? new Error('unknown failure') }
    }
  }
}
