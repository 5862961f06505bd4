import { createHmac, createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { decodeBase64urlOfLength } from '@assay/protocol'
import { BoundedCache } from '../caching/bounded-cache.ts'
import type { GuardCrypto, ImportableKey, VerificationKey } from '../crypto/guard-crypto.ts'

/** Keys kept at most: an import costs as much as a verification, and a client keeps its key over many tokens. */
const keyCacheSize = 10_000

/** {@link GuardCrypto} over `node:crypto`: synchronous, without the hop to another thread that Web Crypto makes. */
export function createNodeCrypto(): GuardCrypto {
  const keys = new BoundedCache<VerificationKey>(keyCacheSize)
  return {
    importKey(jwk) {
      const name = jwk.kty === 'EC' ? `${jwk.x}.${jwk.y}` : jwk.x
      const known = keys.get(name)
      if (known !== undefined) return known
      const key = importKey(jwk)
      if (key !== undefined) keys.set(name, key)
      return key
    },
    sha256: (data) => hash('sha256', data, 'base64url'),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  }
}

function importKey(jwk: ImportableKey): VerificationKey | undefined {
  let key: KeyObject
  try {
    key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_CRYPTO_INVALID_JWK') return undefined
    throw cause
  }
  const digest = jwk.kty === 'EC' ? 'sha256' : null
  const use = { key, dsaEncoding: 'ieee-p1363' } as const
  return {
    verify(signingInput, signature) {
      // Not by `Buffer`: it is lenient, and its vector code leaves the processor slower for the verification that follows.
      const bytes = decodeBase64urlOfLength(signature, 64)
      return bytes !== undefined && verify(digest, Buffer.from(signingInput, 'latin1'), use, bytes)
    },
  }
}
