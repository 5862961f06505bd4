import {
  decodeBase64urlOfLength,
  isJsonObject,
  type JsonValue,
  readPublicJwk,
  type TokenAlgorithm,
} from '@assay/protocol'
import { GuardMalfunction } from '../faults/malfunction.ts'
import type { GuardCrypto, ImportableKey, VerificationKey } from './crypto.ts'

/** A key of the issuer. The same key is the same object for as long as the issuer publishes it. */
export interface IssuerKey {
  readonly kid: string
  readonly algorithm: TokenAlgorithm
  readonly jwk: ImportableKey
  readonly key: VerificationKey
}

export type KeySet = ReadonlyMap<string, IssuerKey>

/** Only an exact-match map key: never a path, a query or a URL (RFC 8725 section 3.10). */
export const kidPattern = /^[A-Za-z0-9_-]{1,128}$/

/** More keys than a planned rotation ever has at once. */
const mostKeys = 32

/** Why a JWKS cannot be used. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError'
}

/** What a JWKS says about one usable key. */
export interface DescribedKey {
  kid: string
  algorithm: TokenAlgorithm
  jwk: ImportableKey
}

/**
 * The signature keys in a JWKS (RFC 7517): those with a kid, a known algorithm and the matching key type. Others are
 * skipped, as the RFC requires.
 *
 * @throws KeySetError for a set that is invalid: not a JWKS, with a private key, a duplicate kid, or no usable key.
 */
export function describeKeys(jwks: JsonValue): DescribedKey[] {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined
  if (!Array.isArray(keys)) throw new KeySetError('not a JWKS')
  if (keys.length > mostKeys) throw new KeySetError(`more than ${mostKeys} keys`)
  const described = keys.map(describeKey).filter((key) => key !== undefined)
  if (described.length === 0) throw new KeySetError('no key for signatures of tokens')
  if (new Set(described.map((key) => key.kid)).size !== described.length)
    throw new KeySetError('a kid that occurs twice')
  return described
}

function describeKey(value: JsonValue): DescribedKey | undefined {
  if (!isJsonObject(value)) return undefined
  if (['d', 'k', 'priv'].some((name) => Object.hasOwn(value, name)))
    throw new KeySetError('a private key is published')
  const { kid, alg, use } = value
  if (typeof kid !== 'string' || !kidPattern.test(kid) || (use !== undefined && use !== 'sig'))
    return undefined
  switch (alg) {
    case 'ES256': {
      const read = readPublicJwk(value)
      return read.ok ? { kid, algorithm: alg, jwk: read.jwk } : undefined
    }
    case 'Ed25519': {
      const { kty, crv, x } = value
      if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return undefined
      if (decodeBase64urlOfLength(x, 32) === undefined) return undefined
      return { kid, algorithm: alg, jwk: { kty, crv, x } }
    }
    default:
      return undefined
  }
}

/** Imports new keys, and keeps those already in `previous`. @throws KeySetError for a point off the curve. */
export async function importKeys(
  crypto: GuardCrypto,
  described: readonly DescribedKey[],
  previous: KeySet = new Map(),
): Promise<KeySet> {
  const set = new Map<string, IssuerKey>()
  for (const { kid, algorithm, jwk } of described) {
    const known = previous.get(kid)
    if (known !== undefined && isSameKey(known.jwk, jwk)) {
      set.set(kid, known)
      continue
    }
    const key = await crypto.importKey(jwk)
    if (key === undefined) throw new KeySetError('a key is not a point of its curve')
    set.set(kid, Object.freeze({ kid, algorithm, jwk, key }))
  }
  return set
}

function isSameKey(a: ImportableKey, b: ImportableKey): boolean {
  if (a.x !== b.x || a.kty !== b.kty) return false
  return a.kty === 'OKP' || (b.kty === 'EC' && a.y === b.y)
}

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
