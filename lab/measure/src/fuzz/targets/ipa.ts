import { AppImageError, appImageErrorCodes, readBuild } from '@assay/app-image'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'
import { temporaryFile } from '../inputs/temporary-file.ts'

const fileOf = temporaryFile('app.ipa')

/** A file as a release pipeline sends one: archive, property lists, provisioning profile, scripts. */
export const target: Target = {
  async run(input) {
    try {
      await readBuild(fileOf(input), { format: 'ipa' })
      return accepted
    } catch (error) {
      return codeOf(error, AppImageError, appImageErrorCodes)
    }
  },
  words: ['bplist00', '<plist', '<dict>', '<key>', '<string>', '&#x41;', 'Payload/App.app/', 'Info.plist'],
}
