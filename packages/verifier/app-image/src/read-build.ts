export { AppImageError } from './errors/app-image-error.ts'
export { createOwnSecretSearch } from './report/own-secrets.ts'
import type { BuildFormat } from '@assay/protocol'
import type { BuildReport, ReadBuildOptions } from './report/build-report.ts'

type ReadFormat = (file: string, options: ReadBuildOptions) => Promise<BuildReport>

/** Loads what reads a format. */
const load: Readonly<Record<BuildFormat, () => Promise<ReadFormat>>> = {
  apk: async () => (await import('./apk/read-apk.ts')).readApk,
  aab: async () => (await import('./split/read-aab.ts')).readAab,
  apks: async () => (await import('./split/read-split-apks.ts')).readSplitApks,
  ipa: async () => (await import('./ipa/read-ipa.ts')).readIpa,
  web: async () => (await import('./web/read-web-build.ts')).readWebBuild,
}

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
  if (!Object.hasOwn(load, format))
    throw Object.assign(new TypeError('unknown build format'), { code: 'ERR_INVALID_ARG_VALUE' })
  return (await load[format]())(file, options)
}

/** Loads what {@link readBuild} otherwise loads when the first build of a format comes. */
export async function prepareToRead(format: BuildFormat): Promise<void> {
  await load[format]()
}
