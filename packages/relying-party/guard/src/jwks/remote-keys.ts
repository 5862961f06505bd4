import { decodeUtf8, parseStrictJson } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { GuardMalfunction } from '../decision/malfunction.ts'
import { Refreshed, type RefreshSettings } from '../remote/refreshed.ts'
import {
  importKeys,
  type IssuerKey,
  type KeySet,
  describeKeys,
  KeySetError,
  type DescribedKey,
} from './key-set.ts'
import type { KeySource } from './key-source.ts'
import { fetchDocument, readAtMost, type FetchSettings } from '../remote/fetch.ts'

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
