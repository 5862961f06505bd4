import { createHmac, createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { decodeBase64url, decodeBase64urlOfLength, decodeUtf8 } from '@assay/protocol'
import type { GuardCrypto, ImportableKey, VerificationKey } from '../crypto/guard-crypto.ts'

/** {@link GuardCrypto} over `node:crypto`: synchronous, without the hop to another thread that Web Crypto makes. */
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
      const bytes = decodeBase64urlOfLength(signature, 64)
      return bytes !== undefined && verify(digest, Buffer.from(signingInput, 'latin1'), use, bytes)
    },
  }
}
