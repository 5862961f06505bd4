import type { BuildReport, ReadBuildOptions } from './build-report.ts'
import { readApk } from './apk/read-apk.ts'
import { readIpa } from './ipa/read-ipa.ts'
import { readAab } from './split/read-aab.ts'
import { readSplitApks } from './split/read-split-apks.ts'
import { readWebBuild } from './web/read-web-build.ts'

/**
 * Reads a build: an APK; by `format` an Android App Bundle (`aab`), a set of split APKs (`apks`), an IPA (`ipa`),
 * or the folder of a web build or a ZIP of one (`web`).
 *
 * Reads by offset and in chunks: memory does not grow with the file. Signatures are verified before anything else is
 * trusted; segments may have been handed to writers when a later one turns out to be corrupt, so keep nothing
 * unless the promise fulfils.
 *
 * @throws AppImageError if the build is refused.
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an unknown format. Errors of the file system pass through.
 */
export async function readBuild(file: string, options: ReadBuildOptions = {}): Promise<BuildReport> {
  const format = options.format ?? 'apk'
  switch (format) {
    case 'apk':
      return readApk(file, options)
    case 'aab':
      return readAab(file, options)
    case 'apks':
      return readSplitApks(file, options)
    case 'ipa':
      return readIpa(file, options)
    case 'web':
      return readWebBuild(file, options)
    default:
      throw Object.assign(new TypeError('unknown build format'), { code: 'ERR_INVALID_ARG_VALUE' })
  }
}
