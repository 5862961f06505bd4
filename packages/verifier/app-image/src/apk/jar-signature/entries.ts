import { AppImageError } from '../../errors/app-image-error.ts'
import { expectedDigests } from './digests.ts'
import type { ExpectedDigest } from './digests.ts'
import type { JarManifest } from './manifest.ts'
import type { SdkRange } from './sdk-range.ts'

/** An entry of the archive, as far as a JAR signature is concerned with it. */
export interface JarEntry {
  /** The inflated content. Called for the manifest, signature files and signature blocks only. */
  readContent(): Buffer
  /**
   * Digests of the inflated content, which is read once for all of them. Keys and values of the answer are the
   * algorithms asked for, as `node:crypto` names them, and their digests.
   */
  digestContent(algorithms: readonly string[]): Map<string, Buffer>
}

/** A signer with a valid block and file, and the entries that the file covers. */
export interface EntrySigner {
  readonly certificate: Uint8Array
  readonly entryNames: ReadonlySet<string>
}

/**
 * Checks every entry that a signature must cover: the manifest has a valid digest of it, and the same signers cover it
 * as all others. Returns those signers.
 *
 * @throws AppImageError JAR_ENTRY_NOT_SIGNED, JAR_SIGNERS_DIFFER, JAR_DIGEST_MISSING, JAR_DIGEST_MISMATCH,
 * JAR_MANIFEST_MALFORMED.
 */
export function verifyEntries(
  entries: ReadonlyMap<string, JarEntry>,
  manifest: JarManifest,
  signers: readonly EntrySigner[],
  range: SdkRange,
): readonly EntrySigner[] {
  let common: readonly EntrySigner[] | undefined
  for (const [name, entry] of entries) {
    if (!mustBeSigned(name)) continue
    const section = manifest.sections.get(name)
    if (section === undefined) throw notSigned('an entry is not in the JAR manifest')
    const covering = signers.filter(({ entryNames }) => entryNames.has(name))
    if (covering.length === 0) throw notSigned('no JAR signer covers an entry')
    common ??= covering
    if (!isSame(common, covering)) {
      throw new AppImageError('JAR_SIGNERS_DIFFER')
    }
    const query = { suffix: '-digest', range, malformed: 'JAR_MANIFEST_MALFORMED' } as const
    verifyContent(entry, expectedDigests(section, query))
  }
  if (common === undefined) throw notSigned('the archive has no entry that a JAR signature covers')
  return common
}

// The platform leaves out all of META-INF, unlike the JAR specification.
function mustBeSigned(name: string): boolean {
  return !name.startsWith('META-INF/') && !name.endsWith('/')
}

function verifyContent(entry: JarEntry, expected: readonly ExpectedDigest[]): void {
  if (expected.length === 0) {
    throw new AppImageError('JAR_DIGEST_MISSING')
  }
  const actual = entry.digestContent([...new Set(expected.map(({ algorithm }) => algorithm))])
  if (!expected.every(({ algorithm, digest }) => actual.get(algorithm)?.equals(digest))) {
    throw new AppImageError('JAR_DIGEST_MISMATCH')
  }
}

function isSame(a: readonly EntrySigner[], b: readonly EntrySigner[]): boolean {
  return a.length === b.length && a.every((signer, i) => signer === b[i])
}

function notSigned(message: string): AppImageError {
  return new AppImageError('JAR_ENTRY_NOT_SIGNED', message)
}
