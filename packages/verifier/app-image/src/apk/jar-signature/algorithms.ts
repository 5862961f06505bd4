import type { SdkRange } from './sdk-range.ts'

/** How `node:crypto` verifies what a SignerInfo names. */
export interface SignatureAlgorithm {
  readonly hash: string
  readonly keyType: KeyType
}

export type KeyType = 'rsa' | 'dsa' | 'ec'

/** API levels of support: from the first number to the second, both included. */
type Levels = readonly (readonly [from: number, to: number])[]

const digestNames: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.5', 'md5'],
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** Object identifiers of keys, which PKCS #7 allows in place of a signature algorithm. */
const keyAlgorithms: ReadonlyMap<string, KeyType> = new Map([
  ['1.2.840.113549.1.1.1', 'rsa'],
  ['1.2.840.10040.4.1', 'dsa'],
  ['1.2.840.10045.2.1', 'ec'],
])

const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.4', { hash: 'md5', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.5', { hash: 'sha1', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.14', { hash: 'sha224', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.11', { hash: 'sha256', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.12', { hash: 'sha384', keyType: 'rsa' }],
  ['1.2.840.113549.1.1.13', { hash: 'sha512', keyType: 'rsa' }],
  ['1.2.840.10040.4.3', { hash: 'sha1', keyType: 'dsa' }],
  ['2.16.840.1.101.3.4.3.1', { hash: 'sha224', keyType: 'dsa' }],
  ['2.16.840.1.101.3.4.3.2', { hash: 'sha256', keyType: 'dsa' }],
  ['1.2.840.10045.4.1', { hash: 'sha1', keyType: 'ec' }],
  ['1.2.840.10045.4.3.1', { hash: 'sha224', keyType: 'ec' }],
  ['1.2.840.10045.4.3.2', { hash: 'sha256', keyType: 'ec' }],
  ['1.2.840.10045.4.3.3', { hash: 'sha384', keyType: 'ec' }],
  ['1.2.840.10045.4.3.4', { hash: 'sha512', keyType: 'ec' }],
])

const always = Number.POSITIVE_INFINITY
const since = (level: number): Levels => [[level, always]]
const sinceWithGap = (level: number): Levels => [
  [0, 8],
  [level, always],
]

/** Digest algorithm beside the object identifier of a key. */
const byKey: Readonly<Record<KeyType, Readonly<Record<string, Levels>>>> = {
  rsa: {
    md5: since(0),
    sha1: since(0),
    sha224: sinceWithGap(21),
    sha256: sinceWithGap(18),
    sha384: since(18),
    sha512: since(18),
  },
  dsa: { sha1: since(0), sha224: since(22), sha256: since(22) },
  ec: { sha1: since(18), sha224: since(21), sha256: since(18), sha384: since(18), sha512: since(18) },
}

/** Digest algorithm beside a signature algorithm that has the same one. */
const bySignature: Readonly<Record<KeyType, Readonly<Record<string, Levels>>>> = {
  rsa: {
    md5: sinceWithGap(21),
    sha1: since(0),
    sha224: sinceWithGap(21),
    sha256: sinceWithGap(18),
    sha384: since(21),
    sha512: since(21),
  },
  dsa: { sha1: since(9), sha224: since(21), sha256: since(21) },
  ec: { sha1: since(18), sha224: since(21), sha256: since(21), sha384: since(21), sha512: since(21) },
}

/** Android 5 to 6 also verified signature algorithms with another digest than the one named beside them. */
const mixed: Levels = [[21, 23]]
const mixedOnlyIn21: ReadonlySet<string> = new Set(['sha224 sha256', 'sha256 sha1', 'sha512 sha384'])

/** The digest algorithm of an object identifier, as `node:crypto` names it. */
export function digestName(oid: string): string | undefined {
  return digestNames.get(oid)
}

/**
 * How to verify a signature that names these two algorithms, or undefined if not every platform of the range can.
 */
export function signatureAlgorithm(
  digestOid: string,
  signatureOid: string,
  range: SdkRange,
): SignatureAlgorithm | undefined {
  const digest = digestNames.get(digestOid)
  if (digest === undefined) return undefined
  const keyType = keyAlgorithms.get(signatureOid)
  if (keyType !== undefined) {
    return covers(byKey[keyType][digest], range) ? { hash: digest, keyType } : undefined
  }
  const algorithm = signatureAlgorithms.get(signatureOid)
  if (algorithm === undefined) return undefined
  return covers(levelsOfSignature(digest, algorithm), range) ? algorithm : undefined
}

function levelsOfSignature(digest: string, { hash, keyType }: SignatureAlgorithm): Levels | undefined {
  if (digest === hash) return bySignature[keyType][digest]
  return keyType === 'rsa' && mixedOnlyIn21.has(`${digest} ${hash}`) ? [[21, 21]] : mixed
}

// The spans of one entry neither touch nor overlap, so a range must lie within one of them.
function covers(levels: Levels | undefined, { minSdk, maxSdk }: SdkRange): boolean {
  return levels?.some(([from, to]) => from <= minSdk && maxSdk <= to) ?? false
}
