import type { BuildFormat } from '@assay/protocol'
import { apksIn } from './split/apks-in.ts'
import { readArchive } from './zip/archive.ts'
import { openByteSource } from './zip/byte-source.ts'

/**
 * The format of a file by what it holds: a set of split APKs is one whatever its name is, `app.apks` or the
 * `device.zip` that a store's console hands out. `undefined` for what is none of them. Only names are looked at: the
 * reader of the format decides whether the file is a build.
 *
 * An `AndroidManifest.xml` at the top makes an APK of any file, because Android takes it for one.
 *
 * @throws AppImageError `ZIP_…` if the file is not a readable archive. Errors of the file system pass through.
 */
export function recogniseFormat(file: string): Exclude<BuildFormat, 'web'> | undefined {
  const source = openByteSource(file)
  try {
    const archive = readArchive(source)
    const names = [...archive.entries.keys()]
    if (archive.entries.has('AndroidManifest.xml')) return 'apk'
    if (archive.entries.has('base/manifest/AndroidManifest.xml')) return 'aab'
    if (names.some((name) => /^Payload\/[^/]+\.app\//i.test(name))) return 'ipa'
    return apksIn(archive).length > 0 ? 'apks' : undefined
  } finally {
    source.close()
  }
}
