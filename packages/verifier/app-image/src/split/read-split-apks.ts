import { codeSegmentHead, moduleNamePattern, scriptKind, segmentKindByName } from '@assay/protocol'
import type { BuildWarning } from '@assay/protocol'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { AppImageError } from '../errors/app-image-error.ts'
import { readManifest, type ApkManifest } from '../apk/manifest/manifest.ts'
import { hasMuchCompressedCode } from '../apk/compressed-code.ts'
import { apkFramework } from '../apk/framework.ts'
import { apkWarnings, longVersionCode } from '../apk/read-apk.ts'
import { verifySignatures, type VerifiedSignatures } from '../apk/signature/verify-signatures.ts'
import type { BuildReport, ReadBuildOptions } from '../report/build-report.ts'
import { readCodeImage, type SegmentSource } from '../report/code-image.ts'
import { hasToolName } from '../report/tool-name.ts'
import { readArchive, type Archive, type ZipEntry } from '../zip/archive.ts'
import { openByteSource, sourceOfBytes, sourceWithin, type ByteSource } from '../zip/byte-source.ts'
import { readContent, readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { apksIn } from './apks-in.ts'
import { foundSplits } from './found-splits.ts'

const base = 'base'
/** APKs of one set. bundletool makes one for each module, variant, ABI, density and language. */
const mostApks = 1000
/** Bytes of all APKs that are compressed inside the set and so have to be unpacked into memory; bundletool stores them. */
const mostUnpacked = 256 * 1024 * 1024

interface Split {
  /** The module whose code it holds. */
  readonly module: string
  readonly archive: Archive
  readonly manifest: ApkManifest
  readonly signatures: VerifiedSignatures
}

/**
 * Reads a set of split APKs: what `bundletool build-apks` writes (`.apks`), or a ZIP of the APKs that a device has, as
 * the Play Console hands it out. Each APK is verified by itself; together they are one version of one app, by one signer, with one base.
 *
 * A set may hold an APK in several variants, for devices of different kinds: all have the same code under the same names.
 *
 * @throws AppImageError `SPLITS_LAYOUT`, `SPLITS_DISAGREE`, `SPLITS_CODE_DIFFERS`, and what an APK is refused for
 */
export async function readSplitApks(file: string, options: ReadBuildOptions): Promise<BuildReport> {
  const source = openByteSource(file)
  try {
    const splits: Split[] = []
    const apks = apksOf(readArchive(source))
    refuseTooMuchToUnpack(apks)
    for (const apk of distinctApks(source, apks)) splits.push(await readSplit(openApk(source, apk)))
    const { manifest, signatures } = checkTogether(splits)
    checkVariantNames(splits)
    const measured = measuredModules(splits)
    const sources = splits.filter(({ module }) => measured.has(module)).flatMap(codeOf)
    const distinct = [...new Map(sources.map((source) => [source.segment.name, source])).values()]
    const image = await readCodeImage(
      distinct.map(({ segment }) => segment),
      options.keep,
    )
    await checkVariants(sources, distinct, image.segments)
    const names = splits.flatMap(({ archive }) => [...archive.entries.keys()])
    const found = foundSplits(
      splits.map(({ module }) => module),
      measured,
      distinct.map(({ segment }) => segment),
    )
    const warnings: BuildWarning[] = apkWarnings(manifest, signatures)
    if (found.omitted.length > 0) warnings.push('modules_not_measured')
    if (hasMuchCompressedCode(splits.filter(({ module }) => measured.has(module))))
      warnings.push('code_compressed')
    if (hasToolName('android', names)) warnings.push('named_like_a_tool')
    return {
      format: 'apks',
      package: manifest.packageName,
      versionName: manifest.versionName,
      versionCode: longVersionCode(manifest),
      minSdk: manifest.minSdk,
      targetSdk: manifest.targetSdk,
      debuggable: splits.some((split) => split.manifest.debuggable),
      testOnly: manifest.testOnly,
      signers: signatures.signers.map(({ sha256 }) => sha256),
      schemes: signatures.schemes,
      codeSignature: [],
      sealed: false,
      framework: apkFramework(names, image.segments),
      splits: found,
      ...image,
      warnings,
    }
  } finally {
    source.close()
  }
}

function apksOf(archive: Archive): ZipEntry[] {
  const apks = apksIn(archive)
  if (apks.length === 0 || apks.length > mostApks) {
    throw new AppImageError('SPLITS_LAYOUT', 'the file holds no split APKs, or too many')
  }
  return apks
}

function refuseTooMuchToUnpack(apks: readonly ZipEntry[]): void {
  const packed = apks.filter(({ method }) => method !== 0)
  if (packed.reduce((sum, { length }) => sum + length, 0) > mostUnpacked)
    throw new AppImageError('ZIP_BOMB', 'the APKs are too large to be compressed inside the file')
}

function openApk(source: ByteSource, entry: ZipEntry): ByteSource {
  if (entry.method === 0) return sourceWithin(source, entry.dataOffset, entry.length)
  const content = readContent(source, entry, mostUnpacked)
  if (crc32(content) !== entry.crc32) throw new AppImageError('ZIP_ENTRY_CORRUPT')
  return sourceOfBytes(content)
}

async function readSplit(source: ByteSource): Promise<Split> {
  const archive = readArchive(source)
  refuseUnusualMethods(archive)
  const manifest = readManifest(archive)
  // Devices that take splits know schemes of this age; a split states no lowest level of its own.
  const minSdk = Math.max(manifest.minSdk ?? 1, firstWithSplits)
  const signatures = await verifySignatures(archive, manifest, { minSdk, jar: 'if-present' })
  return { module: moduleOf(manifest), archive, manifest, signatures }
}

/** Android 5.0 */
const firstWithSplits = 21

/** The base has no split name; a configuration names the module that it is for, empty for the base. */
function moduleOf({ split, configForSplit }: ApkManifest): string {
  const module = configForSplit ?? (split?.startsWith('config.') === true ? '' : (split ?? ''))
  if (module === '') return base
  if (!moduleNamePattern.test(module) || module === base)
    throw new AppImageError('SPLITS_LAYOUT', 'a split does not have the name of a module')
  return module
}

/** @returns the base */
function checkTogether(splits: readonly Split[]): Split {
  const bases = splits.filter(({ manifest }) => manifest.split === null)
  const [first] = bases
  if (first === undefined) throw new AppImageError('SPLITS_LAYOUT', 'the set has no base APK')
  const signers = ({ signatures }: Split) => signatures.newestSigners.map(({ sha256 }) => sha256).join()
  for (const split of splits) {
    const sameApp = split.manifest.packageName === first.manifest.packageName
    const sameVersion = longVersionCode(split.manifest) === longVersionCode(first.manifest)
    if (!sameApp || !sameVersion || signers(split) !== signers(first)) {
      throw new AppImageError('SPLITS_DISAGREE')
    }
  }
  return first
}

/** Base, and the features that come with the app; a device need not have the others. */
function measuredModules(splits: readonly Split[]): Set<string> {
  const onDemand = new Set(
    splits
      .filter(({ module, manifest }) => module !== base && manifest.delivery === 'on-demand')
      .map(({ module }) => module),
  )
  return new Set(splits.map(({ module }) => module).filter((module) => !onDemand.has(module)))
}

/** A segment, and where its bytes are as they are compressed. */
interface Code {
  readonly segment: SegmentSource
  readonly source: ByteSource
  readonly entry: ZipEntry
}

function codeOf({ module, archive: { source, entries } }: Split): Code[] {
  const code: Code[] = []
  for (const [path, entry] of entries) {
    const name = `${module}/${path}`
    const kind = segmentKindByName('apks', name)
    if (kind === undefined) continue
    const segment: SegmentSource = {
      name,
      kind: kind === 'script' ? scriptKind(readFirstBytes(source, entry, codeSegmentHead)) : kind,
      length: entry.length,
      stream: (take) => streamContent(source, entry, take),
    }
    code.push({ segment, source, entry })
  }
  return code
}

/** A device gets one of several APKs of one split: all of them must have code with the same names. */
function checkVariantNames(splits: readonly Split[]): void {
  const known = new Map<string | null, string>()
  for (const split of splits) {
    const names = codeOf(split)
      .map(({ segment: { name } }) => name)
      .sort()
      .join('\n')
    const { split: name } = split.manifest
    if ((known.get(name) ?? names) !== names)
      throw new AppImageError('SPLITS_CODE_DIFFERS', 'two variants of a split hold code of different names')
    known.set(name, names)
  }
}

/**
 * And in each of them the code must be the same. What is compressed to the same bytes is the same, and is inflated once;
 * everything else is read.
 */
async function checkVariants(
  sources: readonly Code[],
  distinct: readonly Code[],
  read: readonly { name: string; sha256: string }[],
): Promise<void> {
  const known = new Map(read.map(({ name, sha256 }) => [name, sha256]))
  const readAlready = new Map(distinct.map((code) => [code.segment.name, code]))
  for (const code of sources) {
    const first = readAlready.get(code.segment.name) as Code
    if (code === first || isCompressedAlike(code, first)) continue
    const { segments } = await readCodeImage([code.segment], undefined)
    if (segments[0]?.sha256 !== known.get(code.segment.name)) {
      throw new AppImageError('SPLITS_CODE_DIFFERS')
    }
  }
}

function isCompressedAlike(one: Code, other: Code): boolean {
  return (
    declared(one.entry) === declared(other.entry) &&
    digestOf(one.source, one.entry) === digestOf(other.source, other.entry)
  )
}

/** What an entry says about its bytes. It can only show that two are not alike. */
function declared({ method, compressedLength, length, crc32: sum }: ZipEntry): string {
  return [method, compressedLength, length, sum].join()
}

/**
 * Each APK of a set once. A set for several kinds of devices holds most of them several times; those whose bytes in the
 * set have one SHA-256 are one. Only what says the same of itself as another is hashed for this, and the hash alone decides.
 */
function distinctApks(source: ByteSource, apks: readonly ZipEntry[]): ZipEntry[] {
  const byLength = new Map<string, ZipEntry[]>()
  for (const apk of apks) byLength.set(declared(apk), [...(byLength.get(declared(apk)) ?? []), apk])
  return [...byLength.values()].flatMap((alike) => {
    if (alike.length === 1) return alike
    return [...new Map(alike.map((apk) => [digestOf(source, apk), apk])).values()]
  })
}

/** Bytes that are hashed at a time. */
const piece = 1 << 20

/** SHA-256 of an entry's bytes as they are in the archive. */
function digestOf(source: ByteSource, { dataOffset, compressedLength }: ZipEntry): string {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(Math.min(piece, compressedLength))
  for (let done = 0; done < compressedLength; done += piece) {
    const part = buffer.subarray(0, Math.min(piece, compressedLength - done))
    source.fill(part, dataOffset + done)
    hash.update(part)
  }
  return hash.digest('hex')
}
