import { AppImageError } from '../../errors/app-image-error.ts'
import type { ByteSource } from '../../zip/byte-source.ts'
import { readAppContent } from './app-content.ts'
import type { AppFiles } from './app-folder.ts'
import { parsePlist } from '../plist/parse-plist.ts'
import { PlistError, type PlistDict } from '../plist/plist-value.ts'

export const infoName = 'Info.plist'
/** Bytes. Those of large apps have some ten thousand. */
export const largestInfo = 512 * 1024
const longestText = 256

/** The parts of `Info.plist` that identity needs. */
export interface AppInfo {
  /** `CFBundleIdentifier` */
  bundleId: string
  /** `CFBundleShortVersionString`; `null` if absent. */
  versionName: string | null
  /** `CFBundleVersion`; `null` if absent or something other than one integer, such as `1.2.3`. */
  versionCode: number | null
  /** `CFBundleVersion` as written; `null` if absent. */
  bundleVersion: string | null
  /** `CFBundleExecutable`; `null` if absent. */
  executable: string | null
  /** The system for which it was built. No device and no store accepts a build for the simulator. */
  platform: 'ios' | 'ios-simulator' | 'other'
}

/** @throws AppImageError `IPA_INFO_MISSING`, `IPA_INFO_MALFORMED`, `ZIP_…` */
export function readInfo(source: ByteSource, files: AppFiles): AppInfo {
  const entry = files.get(infoName)
  if (entry === undefined) throw new AppImageError('IPA_INFO_MISSING')
  const content = readAppContent(source, entry, largestInfo)
  try {
    return parseInfo(content)
  } catch (error) {
    if (!(error instanceof PlistError)) throw error
    throw new AppImageError('IPA_INFO_MALFORMED', undefined, { cause: error })
  }
}

/** @throws AppImageError `IPA_INFO_MALFORMED`; PlistError */
export function parseInfo(content: Buffer): AppInfo {
  const info = parsePlist(content)
  const bundleId = text(info, 'CFBundleIdentifier')
  if (bundleId === null || !/^[A-Za-z0-9._-]{1,155}$/.test(bundleId)) throw malformed()
  const bundleVersion = text(info, 'CFBundleVersion')
  return {
    bundleId,
    versionName: text(info, 'CFBundleShortVersionString'),
    versionCode: singleInteger(bundleVersion),
    bundleVersion,
    executable: text(info, 'CFBundleExecutable'),
    platform: platformOf(info),
  }
}

function text(info: PlistDict, key: string): string | null {
  const value = info.get(key)
  if (value === undefined) return null
  if (typeof value !== 'string' || value.length > longestText) throw malformed()
  return value
}

/** With a leading zero the text differs from the number, so that comparing it with evidence would fail. */
function singleInteger(version: string | null): number | null {
  if (version === null || !/^(?:0|[1-9][0-9]*)$/.test(version)) return null
  return Number.isSafeInteger(Number(version)) ? Number(version) : null
}

/** Xcode always says what it built for; a file that does not is treated as a device's. */
function platformOf(info: PlistDict): AppInfo['platform'] {
  const platforms = info.get('CFBundleSupportedPlatforms')
  if (platforms === undefined) return 'ios'
  if (!Array.isArray(platforms)) throw malformed()
  if (platforms.includes('iPhoneOS')) return 'ios'
  return platforms.includes('iPhoneSimulator') ? 'ios-simulator' : 'other'
}

function malformed(): AppImageError {
  return new AppImageError('IPA_INFO_MALFORMED', 'Info.plist lacks a required value')
}
