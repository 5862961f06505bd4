import { AppImageError, appImageErrorCodes, readBuild, verifyApkSignature } from '@assay/app-image'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'
import { temporaryFile } from '../inputs/temporary-file.ts'

const fileOf = temporaryFile('app.apk')

/** A file as a release pipeline sends one: archive, manifest, signatures; then its code image. */
export const target: Target = {
  async run(input) {
    const file = fileOf(input)
    try {
      await verifyApkSignature(file)
      await readBuild(file, { format: 'apk' })
      return accepted
    } catch (error) {
      return codeOf(error, AppImageError, appImageErrorCodes)
    }
  },
  words: [
    'AndroidManifest.xml',
    'META-INF/CERT.SF',
    'APK Sig Block 42',
    'SHA-256-Digest: ',
    'Name: ',
    '\r\n',
  ],
}
