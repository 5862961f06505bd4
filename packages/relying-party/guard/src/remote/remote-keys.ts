import { decodeUtf8, type Jwks, type JsonValue, parseStrictJson } from '@assay/protocol'
import type { CompareClocks } from './compared-clocks.ts'
import { checkFetchedUrl } from '../faults/check-url.ts'
import { GuardMalfunction } from '../faults/malfunction.ts'
import { functionOf, knownMembers, misuse, numberWithin } from '../faults/misuse.ts'
import { fetchDocument, type FetchDocument, type FetchSettings, readAtMost } from './fetch.ts'
import { Refreshed, type RefreshSettings } from './refreshed.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import {
  createStaticKeys,
  type DescribedKey,
  describeKeys,
  importKeys,
  type IssuerKey,
  type KeySet,
  KeySetError,
  type KeySource,
} from '../token/issuer-keys.ts'

/** Where the issuer publishes its keys. Times are in seconds. */
export interface RemoteJwks {
  /** https, or http to this machine. Redirects are not followed. */
  url: string
  fetch: FetchDocument
  /** How long a fetched set is valid. 30 to 3,600; default 600. */
  maxAge?: number
  /**
   * Minimum time between two fetches, and the longest pause after failed fetches (5 s after the first, twice as long
   * after each further one). 1 to 600 and at most half of `maxAge`; default 30, or half
   * of a `maxAge` below 60.
   */
  cooldown?: number
  /** 0.05 to 60; default 5. */
  timeout?: number
  /** Largest body, in bytes. 256 to 1,048,576; default 65,536. */
  maxBytes?: number
  /**
   * How long beyond `maxAge` a set is used while fetching fails. 0 to 3,600; default 3,600. An emergency removal takes
   * effect after `maxAge`, or after both while fetching fails.
   */
  staleIfError?: number
}

/** All in seconds. */
export type RemoteKeysSettings = FetchSettings & RefreshSettings

/**
 * The JWKS of the issuer. One fetch at a time; an unknown kid causes one, at most every `cooldown` seconds, so that
 * made-up kids cannot be used to flood the issuer. An issuer that hangs delays requests whose key is available for
 * two seconds at most.
 */
export class RemoteKeys implements KeySource {
  readonly #set: Refreshed<KeySet>

  constructor(crypto: GuardCrypto, settings: RemoteKeysSettings) {
    this.#set = new Refreshed(settings, async (previous) =>
      importKeys(crypto, await fetchKeys(settings), previous),
    )
  }

  current(kid: string, now: number): IssuerKey | undefined {
    return this.#set.fresh(now)?.get(kid)
  }

  async find(kid: string, now: number): Promise<IssuerKey | undefined> {
    const held = (await this.#set.held(now))?.get(kid)
    if (held !== undefined) return held
    const renewed = await this.#set.renewed(now)
    const key = renewed?.get(kid)
    // A kid that is missing from an old set may be a new one: the uncertainty is not the caller's fault.
    if (key === undefined && (renewed === undefined || this.#set.failure !== undefined)) {
      throw new GuardMalfunction('KEY_SOURCE_FAILED', { cause: this.#set.failure?.cause })
    }
    return key
  }

  get running(): Promise<void> | undefined {
    return this.#set.running
  }
}

const headers = { Accept: 'application/jwk-set+json, application/json' }

/** Fetches and reads a JWKS. @throws any error: each of them is a malfunction to the caller. */
export function fetchKeys(settings: FetchSettings): Promise<DescribedKey[]> {
  const { maxBytes } = settings
  return fetchDocument(settings, headers, async (response) => {
    if (response.status !== 200) throw new KeySetError(`status ${response.status}`)
    const text = decodeUtf8(await readAtMost(response, maxBytes))
    const parsed =
      text === undefined ? undefined : parseStrictJson(text, { maxLength: maxBytes, maxDepth: 8 })
    if (parsed === undefined || !parsed.ok) throw new KeySetError('the body is not well-formed JSON')
    return describeKeys(parsed.value)
  })
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkJwks(
  crypto: GuardCrypto,
  { jwks, clock, compare }: { jwks: Jwks | RemoteJwks; clock: () => number; compare: CompareClocks },
  admitsPlainHttp: boolean,
): KeySource {
  if (typeof jwks !== 'object' || jwks === null) throw misuse('jwks', 'a JWKS, or { url, fetch }')
  return 'url' in jwks
    ? checkRemote(crypto, { jwks, clock, compare }, admitsPlainHttp)
    : createStaticKeys(crypto, describeStatic(jwks))
}

function describeStatic(jwks: object): DescribedKey[] {
  try {
    return describeKeys(jwks as JsonValue)
  } catch (cause) {
    if (cause instanceof KeySetError) throw misuse('jwks', `a usable set of keys (${cause.message})`)
    throw cause
  }
}

const remoteMembers: Readonly<Record<keyof RemoteJwks, true>> = {
  url: true,
  fetch: true,
  maxAge: true,
  cooldown: true,
  timeout: true,
  maxBytes: true,
  staleIfError: true,
}

function checkRemote(
  crypto: GuardCrypto,
  { jwks, clock, compare }: { jwks: RemoteJwks; clock: () => number; compare: CompareClocks },
  admitsPlainHttp: boolean,
): RemoteKeys {
  knownMembers('jwks', jwks, remoteMembers)
  const maxAge = numberWithin('jwks.maxAge', jwks.maxAge, { least: 30, most: 3600, otherwise: 600 })
  return new RemoteKeys(crypto, {
    url: checkFetchedUrl('jwks.url', jwks.url, admitsPlainHttp),
    fetch: compare(functionOf('jwks.fetch', jwks.fetch)),
    maxAge,
    clock: () => clock() / 1000,
    cooldown: numberWithin('jwks.cooldown', jwks.cooldown, {
      least: 1,
      // After half of its maximum age a set is renewed in the background.
      most: Math.min(600, maxAge / 2),
      otherwise: Math.min(30, maxAge / 2),
    }),
    timeout: numberWithin('jwks.timeout', jwks.timeout, { least: 0.05, most: 60, otherwise: 5 }),
    maxBytes: numberWithin('jwks.maxBytes', jwks.maxBytes, {
      least: 256,
      most: 1_048_576,
      otherwise: 65_536,
    }),
    staleIfError: numberWithin('jwks.staleIfError', jwks.staleIfError, {
      least: 0,
      most: 3600,
      otherwise: 3600,
    }),
  })
}
