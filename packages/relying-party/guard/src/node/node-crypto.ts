import { Buffer } from 'node:buffer'
import { createHmac, createPublicKey, hash, KeyObject, subtle, verify } from 'node:crypto'
import { pointOf, type PublicJwk } from '@assay/protocol'
import { decodeBase64url } from '@assay/protocol/node'
import type { GuardCrypto, ImportableKey, VerificationKey } from '../token/crypto.ts'

/** {@link GuardCrypto} over `node:crypto`, without the hop to another thread that verification by Web Crypto takes. */
export function createNodeCrypto(): GuardCrypto {
  return {
    decodeText,
    importKey: (key) => (key.kty === 'EC' ? importPoint(key) : importJwk(key)),
    sha256: (data) => hash('sha256', data, 'base64url'),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeText(base64url: string): string | undefined {
  const bytes = decodeBase64url(base64url)
  try {
    return bytes && decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256' }

/**
 * Uses Web Crypto, which takes less time for a point than `createPublicKey` for a JWK. Extractable: for other keys,
 * Node 26 and later create a key object only with a warning.
 */
async function importPoint(jwk: PublicJwk): Promise<VerificationKey | undefined> {
  const point = pointOf(jwk)
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
      const bytes = decodeBase64url(signature)
      return bytes?.length === 64 && verify(digest, Buffer.from(signingInput), use, bytes)
    },
  }
}
