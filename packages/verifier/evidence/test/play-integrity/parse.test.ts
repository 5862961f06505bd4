import { expect, test } from 'vitest'
import { playIntegrity } from '../../src/play-integrity/index.ts'
import { codeOf } from '../codes.ts'
import { itemOf, refusal, token } from './google-play.ts'

test('a token comes apart', () => {
  const text = token()
  const parsed = playIntegrity.parse(itemOf(text))
  expect(parsed.text).toBe(text)
  expect(parsed.encrypted?.header).toEqual({ alg: 'A256KW', enc: 'A256GCM' })
  const { encryptedKey, iv, tag } = parsed.encrypted ?? {}
  expect([encryptedKey, iv, tag].map((part) => part?.length)).toEqual([40, 12, 16])
})

test.each([['!'], ['~'], ['CoYDAUtEs2Xl_-+/='], ['x'.repeat(16_384)]])(
  'a token that only Google can read is any printable text',
  (text) => {
    expect(playIntegrity.parse(itemOf(text))).toEqual({ text, encrypted: undefined })
  },
)

test.each([
  ['no object', token()],
  ['another format', { ...itemOf(token()), format: 'software' }],
  ['a member besides', { ...itemOf(token()), more: 1 }],
  ['no token', { format: 'play-integrity' }],
  ['a token that is no text', { format: 'play-integrity', token: 1 }],
  ['an empty token', itemOf('')],
  ['a token beyond 16 KiB', itemOf('x'.repeat(16_385))],
  ['a space', itemOf('a b')],
  ['a line break after it', itemOf('a\n')],
  ['a letter beyond ASCII', itemOf('é')],
  ['a control character', itemOf('a\x7f')],
])('PLAY_INTEGRITY_ITEM: %s', async (_, item) => {
  expect(await codeOf(() => playIntegrity.parse(item))).toBe('PLAY_INTEGRITY_ITEM')
})

const part = (index: number, change: (part: string) => string) => (parts: string[]) =>
  parts.map((each, i) => (i === index ? change(each) : each))
const ofBytes = (length: number) => () => Buffer.alloc(length).toString('base64url')

test.each([
  ['a token that only Google can read', () => ['CoYDAUtEs2Xl_']],
  ['the signed verdict alone', (parts: string[]) => parts.slice(0, 3)],
  ['four parts', (parts: string[]) => parts.slice(0, 4)],
  ['six parts', (parts: string[]) => [...parts, '']],
  ['a header that is not base64url', part(0, (each) => `${each}=`)],
  ['a header that is no JSON', part(0, () => Buffer.from('{').toString('base64url'))],
  ['a header that is a list', part(0, () => Buffer.from('[]').toString('base64url'))],
  ['a header that is text', part(0, () => Buffer.from('"A256KW"').toString('base64url'))],
  [
    'a member of the header twice',
    part(0, () => Buffer.from('{"alg":"A256KW","alg":"A256KW","enc":"A256GCM"}').toString('base64url')),
  ],
  ['no encrypted key', part(1, () => '')],
  ['an encrypted key of 24 bytes', part(1, ofBytes(24))],
  ['an encrypted key in another alphabet', part(1, () => '+/')],
  ['an initialisation vector in another alphabet', part(2, () => '+/')],
  ['a tag in another alphabet', part(4, () => '+/')],
  ['an initialisation vector of 16 bytes', part(2, ofBytes(16))],
  ['a ciphertext in another alphabet', part(3, () => '+/')],
  ['a tag of 96 bits', part(4, ofBytes(12))],
])('PLAY_INTEGRITY_JWE_FORM: %s', async (_, parts) => {
  expect(await refusal({ parts })).toBe('PLAY_INTEGRITY_JWE_FORM')
})
