import { createHash } from 'node:crypto'
import { AppImageError } from '../../errors/app-image-error.ts'
import type { AppImageErrorCode } from '../../errors/app-image-error.ts'
import { apiLevel } from './sdk-range.ts'
import type { SdkRange } from './sdk-range.ts'
import { attributeOf } from './sections.ts'
import type { JarSection } from './sections.ts'

/** A digest that must hold; the algorithm as `node:crypto` names it. */
export interface ExpectedDigest {
  readonly algorithm: string
  readonly digest: Buffer
}

/** What the digest attributes of a file are needed for. */
export interface DigestQuery {
  /** What follows the algorithm in the attribute's name, in lower case. */
  readonly suffix: '-digest' | '-digest-manifest' | '-digest-manifest-main-attributes'
  readonly range: SdkRange
  /** The code for a digest that is not base64. */
  readonly malformed: AppImageErrorCode
}

interface ManifestDigest {
  readonly algorithm: string
  /** First API level that knows it in a manifest. */
  readonly since: number
}

/** Names of algorithms as manifests write them, in lower case. */
const namedDigests: ReadonlyMap<string, ManifestDigest> = new Map([
  ['md5', { algorithm: 'md5', since: 0 }],
  ['sha', { algorithm: 'sha1', since: 0 }],
  ['sha1', { algorithm: 'sha1', since: 0 }],
  ['sha-1', { algorithm: 'sha1', since: 0 }],
  ['sha-256', { algorithm: 'sha256', since: 0 }],
  ['sha-384', { algorithm: 'sha384', since: apiLevel.gingerbread }],
  ['sha-512', { algorithm: 'sha512', since: apiLevel.gingerbread }],
])

/** From API level 18 on, the first of these that is present counts. */
const strongestFirst: readonly (readonly [name: string, algorithm: string])[] = [
  ['sha-512', 'sha512'],
  ['sha-384', 'sha384'],
  ['sha-256', 'sha256'],
  ['sha1', 'sha1'],
]

/**
 * The digests in a section that some platform of the range would compare: at most two, because platforms before API
 * level 18 pick by another rule. None means that a platform of the range finds none.
 *
 * @throws AppImageError with the query's code if one of them is not base64.
 */
export function expectedDigests(section: JarSection, query: DigestQuery): readonly ExpectedDigest[] {
  const { minSdk, maxSdk } = query.range
  const found: ExpectedDigest[] = []
  if (minSdk < apiLevel.jellyBeanMr2) {
    const first = firstNamedDigest(section, query)
    if (first === undefined) return []
    found.push(first)
  }
  if (maxSdk >= apiLevel.jellyBeanMr2) {
    const strongest = strongestDigest(section, query)
    if (strongest !== undefined && !found.some((digest) => isSame(digest, strongest))) found.push(strongest)
  }
  return found
}

/** Whether the bytes have all of these digests. */
export function matchesAll(bytes: Uint8Array, expected: readonly ExpectedDigest[]): boolean {
  return expected.every(({ algorithm, digest }) =>
    createHash(algorithm).update(bytes).digest().equals(digest),
  )
}

// The order is that of the Digest-Algorithms attribute, which hardly any file has.
function firstNamedDigest(section: JarSection, query: DigestQuery): ExpectedDigest | undefined {
  const names = attributeOf(section, 'digest-algorithms') ?? 'SHA SHA1'
  // Looking for an attribute reads the section, so each known name is looked up once, and unknown names never.
  for (const name of new Set(names.toLowerCase().split(/[ \t\n\r\f]+/))) {
    const known = namedDigests.get(name)
    if (known === undefined || known.since > query.range.minSdk) continue
    const value = attributeOf(section, name + query.suffix)
    if (value !== undefined) return { algorithm: known.algorithm, digest: decodeBase64(value, query) }
  }
  return undefined
}

function strongestDigest(section: JarSection, query: DigestQuery): ExpectedDigest | undefined {
  for (const [name, algorithm] of strongestFirst) {
    const value = attributeOf(section, name + query.suffix)
    if (value !== undefined) return { algorithm, digest: decodeBase64(value, query) }
  }
  return undefined
}

function isSame(a: ExpectedDigest, b: ExpectedDigest): boolean {
  return a.algorithm === b.algorithm && a.digest.equals(b.digest)
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

function decodeBase64(value: string, query: DigestQuery): Buffer {
  if (!base64.test(value))
    throw new AppImageError(query.malformed, 'a digest in a JAR signature is not base64')
  return Buffer.from(value, 'base64')
}
