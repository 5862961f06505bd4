import { AppImageError } from '../../errors/app-image-error.ts'
import { expectedDigests, matchesAll } from './digests.ts'
import type { DigestQuery } from './digests.ts'
import type { JarManifest } from './manifest.ts'
import type { SdkRange } from './sdk-range.ts'
import { attributeOf, parseJarSections } from './sections.ts'
import type { JarSection } from './sections.ts'

/** The contents of a signature file (`.SF`) with valid digests. */
export interface SignatureFile {
  /** The entries whose section of the manifest it covers; undefined if the platform ignores the file. */
  readonly entryNames: ReadonlySet<string> | undefined
  /** Ids of APK signature schemes that the signer also used. */
  readonly declaredSchemes: readonly number[]
}

/**
 * Checks a signature file against the manifest: by the digest of the whole manifest or, failing that, section by
 * section. A file without a version, with a nameless or repeated section, or, where sections count, with a section for
 * an entry that the manifest does not know is ignored together with its signer.
 *
 * @throws AppImageError JAR_SIGNATURE_FILE_MALFORMED, JAR_DIGEST_MISMATCH, JAR_DIGEST_MISSING.
 */
export function verifySignatureFile(file: Uint8Array, manifest: JarManifest, range: SdkRange): SignatureFile {
  const { main, individual } = parseJarSections(file)
  if (main === undefined)
    throw new AppImageError('JAR_SIGNATURE_FILE_MALFORMED', 'a JAR signature file is empty')
  if (attributeOf(main, 'signature-version') === undefined)
    return { entryNames: undefined, declaredSchemes: [] }
  const declaredSchemes = readDeclaredSchemes(main)
  const bySigntool = attributeOf(main, 'created-by')?.includes('signtool') ?? false
  const whole = wholeManifestHolds(main, manifest, range, bySigntool)
  if (!bySigntool) checkMainSection(main, manifest, range)
  const names = sectionNames(individual)
  if (names === undefined || whole) return { entryNames: names, declaredSchemes }
  const known = checkSections(individual, { manifest, range, bySigntool })
  return { entryNames: known ? names : undefined, declaredSchemes }
}

// Items that are not numbers are skipped, as on the platform.
function readDeclaredSchemes(main: JarSection): readonly number[] {
  const items = attributeOf(main, 'x-android-apk-signed')?.split(',') ?? []
  return items
    .map((item) => item.trim())
    .filter((item) => /^[+-]?\d{1,10}$/.test(item))
    .map(Number)
}

function wholeManifestHolds(
  main: JarSection,
  manifest: JarManifest,
  range: SdkRange,
  bySigntool: boolean,
): boolean {
  const expected = expectedDigests(main, query(bySigntool ? '-digest' : '-digest-manifest', range))
  return expected.length > 0 && matchesAll(manifest.bytes, expected)
}

function checkMainSection(main: JarSection, manifest: JarManifest, range: SdkRange): void {
  const expected = expectedDigests(main, query('-digest-manifest-main-attributes', range))
  if (!matchesAll(bytesOf(manifest.main, manifest), expected)) {
    throw new AppImageError('JAR_DIGEST_MISMATCH', "the manifest's main section does not have its digest")
  }
}

function sectionNames(sections: readonly JarSection[]): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const { name } of sections) {
    if (name === undefined || names.has(name)) return undefined
    names.add(name)
  }
  return names
}

interface SectionCheck {
  readonly manifest: JarManifest
  readonly range: SdkRange
  readonly bySigntool: boolean
}

// False if the manifest lacks one of the sections: then the digests of the others do not matter either.
function checkSections(sections: readonly JarSection[], check: SectionCheck): boolean {
  const pairs = sections.map(
    (section) => [section, check.manifest.sections.get(section.name as string)] as const,
  )
  if (pairs.some(([, counterpart]) => counterpart === undefined)) return false
  for (const [section, counterpart] of pairs) checkSection(section, counterpart as JarSection, check)
  return true
}

function checkSection(section: JarSection, counterpart: JarSection, check: SectionCheck): void {
  const expected = expectedDigests(section, query('-digest', check.range))
  if (expected.length === 0) {
    throw new AppImageError('JAR_DIGEST_MISSING', 'a section of a JAR signature file has no digest')
  }
  const bytes = bytesOf(counterpart, check.manifest)
  if (!matchesAll(check.bySigntool ? withoutLastEmptyLine(bytes) : bytes, expected)) {
    throw new AppImageError('JAR_DIGEST_MISMATCH', 'a section of the manifest does not have its digest')
  }
}

// signtool leaves out the empty line that ends a section, where it is a bare line feed.
function withoutLastEmptyLine(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a && bytes.at(-2) === 0x0a ? bytes.subarray(0, -1) : bytes
}

function bytesOf({ start, end }: JarSection, { bytes }: JarManifest): Uint8Array {
  return bytes.subarray(start, end)
}

function query(suffix: DigestQuery['suffix'], range: SdkRange): DigestQuery {
  return { suffix, range, malformed: 'JAR_SIGNATURE_FILE_MALFORMED' }
}
