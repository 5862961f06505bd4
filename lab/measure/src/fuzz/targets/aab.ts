import { AppImageError, appImageErrorCodes, readBuild } from '@assay/app-image'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'
import { temporaryFile } from '../inputs/temporary-file.ts'

const fileOf = temporaryFile('app.aab')

/** An app bundle as a release pipeline sends one: archive, manifests of its modules, code. */
export const target: Target = {
  async run(input) {
    try {
      await readBuild(fileOf(input), { format: 'aab' })
      return accepted
    } catch (error) {
      return codeOf(error, AppImageError, appImageErrorCodes)
    }
  },
  words: [
    'base/manifest/AndroidManifest.xml',
    'base/dex/classes.dex',
    'base/lib/',
    'feature/',
    'root/',
    '#lang_en',
  ],
}
