import { expect, test } from 'vitest'
import { playIntegrity } from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'
import { itemOf, token } from './google-play.ts'

test('a token comes apart', () => {
  const parsed = playIntegrity.parse(itemOf(token()))
  expect(parsed.header).toEqual({ alg: 'A256KW', enc: 'A256GCM' })
  expect([parsed.encryptedKey, parsed.iv, parsed.tag].map(({ length }) => length)).toEqual([40, 12, 16])
})

test.each([
  ['no object', token()],
  ['another format', { ...itemOf(token()), format: 'software' }],
  ['a member besides', { ...itemOf(token()), more: 1 }],
  ['no token', { format: 'play-integrity' }],
  ['a token that is no text', { format: 'play-integrity', token: 1 }],
])('PLAY_INTEGRITY_ITEM: %s', async (_, item) => {
  expect(await codeOf(() => playIntegrity.parse(item))).toBe('PLAY_INTEGRITY_ITEM')
})

const part = (index: number, change: (part: string) => string) => (parts: string[]) =>
  parts.map((each, i) => (i === index ? change(each) : each))
const ofBytes = (length: number) => () => Buffer.alloc(length).toString('base64url')

test.each([
  ['nothing', () => ['']],
  ['the signed verdict alone', (parts: string[]) => parts.slice(0, 3)],
  ['four parts', (parts: string[]) => parts.slice(0, 4)],
  ['six parts', (parts: string[]) => [...parts, '']],
  ['a header that is not base64url', part(0, (each) => `${each}=`)],
  ['a header that is no JSON', part(0, () => Buffer.from('{').toString('base64url'))],
  ['a header that is a list', part(0, () => Buffer.from('[]').toString('base64url'))],
  [
    'a member of the header twice',
    part(0, () => Buffer.from('{"alg":"A256KW","alg":"A256KW","enc":"A256GCM"}').toString('base64url')),
  ],
  ['no encrypted key', part(1, () => '')],
  ['an encrypted key of 24 bytes', part(1, ofBytes(24))],
  ['an initialisation vector of 16 bytes', part(2, ofBytes(16))],
  ['a ciphertext in another alphabet', part(3, () => '+/')],
  ['a tag of 96 bits', part(4, ofBytes(12))],
  ['a token beyond 16 KiB', part(3, () => 'A'.repeat(16_384))],
])('PLAY_INTEGRITY_JWE_FORM: %s', async (_, parts) => {
  expect(await codeOf(() => playIntegrity.parse(itemOf(token({ parts }))))).toBe('PLAY_INTEGRITY_JWE_FORM')
})
