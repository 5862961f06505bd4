import { utf8 } from '@assay/protocol/encodings'
import { decodeBase64urlOfLength } from '../encoding/base64url.ts'
import { concat } from '../encoding/bytes.ts'
import { isJsonObject, type JsonValue } from '../encoding/strict-json.ts'
import { thumbprintPattern } from './identifiers.ts'

/** A public P-256 key (RFC 7518 section 6.2.1), with exactly these members. */
export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  /** Base64url of exactly 32 bytes, leading zeros kept. */
  x: string
  /** Base64url of exactly 32 bytes, leading zeros kept. */
  y: string
}

/** Why a value is not a {@link PublicJwk}. `private` is a separate fault: its sender has disclosed a secret. */
export type JwkFault = 'not_ec_p256' | 'private' | 'coordinates'

/**
 * Checks only the form: the crypto library that imports the key checks whether the point is on the curve.
 * Optional members that do not change the key (`alg`, `kid`, `use`, `ext`, `key_ops`) are allowed and dropped.
 */
export function readPublicJwk(
  value: JsonValue | undefined,
): { ok: true; jwk: PublicJwk } | { ok: false; fault: JwkFault } {
  if (!isJsonObject(value)) return { ok: false, fault: 'not_ec_p256' }
  if (['d', 'k', 'p', 'q', 'priv'].some((name) => Object.hasOwn(value, name)))
    return { ok: false, fault: 'private' }
  const { kty, crv, x, y, alg } = value
  if (kty !== 'EC' || crv !== 'P-256' || (alg !== undefined && alg !== 'ES256'))
    return { ok: false, fault: 'not_ec_p256' }
  if (typeof x !== 'string' || typeof y !== 'string') return { ok: false, fault: 'coordinates' }
  if (decodeBase64urlOfLength(x, 32) === undefined || decodeBase64urlOfLength(y, 32) === undefined) {
    return { ok: false, fault: 'coordinates' }
  }
  return { ok: true, jwk: { kty, crv, x, y } }
}

/** The uncompressed point (SEC 1 section 2.3.3); `undefined` unless both coordinates are strict base64url of 32 bytes. */
export function pointOf({ x, y }: Pick<PublicJwk, 'x' | 'y'>): Uint8Array<ArrayBuffer> | undefined {
  const [first, second] = [decodeBase64urlOfLength(x, 32), decodeBase64urlOfLength(y, 32)]
  return first && second && concat(Uint8Array.of(4), first, second)
}

/** The key in `cnf` (RFC 7800 section 3.1): one key. Members besides `jwk` would be another way to name one. */
export function readConfirmationKey(cnf: JsonValue | undefined): PublicJwk | undefined {
  if (!isJsonObject(cnf) || Object.keys(cnf).length !== 1) return undefined
  const read = readPublicJwk(cnf['jwk'])
  return read.ok ? read.jwk : undefined
}

/** The thumbprint in `cnf` of an access token (RFC 9449 section 6.1), likewise alone. */
export function readConfirmationThumbprint(cnf: JsonValue | undefined): string | undefined {
  if (!isJsonObject(cnf) || Object.keys(cnf).length !== 1) return undefined
  const { jkt } = cnf
  return typeof jkt === 'string' && thumbprintPattern.test(jkt) ? jkt : undefined
}

/** The bytes whose SHA-256, as base64url, is the key's thumbprint (RFC 7638 section 3). */
export function thumbprintInput({ crv, kty, x, y }: PublicJwk): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ crv, kty, x, y }))
}
