import { decodeBase64url, decodeBase64urlOfLength, decodeUtf8, encodeBase64url, utf8 } from '@assay/protocol'
import type { GuardCrypto, ImportableKey, VerificationKey } from './guard-crypto.ts'
import { isOnCurve, rawKey } from './raw-key.ts'

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
