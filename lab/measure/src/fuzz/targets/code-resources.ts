import { AppImageError, appImageErrorCodes } from '@assay/app-image'
import { parseCodeResources } from '@assay/app-image/code-resources'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const list = (entry: string) =>
  Buffer.from(`<plist><dict><key>files2</key><dict><key>a/b</key>${entry}</dict></dict></plist>`)
const dict = (key: string, value: string) => `<dict><key>${key}</key>${value}</dict>`
const data = (length: number) => `<data>${Buffer.alloc(length).toString('base64')}</data>`

/** What an app was signed with: `_CodeSignature/CodeResources`. */
export const target: Target = {
  run: (input) =>
    outcomeOfThrowing(() => parseCodeResources(Buffer.from(input)), AppImageError, appImageErrorCodes),
  seeds: [
    list(dict('hash2', data(32))),
    list(dict('hash', data(20))),
    list(dict('cdhash', `${data(20)}<key>requirement</key><string/>`)),
    list(dict('symlink', '<string>c</string><key>optional</key><true/>')),
    list(dict('symlink', '<true/>')),
    list(dict('hash2', `${data(32)}<key>optional</key><string/>`)),
    list(dict('hash2', `${data(32)}<key>symlink</key><string/>`)),
    list(dict('hash2', data(20))),
    list(`${dict('hash2', data(32))}<key>\u00e9</key><dict/>`),
    list(
      `<dict><key>hash2</key>${data(32)}</dict><key>\u00e9</key>${dict('hash2', data(32))}<key>e\u0301</key>${dict('hash2', data(32))}`,
    ),
    list(data(20)),
    list('<true/>'),
    Buffer.from('<plist><dict><key>files2</key><array/></dict></plist>'),
    Buffer.from('<plist><dict/></plist>'),
  ],
  words: [
    '<key>',
    '</key>',
    '<dict>',
    '</dict>',
    '<data>',
    '</data>',
    'hash2',
    'cdhash',
    'symlink',
    'optional',
  ],
}
