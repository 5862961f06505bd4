import {
  decodeBase64url,
  decodeBase64urlOfLength,
  decodeUtf8,
  encodeBase64url,
  pointOf,
  type PublicJwk,
  utf8,
} from '@assay/protocol'
import type { Eventually } from '../faults/malfunction.ts'
import { port } from '../faults/misuse.ts'

/** A public key in the form that {@link GuardCrypto.importKey} takes: only the key. */
export type ImportableKey = PublicJwk | { kty: 'OKP'; crv: 'Ed25519'; x: string }

/** A public key with its one algorithm: ES256 for P-256, Ed25519 for Ed25519. */
export interface VerificationKey {
  /**
   * Whether `signature` is the base64url of a signature by this key over the ASCII text `signingInput`. ES256
   * signatures are r then s, 64 bytes (RFC 7518 section 3.4), nothing else; base64url is strict.
   */
  verify(signingInput: string, signature: string): Eventually<boolean>
}

/**
 * The primitives that the guard needs, from the platform. A method that can answer synchronously does so, without a
 * promise. If a method throws, that is a malfunction: the result reports bad input.
 */
export interface GuardCrypto {
  /** Decodes strict base64url of well-formed UTF-8; `undefined` for anything else. */
  decodeText(base64url: string): string | undefined
  /** `undefined` unless the coordinates are a point on the curve. */
  importKey(key: ImportableKey): Eventually<VerificationKey | undefined>
  /** Base64url of the SHA-256 of bytes or ASCII text. */
  sha256(data: Uint8Array | string): Eventually<string>
  /** HMAC-SHA-256: 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Eventually<Uint8Array>
}

/** The given implementation, or Web Crypto. @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkCrypto(crypto: GuardCrypto | undefined): GuardCrypto {
  if (crypto !== undefined) return port('crypto', crypto, ['decodeText', 'importKey', 'sha256', 'hmacSha256'])
  return createWebCrypto()
}

/** The runtime's own Web Crypto, if its types have one. */
export type PlatformSubtleCrypto = typeof globalThis extends { crypto: { subtle: infer Subtle } }
  ? Subtle
  : unknown

/** {@link GuardCrypto} over Web Crypto, for every runtime that has it. */
export function createWebCrypto(subtle: PlatformSubtleCrypto = globalThis.crypto.subtle): GuardCrypto {
  return {
    decodeText(text) {
      const bytes = decodeBase64url(text)
      return bytes && decodeUtf8(bytes)
    },
    importKey: (key) => importKey(subtle, key),
    async sha256(data) {
      const bytes = typeof data === 'string' ? utf8(data) : new Uint8Array(data)
      return encodeBase64url(new Uint8Array(await subtle.digest('SHA-256', bytes)))
    },
    async hmacSha256(key, data) {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' }
      const imported = await subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign'])
      return new Uint8Array(await subtle.sign(algorithm, imported, new Uint8Array(data)))
    },
  }
}

async function importKey(
  subtle: PlatformSubtleCrypto,
  jwk: ImportableKey,
): Promise<VerificationKey | undefined> {
  const use = jwk.kty === 'EC' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
  // In raw form, because runtimes disagree about the `alg` that a JWK for Ed25519 must name.
  const raw = rawKey(jwk)
  if (raw === undefined || (jwk.kty === 'EC' && !isOnCurve(raw))) return undefined
  let key: CryptoKey
  try {
    key = await subtle.importKey('raw', raw, use, false, ['verify'])
  } catch (cause) {
    // The error of Web Crypto for a point that is not on the curve. Anything else is not the key's fault.
    if ((cause as { name?: unknown } | null)?.name === 'DataError') return undefined
    throw cause
  }
  const parameters = jwk.kty === 'EC' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'Ed25519' }
  return {
    verify(signingInput, signature) {
      const bytes = decodeBase64urlOfLength(signature, 64)
      return bytes === undefined ? false : subtle.verify(parameters, key, bytes, utf8(signingInput))
    },
  }
}

/**
 * The `raw` form for Web Crypto: for P-256 the uncompressed point, for Ed25519 the key's 32 bytes. `undefined` if a
 * coordinate is not strict base64url of 32 bytes.
 */
function rawKey(jwk: ImportableKey): Uint8Array<ArrayBuffer> | undefined {
  return jwk.kty === 'EC' ? pointOf(jwk) : decodeBase64urlOfLength(jwk.x, 32)
}

/** P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3): its prime, and b of y² = x³ - 3x + b. */
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** Whether an uncompressed point lies on P-256. Deno imports one that does not, and then fails to verify with it. */
export function isOnCurve(point: Uint8Array): boolean {
  const x = toInteger(point.subarray(1, 33))
  const y = toInteger(point.subarray(33))
  if (x >= prime || y >= prime) return false
  return (y * y - (x * x * x - 3n * x + b)) % prime === 0n
}

function toInteger(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}
