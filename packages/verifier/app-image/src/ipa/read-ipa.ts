import { codeSegmentHead, scriptKind, segmentKindByName, type BuildWarning } from '@assay/protocol'
import { AppImageError } from '../app-image-error.ts'
import type { BuildReport, ReadBuildOptions } from '../build-report.ts'
import { readCodeImage, type SegmentSource } from '../code-image.ts'
import { examineExecutable } from '../mach-o/verify-executable.ts'
import { readArchive } from '../zip/archive.ts'
import { openByteSource, type ByteSource } from '../zip/byte-source.ts'
import { readFirstBytes, streamContent } from '../zip/entry-content.ts'
import { refuseUnusualMethods } from '../zip/methods.ts'
import { refuseLink } from './app-content.ts'
import { findAppFiles, type AppFiles } from './app-folder.ts'
import { executableOf } from './executable.ts'
import { ipaFramework } from './framework.ts'
import { readInfo } from './info.ts'
import { readProvisioningProfile } from './provisioning-profile.ts'
import { checkTeam } from './team.ts'

/**
 * Reads an IPA for registration. Segments are the scripts, which reach devices as they are; executables do not: the
 * store encrypts them and signs them anew. For the same reason the executable need not be signed. If it is, its code
 * signature must hold, and be of the team that the provisioning profile is for. That a device runs an app of this
 * identity, App Attest tells.
 */
export async function readIpa(file: string, options: ReadBuildOptions): Promise<BuildReport> {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    refuseUnusualMethods(archive)
    const files = findAppFiles(archive)
    const info = readInfo(source, files)
    if (info.platform === 'other') {
      throw new AppImageError('IPA_PLATFORM', 'the app is built for another system than iOS')
    }
    const isForSimulator = info.platform === 'ios-simulator'
    const profile = readProvisioningProfile(source, files)
    const debuggable = isForSimulator || profile?.allowsDebugging === true
    const { signed } = await examineExecutable(executableOf(source, files, info))
    checkTeam(signed, profile)
    const image = await readCodeImage(scriptSegments(source, files), options.keep)
    const warnings: BuildWarning[] = debuggable ? ['debuggable'] : []
    if (isForSimulator) warnings.push('built_for_simulator')
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
      codeSignature: signed,
      framework: ipaFramework(files.keys(), image.segments),
      ...image,
      warnings,
    }
  } finally {
    source.close()
  }
}

/** @throws AppImageError `IPA_NO_SCRIPT`, `IPA_LAYOUT` */
function scriptSegments(source: ByteSource, files: AppFiles): SegmentSource[] {
  const segments: SegmentSource[] = []
  for (const [name, entry] of files) {
    if (segmentKindByName('ipa', name) === undefined) continue
    refuseLink(entry)
    segments.push({
      name,
      kind: scriptKind(readFirstBytes(source, entry, codeSegmentHead)),
      length: entry.length,
      stream: (take) => streamContent(source, entry, take),
    })
  }
  if (segments.length > 0) return segments
  throw new AppImageError(
    'IPA_NO_SCRIPT',
    'the app holds no script, and its executables cannot be measured: the store encrypts them',
  )
}
