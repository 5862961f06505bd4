import { protoXmlElements } from '@assay/codec/proto-xml'
import { codeSegmentHead, moduleNamePattern, scriptKind, segmentKindByName } from '@assay/protocol'
import type { BuildWarning } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import { longVersionCode } from '../apk/read-apk.ts'
import { apkFramework } from '../apk/framework.ts'
import { readManifest, type ApkManifest } from '../apk/manifest/manifest.ts'
import type { BuildReport, ReadBuildOptions } from '../report/build-report.ts'
import { readCodeImage, type SegmentSource } from '../report/code-image.ts'
import { hasToolName } from '../report/tool-name.ts'
import { readArchive, type Archive, type ZipEntry } from '../zip/archive.ts'
import { openByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { foundSplits } from './found-splits.ts'

const base = 'base'
/** Modules of one bundle; Google Play accepts a hundred. */
const mostModules = 100
const manifestPath = 'manifest/AndroidManifest.xml'
/** Folders of a bundle that are not modules. */
const besideModules = new Set(['META-INF', 'BUNDLE-METADATA'])

interface Module {
  readonly name: string
  readonly manifest: ApkManifest
  /** By their path in the APK that bundletool makes of the module. */
  readonly files: ReadonlyMap<string, ZipEntry>
}

/**
 * Reads an Android App Bundle for registration: the base and those feature modules that come with the app and stay
 * separate.
 *
 * The signature of a bundle is that of its upload key, which the store replaces: nobody is named as signer, and the
 * operator says who signs for the store.
 *
 * @throws AppImageError `AAB_LAYOUT`, `AAB_MODULES_DISAGREE`, `AAB_MODULE_FUSED`, `AAB_TARGETED_CODE`, `MANIFEST_…`,
 * `ZIP_…`
 */
export async function readAab(file: string, options: ReadBuildOptions): Promise<BuildReport> {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    refuseUnusualMethods(archive)
    const modules = readModules(archive)
    const { manifest } = modules.find(({ name }) => name === base) as Module
    checkModulesAgree(modules, manifest)
    const measured = modules.filter(isMeasured)
    const sources = measured.flatMap((module) => segmentsOf(archive, module))
    const image = await readCodeImage(sources, options.keep)
    const names = modules.flatMap(({ files }) => [...files.keys()])
    const warnings = warningsOf(manifest, measured.length < modules.length)
    if (hasToolName('android', names)) warnings.push('named_like_a_tool')
    return {
      format: 'aab',
      package: manifest.packageName,
      versionName: manifest.versionName,
      versionCode: longVersionCode(manifest),
      minSdk: manifest.minSdk,
      targetSdk: manifest.targetSdk,
      debuggable: manifest.debuggable,
      testOnly: manifest.testOnly,
      signers: [],
      schemes: [],
      codeSignature: [],
      sealed: false,
      framework: apkFramework(names, image.segments),
      splits: foundSplits(
        modules.map(({ name }) => name),
        new Set(measured.map(({ name }) => name)),
        sources,
      ),
      ...image,
      warnings,
    }
  } finally {
    source.close()
  }
}

function readModules(archive: Archive): Module[] {
  const files = new Map<string, Map<string, ZipEntry>>()
  for (const [path, entry] of archive.entries) {
    const slash = path.indexOf('/')
    if (slash <= 0 || path.endsWith('/')) continue
    const folder = path.slice(0, slash)
    if (besideModules.has(folder)) continue
    const module = files.get(folder) ?? new Map<string, ZipEntry>()
    files.set(folder, module.set(path.slice(slash + 1), entry))
  }
  if (!files.has(base) || files.size > mostModules) {
    throw new AppImageError('AAB_LAYOUT', 'the bundle has no base module, or too many modules')
  }
  return [...files].flatMap(([name, entries]) => {
    if (!moduleNamePattern.test(name)) {
      throw new AppImageError('AAB_LAYOUT', 'a folder of the bundle does not have the name of a module')
    }
    const manifest = readManifest(archive, { entry: `${name}/${manifestPath}`, elements: protoXmlElements })
    // The contents of an asset pack are not part of any APK from which the app is installed.
    if (manifest.delivery === 'asset-pack') return []
    return [{ name, manifest, files: inApk(entries) }]
  })
}

/**
 * Where bundletool puts the files of a module in its APK: those in `dex/` and `root/` at the top, others unchanged.
 */
function inApk(entries: ReadonlyMap<string, ZipEntry>): Map<string, ZipEntry> {
  const files = new Map<string, ZipEntry>()
  for (const [path, entry] of entries) {
    const name = path.replace(/^(?:dex|root)\//, '')
    if (files.has(name)) throw new AppImageError('AAB_LAYOUT', 'two files of a module become one')
    files.set(name, entry)
  }
  return files
}

/** bundletool refuses a bundle whose modules differ in what devices want to be the same. */
function checkModulesAgree(modules: readonly Module[], { packageName, versionCode }: ApkManifest): void {
  for (const { name, manifest } of modules) {
    const hasVersion = manifest.versionCode !== 0
    if (manifest.packageName !== packageName || (hasVersion && manifest.versionCode !== versionCode)) {
      throw new AppImageError('AAB_MODULES_DISAGREE')
    }
    if (name !== base && manifest.delivery === 'fused') {
      throw new AppImageError('AAB_MODULE_FUSED')
    }
  }
}

/** A device need not have a module that is fetched on demand, so a plan cannot ask for it. */
function isMeasured({ name, manifest }: Module): boolean {
  return name === base || manifest.delivery === 'install-time'
}

function segmentsOf({ source }: Archive, { name: module, files }: Module): SegmentSource[] {
  const segments: SegmentSource[] = []
  for (const [path, entry] of files) {
    const name = `${module}/${path}`
    const kind = segmentKindByName('aab', name)
    if (kind === undefined) continue
    // `assets/textures#tcf_astc/…`: one of several reaches a device, in a folder of another name.
    if (path.includes('#')) {
      throw new AppImageError('AAB_TARGETED_CODE')
    }
    segments.push({
      name,
      kind: kind === 'script' ? scriptKind(readFirstBytes(source, entry, codeSegmentHead)) : kind,
      length: entry.length,
      stream: (take) => streamContent(source, entry, take),
    })
  }
  return segments
}

function warningsOf(manifest: ApkManifest, leavesOut: boolean): BuildWarning[] {
  const warnings: BuildWarning[] = ['signer_unknown']
  if (manifest.debuggable) warnings.push('debuggable')
  if (manifest.testOnly) warnings.push('test_only')
  if (leavesOut) warnings.push('modules_not_measured')
  return warnings
}
