import { Buffer } from 'node:buffer'
import { createHmac, createPublicKey, hash, KeyObject, subtle, verify } from 'node:crypto'
import { decodeBase64urlInPlace, decodeUtf8, type PublicJwk } from '@assay/protocol'
import type { Eventually } from '../faults/malfunction.ts'
import { type GuardCrypto, type ImportableKey, rawKey, type VerificationKey } from '../token/crypto.ts'

/** Longer than any token and most other texts; a status list may be longer. */
const usualLength = 8192

/** {@link GuardCrypto} over `node:crypto`, without the hop to another thread that verification by Web Crypto takes. */
export function createNodeCrypto(): GuardCrypto {
  const memory: Memory = { text: new Scratch(usualLength), signature: new Scratch(signatureText) }
  return {
    decodeText: (text) => memory.text.decodeText(text),
    importKey: (key) => importKey(memory, key),
    sha256: (data) => hash('sha256', data, 'base64url'),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  }
}

/** For both ES256 and Ed25519: bytes, and characters of their base64url. */
const signatureLength = 64
const signatureText = 86

/** Each use ends before the next begins: nothing here awaits while it holds its input. */
interface Memory {
  readonly text: Scratch
  readonly signature: Scratch
}

function importKey(memory: Memory, jwk: ImportableKey): Eventually<VerificationKey | undefined> {
  return jwk.kty === 'EC' ? importPoint(memory, jwk) : importJwk(memory, jwk)
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256' }

/**
 * Uses Web Crypto, which takes less time for a point than `createPublicKey` for a JWK. Extractable: for other keys,
 * Node 26 and later create a key object only with a warning.
 */
async function importPoint(memory: Memory, jwk: PublicJwk): Promise<VerificationKey | undefined> {
  const point = rawKey(jwk)
  if (point === undefined) return undefined
  try {
    const key = await subtle.importKey('raw', point, p256, true, ['verify'])
    return verificationKey(memory, KeyObject.from(key), 'sha256')
  } catch (cause) {
    if ((cause as Error).name === 'DataError') return undefined
    throw cause
  }
}

function importJwk(memory: Memory, jwk: ImportableKey): VerificationKey | undefined {
  try {
    return verificationKey(memory, createPublicKey({ key: { ...jwk }, format: 'jwk' }), null)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_CRYPTO_INVALID_JWK') return undefined
    throw cause
  }
}

function verificationKey(
  { text, signature: place }: Memory,
  key: KeyObject,
  digest: 'sha256' | null,
): VerificationKey {
  const use = { key, dsaEncoding: 'ieee-p1363' } as const
  return {
    verify(signingInput, signature) {
      const bytes = place.decode(signature, signatureLength)
      return bytes !== undefined && verify(digest, text.write(signingInput), use, bytes)
    },
  }
}

/**
 * Reusable memory for one text after another, because allocating it anew costs more than the work done in it. A result
 * is valid until the next use, so nobody may await in between.
 */
export class Scratch {
  readonly #bytes: Buffer
  /** The last result: texts of one client, and all signatures, have one length, and a new view takes time. */
  #view: Buffer

  /** @param longest Characters; a longer text gets its own memory. */
  constructor(longest: number) {
    // Each takes at most three bytes in UTF-8.
    this.#bytes = Buffer.allocUnsafeSlow(3 * longest)
    this.#view = this.#bytes
  }

  /** The bytes of `text`. */
  write(text: string): Buffer {
    const bytes = this.#bytesFor(text)
    return this.#startOf(bytes, bytes.write(text))
  }

  /** The bytes of strict base64url, if there are `length` of them. */
  decode(text: string, length: number): Buffer | undefined {
    const bytes = this.#bytesFor(text)
    return decodeBase64urlInPlace(bytes, bytes.write(text)) === length
      ? this.#startOf(bytes, length)
      : undefined
  }

  /**
   * The text of strict base64url of well-formed UTF-8. Base64 is not decoded by `Buffer`: it is lenient, and its vector
   * code leaves the processor slower for the verification that follows.
   */
  decodeText(text: string): string | undefined {
    // As UTF-8, so that no non-ASCII character passes for one of the alphabet.
    const bytes = this.#bytesFor(text)
    const length = decodeBase64urlInPlace(bytes, bytes.write(text))
    if (length === undefined) return undefined
    let seen = 0
    for (let i = 0; i < length; i++) seen |= bytes[i] as number
    return seen < 0x80 ? bytes.toString('latin1', 0, length) : decodeUtf8(bytes.subarray(0, length))
  }

  #startOf(bytes: Buffer, length: number): Buffer {
    if (bytes !== this.#bytes) return bytes.subarray(0, length)
    if (this.#view.length !== length) this.#view = bytes.subarray(0, length)
    return this.#view
  }

  #bytesFor(text: string): Buffer {
    return 3 * text.length <= this.#bytes.length ? this.#bytes : Buffer.allocUnsafeSlow(3 * text.length)
  }
}
