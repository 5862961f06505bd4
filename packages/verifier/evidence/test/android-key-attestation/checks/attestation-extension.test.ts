import { expect, test } from 'vitest'
import { codeOf } from '../../codes.ts'
import { attestationExtension, certificate, keys, names, spkiOf, validity, verifying } from '../phone.ts'
import { keyDescription } from '../write-key-description.ts'

const statement = [attestationExtension(keyDescription())]

test('a leaf without statement: ANDROID_KEY_EXTENSION', async () => {
  expect(await codeOf(() => verifying({ certificates: { 0: { extensions: [] } } }))).toBe(
    'ANDROID_KEY_EXTENSION',
  )
})

test.each([1, 2, 3])(
  'a statement in certificate %d beside that of the leaf: ANDROID_KEY_EXTENSION',
  async (i) => {
    expect(await codeOf(() => verifying({ certificates: { [i]: { extensions: statement } } }))).toBe(
      'ANDROID_KEY_EXTENSION',
    )
  },
)

test('a statement above the leaf only: ANDROID_KEY_EXTENSION', async () => {
  const moved = { 0: { extensions: [] }, 1: { extensions: statement } }
  expect(await codeOf(() => verifying({ certificates: moved }))).toBe('ANDROID_KEY_EXTENSION')
})

test('a leaf that an attested key has issued: ANDROID_KEY_EXTENSION', async () => {
  const forged = certificate({
    serial: 1,
    issuer: names.leaf,
    subject: names.leaf,
    validity: validity('2026-01-01', '2027-01-01'),
    spki: spkiOf(keys.other),
    extensions: statement,
    by: keys.app,
    hash: 'sha256',
  })
  expect(await codeOf(() => verifying({ rearrange: (chain) => [forged, ...chain] }))).toBe(
    'ANDROID_KEY_EXTENSION',
  )
})
