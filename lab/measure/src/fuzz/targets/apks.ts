import { AppImageError, appImageErrorCodes, readBuild } from '@assay/app-image'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'
import { temporaryFile } from '../inputs/temporary-file.ts'

const fileOf = temporaryFile('app.apks')

/** A set of split APKs: the archive, and in it archives, manifests and signatures; then their code. */
export const target: Target = {
  async run(input) {
    try {
      await readBuild(fileOf(input), { format: 'apks' })
      return accepted
    } catch (error) {
      return codeOf(error, AppImageError, appImageErrorCodes)
    }
  },
  words: [
    'splits/base-master.apk',
    'base.apk',
    'AndroidManifest.xml',
    'APK Sig Block 42',
    'config.arm64_v8a',
  ],
}
