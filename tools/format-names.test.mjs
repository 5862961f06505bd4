import path from 'node:path'
import { expect, test } from 'vitest'
import { attestationNames, formatNames, namedIn } from './format-names.mjs'

const root = path.resolve(import.meta.dirname, '..')
const names = formatNames(root)

test('the formats are found by their descriptors', () => {
  expect(names).toEqual(expect.arrayContaining(['software', 'apple-app-attest', 'play-integrity']))
})

test.each([
  ["if (format === 'play-integrity') return", 'play-integrity'],
  ['switch (format) { case "android-key-attestation": }', 'android-key-attestation'],
  ['evidence.android_key_attestation !== undefined', 'android-key-attestation'],
  ['challengePurposes.androidKeyAttestation', 'android-key-attestation'],
  ['// Only App Attest keys can.', 'apple-app-attest'],
  ['const isMeasured = only?.format === `software`', 'software'],
])('a source that names a format is seen: %s', (source, name) => {
  expect(namedIn(source, names)).toContain(name)
})

test('a word of everyday use is no name', () => {
  expect(namedIn("return 'software' // of a software key, for example", names)).toEqual([])
})

test('attestation names no evidence format', () => {
  const files = attestationNames(root)
  expect(files.length).toBeGreaterThan(20)
  expect(files.filter(([, named]) => named.length > 0)).toEqual([])
})
