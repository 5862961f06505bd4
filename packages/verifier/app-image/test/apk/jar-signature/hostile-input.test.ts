import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { appImageErrorCodes } from '../../../src/errors/app-image-error.ts'
import { issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import { refusalOf, verdictOf, verdictOn } from './expect-refusal.ts'
import { signJar } from './sign-jar.ts'

const keys = fixedKeyPair('P-256', 'signer')
const certificate = issueCertificate({ keys })
const template = { signers: [{ keys, certificate }] }
const signed = signJar(template)

const levels = fc.record({ minSdk: fc.nat(30), maxSdk: fc.constantFrom(30, 0x7fff_ffff) })

interface Edit {
  readonly at: number
  readonly remove: number
  readonly insert: Uint8Array
}

const edits = fc.array(
  fc.record({
    at: fc.nat(2000),
    remove: fc.nat(3),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom('\r', '\n', '\n ', ': ', 'Name: x\n\n').map((text) => Buffer.from(text)),
    ),
  }),
  { minLength: 1, maxLength: 3 },
)

function edited(bytes: Buffer, list: readonly Edit[]): Buffer {
  let result = bytes
  for (const { at, remove, insert } of list) {
    const start = at % (result.length + 1)
    result = Buffer.concat([result.subarray(0, start), insert, result.subarray(start + remove)])
  }
  return result
}

// `refusalOf` passes on whatever is not an AppImageError, which fails the property.
function isCoded(judge: () => unknown): void {
  const code = refusalOf(judge)
  expect(code === undefined || (appImageErrorCodes.includes(code) && code.startsWith('JAR_'))).toBe(true)
}

test.each(['META-INF/MANIFEST.MF', 'META-INF/CERT0.SF', 'META-INF/CERT0.RSA'])(
  '%s changed in any way',
  (name) => {
    fc.assert(
      fc.property(edits, levels, (list, range) => {
        const files = new Map(signed).set(name, edited(signed.get(name) as Buffer, list))
        isCoded(() => verdictOn(files, range))
      }),
    )
  },
)

test('a changed manifest and signature file, signed again', () => {
  fc.assert(
    fc.property(edits, edits, levels, (manifestEdits, fileEdits, range) => {
      const signer = {
        keys,
        certificate,
        signatureFile: () => edited(signed.get('META-INF/CERT0.SF') as Buffer, fileEdits),
      }
      const manifest = () => edited(signed.get('META-INF/MANIFEST.MF') as Buffer, manifestEdits)
      isCoded(() => verdictOf({ signers: [signer], manifest }, range))
    }),
  )
})

test('whatever is accepted has the content that was signed', () => {
  const at = fc.constantFrom(...signed.keys())
  fc.assert(
    fc.property(at, edits, (name, list) => {
      const files = new Map(signed).set(name, edited(signed.get(name) as Buffer, list))
      let accepted = false
      refusalOf(() => (accepted = verdictOn(files) !== undefined))
      if (!accepted) return
      for (const content of ['classes.dex', 'res/a.txt'])
        expect(files.get(content)).toEqual(signed.get(content))
    }),
  )
})
