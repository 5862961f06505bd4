import { AppImageError, appImageErrorCodes, verifyMachOSignature } from '@assay/app-image'
import { codeOf } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'
import { temporaryFile } from '../inputs/temporary-file.ts'

const fileOf = temporaryFile('App')

/** An executable of an app: universal header, load commands, code signature, pages. */
export const target: Target = {
  async run(input) {
    try {
      await verifyMachOSignature(fileOf(input))
      return accepted
    } catch (error) {
      return codeOf(error, AppImageError, appImageErrorCodes)
    }
  },
  words: [
    'cafebabe',
    'cafebabf',
    'cffaedfe',
    'feedface',
    'fade0cc0',
    'fade0c02',
    '00020001',
    '00020200',
    '00020600',
    '0c000001',
  ].map((hex) => Buffer.from(hex, 'hex')),
}
