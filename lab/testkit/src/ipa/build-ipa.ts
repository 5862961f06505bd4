import { build } from 'plist'
import { writeZip } from '../apk/zip.ts'

/** What an app for iPhones is made of. */
export interface IpaContent {
  readonly bundleId: string
  /** `CFBundleVersion`: a single integer. */
  readonly bundleVersion: string
  /** Files by their path in the app's folder: its scripts, and the SDK's. */
  readonly files: Readonly<Record<string, Buffer>>
}

/** A Mach-O for 64-bit ARM that holds nothing. */
const executable = Buffer.from('cffaedfe0c0000010000000002'.padEnd(64, '0'), 'hex')

/** Its `Info.plist`. */
export function appInfo({ bundleId, bundleVersion }: Omit<IpaContent, 'files'>): Buffer {
  const info = build({
    CFBundleIdentifier: bundleId,
    CFBundleShortVersionString: '1.0',
    CFBundleVersion: bundleVersion,
    CFBundleExecutable: 'App',
    CFBundleSupportedPlatforms: ['iPhoneOS'],
    MinimumOSVersion: '16.4',
  })
  return Buffer.from(info)
}

/** An IPA of a hybrid app. Nobody has signed it: the store replaces the signature anyway. */
export async function buildIpa(content: IpaContent): Promise<Buffer> {
  const all = { 'Info.plist': appInfo(content), App: executable, ...content.files }
  return writeZip(
    Object.entries(all).map(([name, content]) => ({
      name: `Payload/App.app/${name}`,
      content,
      stored: false,
    })),
  )
}
