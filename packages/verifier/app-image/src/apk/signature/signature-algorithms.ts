import { constants, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export type ContentDigestKind = 'chunked-sha256' | 'chunked-sha512' | 'verity-sha256'

/** The meaning of a signature algorithm id of an APK Signing Block. */
export interface SignatureAlgorithm {
  id: number
  keyType: 'rsa' | 'ec' | 'dsa'
  hash: 'sha256' | 'sha512'
  /** Bytes of salt for RSASSA-PSS; `undefined` for RSASSA-PKCS1-v1_5 and for the other key types. */
  saltLength?: number
  contentDigest: ContentDigestKind
  /** First SDK level that knows it. */
  minSdk: number
}

const algorithms: readonly SignatureAlgorithm[] = [
  { id: 0x0101, keyType: 'rsa', hash: 'sha256', saltLength: 32, contentDigest: 'chunked-sha256', minSdk: 24 },
  { id: 0x0102, keyType: 'rsa', hash: 'sha512', saltLength: 64, contentDigest: 'chunked-sha512', minSdk: 24 },
  { id: 0x0103, keyType: 'rsa', hash: 'sha256', contentDigest: 'chunked-sha256', minSdk: 24 },
  { id: 0x0104, keyType: 'rsa', hash: 'sha512', contentDigest: 'chunked-sha512', minSdk: 24 },
  { id: 0x0201, keyType: 'ec', hash: 'sha256', contentDigest: 'chunked-sha256', minSdk: 24 },
  { id: 0x0202, keyType: 'ec', hash: 'sha512', contentDigest: 'chunked-sha512', minSdk: 24 },
  { id: 0x0301, keyType: 'dsa', hash: 'sha256', contentDigest: 'chunked-sha256', minSdk: 24 },
  { id: 0x0421, keyType: 'rsa', hash: 'sha256', contentDigest: 'verity-sha256', minSdk: 28 },
  { id: 0x0423, keyType: 'ec', hash: 'sha256', contentDigest: 'verity-sha256', minSdk: 28 },
  { id: 0x0425, keyType: 'dsa', hash: 'sha256', contentDigest: 'verity-sha256', minSdk: 28 },
]
const byId = new Map(algorithms.map((algorithm) => [algorithm.id, algorithm]))

/** `undefined` for an id that is not known: such signatures are skipped as long as a known one is there. */
export function signatureAlgorithm(id: number): SignatureAlgorithm | undefined {
  return byId.get(id)
}

/** Android prefers the stronger content digest. */
export const digestStrength: Readonly<Record<ContentDigestKind, number>> = {
  'chunked-sha256': 1,
  'verity-sha256': 2,
  'chunked-sha512': 3,
}

/** Whether `signature` over `data` is valid. A key of another type than the algorithm's is not. */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.asymmetricKeyType !== algorithm.keyType) return false
  try {
    return verify(algorithm.hash, data, withPadding(algorithm, key), signature)
  } catch {
    // OpenSSL throws, rather than returning false, for signatures that no key of this size can make.
    return false
  }
}

function withPadding(algorithm: SignatureAlgorithm, key: KeyObject): Parameters<typeof verify>[2] {
  if (algorithm.keyType !== 'rsa') return key
  if (algorithm.saltLength === undefined) return { key, padding: constants.RSA_PKCS1_PADDING }
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength }
}
