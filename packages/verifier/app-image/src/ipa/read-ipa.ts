import { codeSegmentHead, codeSegmentKind, segmentKindByName, type BuildWarning } from '@assay/protocol'
import { AppImageError } from '../errors/app-image-error.ts'
import type { BuildReport, ReadBuildOptions } from '../report/build-report.ts'
import { readCodeImage, type SegmentSource } from '../report/code-image.ts'
import { hasToolName } from '../report/tool-name.ts'
import { examineExecutable } from '../mach-o/verify-executable.ts'
import { readArchive, type ZipEntry } from '../zip/archive.ts'
import { openByteSource, type ByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { refuseLink } from './app/app-content.ts'
import { findAppFiles, type AppFiles } from './app/app-folder.ts'
import { executableOf } from './app/executable.ts'
import { ipaFramework } from './framework.ts'
import { readInfo } from './app/info.ts'
import { readProvisioningProfile } from './provisioning-profile.ts'
import { checkSeal } from './seal/check-seal.ts'
import { gatherResources } from './resource-folders.ts'
import { checkTeam } from './team.ts'
import { textImage } from './text-image.ts'

/**
 * Reads an IPA for registration. Segments are the scripts, and with coverage `image` the other files that reach devices
 * as they are. Executables do not: the store encrypts them and signs them again; their parts in memory are a second
 * image, of kind `text`. For the same reason the executable need not be signed. If it is, its code signature must hold,
 * be of the team that the provisioning profile is for, and fit every file that it seals. Hardware evidence shows that a
 * device runs an app with this identity.
 */
export async function readIpa(file: string, options: ReadBuildOptions): Promise<BuildReport> {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    refuseUnusualMethods(archive)
    const files = findAppFiles(archive)
    const info = readInfo(source, files)
    if (info.platform === 'other') {
      throw new AppImageError('IPA_PLATFORM')
    }
    const isForSimulator = info.platform === 'ios-simulator'
    const profile = readProvisioningProfile(source, files)
    const debuggable = isForSimulator || profile?.allowsDebugging === true
    const executable = executableOf(source, files, info)
    const examined = await examineExecutable(executable)
    checkTeam(examined.signed, profile)
    const sealed = await checkSeal(source, { files, executable: executable.path, examined })
    const text = await textImage(source, files, executable.path)
    const image = await readCodeImage(stableFiles(source, files, options.coverage), options.keep, text.runs)
    const warnings: BuildWarning[] = debuggable ? ['debuggable'] : []
    if (isForSimulator) warnings.push('built_for_simulator')
    if (!text.isReadable) warnings.push('text_not_measured')
    if (hasToolName('ios', files.keys())) warnings.push('named_like_a_tool')
    return {
      format: 'ipa',
      package: info.bundleId,
      versionName: info.versionName,
      versionCode: info.versionCode,
      minSdk: null,
      targetSdk: null,
      debuggable,
      testOnly: false,
      signers: [],
      schemes: [],
      codeSignature: examined.signed,
      sealed,
      framework: ipaFramework(files.keys(), image.segments),
      splits: null,
      ...image,
      warnings,
    }
  } finally {
    source.close()
  }
}

/**
 * Scripts, and with coverage `image`, or where there is no script, the app's other files: those of a folder as one
 * segment.
 *
 * @throws AppImageError `IPA_NOTHING_TO_MEASURE`, `IPA_LAYOUT`, `IPA_NAMES_ALIKE`
 */
function stableFiles(
  source: ByteSource,
  files: AppFiles,
  coverage: ReadBuildOptions['coverage'],
): SegmentSource[] {
  const found: (SegmentSource & { entry: ZipEntry })[] = []
  for (const [name, entry] of files) {
    if (segmentKindByName('ipa', name) === undefined) continue
    const kind = codeSegmentKind('ipa', name, readFirstBytes(source, entry, codeSegmentHead))
    if (kind === undefined) continue
    const stream: SegmentSource['stream'] = (take) => streamContent(source, entry, take)
    found.push({ name, kind, length: entry.length, stream, entry })
  }
  const scripts = found.filter(({ kind }) => kind !== 'resource')
  const stable = coverage === 'scripts' || (coverage === undefined && scripts.length > 0) ? scripts : found
  for (const { entry } of stable) refuseLink(entry)
  if (stable.length > 0) return gatherResources(stable)
  throw new AppImageError('IPA_NOTHING_TO_MEASURE')
}
