import { createHmac, createPublicKey, hash, KeyObject, subtle, verify } from 'node:crypto'
import { decodeBase64url, decodeBase64urlOfLength, decodeUtf8, type PublicJwk } from '@assay/protocol'
import type { Eventually, GuardCrypto, ImportableKey, VerificationKey } from '../crypto/guard-crypto.ts'
import { rawKey } from '../crypto/raw-key.ts'

/** {@link GuardCrypto} over `node:crypto`, without the hop to another thread that a verification by Web Crypto makes. */
export function createNodeCrypto(): GuardCrypto {
  return {
    decodeText,
    importKey,
    sha256: (data) => hash('sha256', data, 'base64url'),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  }
}

/**
 * Base64 not by `Buffer`: it is lenient, and its vector code leaves the processor slower for the verification that
 * follows. ASCII by `Buffer`, which makes text of it in one copy.
 */
function decodeText(text: string): string | undefined {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) return undefined
  let seen = 0
  for (let i = 0; i < bytes.length; i++) seen |= bytes[i] as number
  return seen < 0x80
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    : decodeUtf8(bytes)
}

function importKey(jwk: ImportableKey): Eventually<VerificationKey | undefined> {
  return jwk.kty === 'EC' ? importPoint(jwk) : importJwk(jwk)
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256' }

/**
 * By way of Web Crypto, which takes less time for a point than `createPublicKey` for a JWK. Extractable: of a key that is
 * not, Node 26 and later make no key object without a warning.
 */
async function importPoint(jwk: PublicJwk): Promise<VerificationKey | undefined> {
  const point = rawKey(jwk)
  if (point === undefined) return undefined
  try {
    return verificationKey(
      KeyObject.from(await subtle.importKey('raw', point, p256, true, ['verify'])),
      'sha256',
    )
  } catch (cause) {
    if ((cause as Error).name === 'DataError') return undefined
    throw cause
  }
}

function importJwk(jwk: ImportableKey): VerificationKey | undefined {
  try {
    return verificationKey(createPublicKey({ key: { ...jwk }, format: 'jwk' }), null)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_CRYPTO_INVALID_JWK') return undefined
    throw cause
  }
}

function verificationKey(key: KeyObject, digest: 'sha256' | null): VerificationKey {
  const use = { key, dsaEncoding: 'ieee-p1363' } as const
  return {
    verify(signingInput, signature) {
      const bytes = decodeBase64urlOfLength(signature, 64)
      return bytes !== undefined && verify(digest, Buffer.from(signingInput, 'latin1'), use, bytes)
    },
  }
}
