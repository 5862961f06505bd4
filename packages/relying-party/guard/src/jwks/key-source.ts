import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { GuardMalfunction } from '../decision/malfunction.ts'
import { importKeys, type DescribedKey, type IssuerKey, type KeySet } from './key-set.ts'

/** Where the keys of the issuer come from. `now` is in Unix seconds. */
export interface KeySource {
  /** The key, if it is available and may be used without a request. */
  current(kid: string, now: number): IssuerKey | undefined
  /**
   * The key, fetched if necessary; `undefined` if the issuer has no such key.
   *
   * @throws GuardMalfunction (`KEY_SOURCE_FAILED`) if that cannot be determined.
   */
  find(kid: string, now: number): Promise<IssuerKey | undefined>
  /** The background work, if any. */
  readonly running?: Promise<void> | undefined
}

/** Keys that were given with the options. They are imported once, at the first request. */
export function createStaticKeys(crypto: GuardCrypto, described: readonly DescribedKey[]): KeySource {
  let set: KeySet | undefined
  let importing: Promise<KeySet> | undefined
  return {
    current: (kid) => set?.get(kid),
    async find(kid) {
      importing ??= importKeys(crypto, described)
      try {
        set = await importing
      } catch (cause) {
        importing = undefined
        throw new GuardMalfunction('KEY_SOURCE_FAILED', { cause })
      }
      return set.get(kid)
    },
  }
}
