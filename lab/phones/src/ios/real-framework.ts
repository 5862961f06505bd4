import { execFile } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { fetchApk } from '@assay/testkit'

const cache = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-frameworks')

/** A framework for devices that a package of the npm registry carries (MIT). It is fetched when a test wants it, never committed. */
const published = {
  package: 'expo-modules-core@58.0.7',
  integrity:
    'sha512-Xbpl7tj6amAI6yobCZxIBBaIpt9aUWygTKGjwRmPfp+HlXDlV1SutJL+C6Z+buDRiz3NFJs7h8KElJva7iOWzg==',
  file: 'package/prebuilds/output/release/xcframeworks/ExpoModulesCore.tar.gz',
  applicationId: '',
}
const inside = 'ExpoModulesCore.xcframework/ios-arm64/ExpoModulesCore.framework/ExpoModulesCore'

/** Path of its binary. */
export async function realFramework(): Promise<string> {
  const archive = await fetchApk(published, cache)
  const binary = path.join(path.dirname(archive), inside)
  if ((await stat(binary).catch(() => undefined)) === undefined) {
    await mkdir(path.dirname(binary), { recursive: true })
    await promisify(execFile)('tar', ['-xzf', archive, '-C', path.dirname(archive), inside])
  }
  return binary
}
