import { encodeBase64url } from '@assay/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SoftwareError } from '../../src/software/index.ts'
import { parse as parseMembers } from '../../src/software/parse.ts'
import { codeOf } from '../codes.ts'

const parse = (measurement: unknown) => parseMembers({ measurement, text: undefined })
const response = encodeBase64url(new Uint8Array(32).fill(7))
const tag = encodeBase64url(new Uint8Array(8).fill(9))
const measurement = { response, tags: { 'classes.dex': tag, 'lib/arm64-v8a/libapp.so': tag } }

test('a response becomes bytes, and tags keep the order of the evidence', () => {
  expect(parse(measurement)).toEqual({
    response: new Uint8Array(32).fill(7),
    text: undefined,
    tags: [
      { name: 'classes.dex', tag },
      { name: 'lib/arm64-v8a/libapp.so', tag },
    ],
  })
})

test('as many and as long names as client data may hold', () => {
  const names = Array.from({ length: 4096 }, (_, i) => String(i).padStart(1024, 'n'))
  expect(parse({ response, tags: Object.fromEntries(names.map((name) => [name, tag])) }).tags).toHaveLength(
    4096,
  )
})

const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, tag]))

test.each([
  ['nothing', undefined],
  ['a list', [response, {}]],
  ['a member missing', { response }],
  ['a member besides', { ...measurement, extra: true }],
  ['a response that is no string', { ...measurement, response: 7 }],
  ['a response of 31 bytes', { ...measurement, response: encodeBase64url(new Uint8Array(31)) }],
  ['a response of 33 bytes', { ...measurement, response: encodeBase64url(new Uint8Array(33)) }],
  ['a padded response', { ...measurement, response: `${response}=` }],
  ['unused bits set in the response', { ...measurement, response: `${response.slice(0, -1)}d` }],
  ['tags that are undefined', { ...measurement, tags: undefined }],
  ['tags that are null', { ...measurement, tags: null }],
  ['tags as text', { ...measurement, tags: tag }],
  ['tags in a list', { ...measurement, tags: [tag] }],
  ['no tag', { ...measurement, tags: {} }],
  ['4,097 tags', { ...measurement, tags: names(4097) }],
  ['an empty name', { ...measurement, tags: { '': tag } }],
  ['a name of 1,025 characters', { ...measurement, tags: { ['n'.repeat(1025)]: tag } }],
  ['a tag that is no string', { ...measurement, tags: { a: null } }],
  ['a tag of 7 bytes', { ...measurement, tags: { a: encodeBase64url(new Uint8Array(7)) } }],
  ['a tag of 9 bytes', { ...measurement, tags: { a: encodeBase64url(new Uint8Array(9)) } }],
])('%s is SOFTWARE_MALFORMED', async (_, input) => {
  expect(await codeOf(() => parse(input))).toBe('SOFTWARE_MALFORMED')
})

test('any JSON value is parsed, or refused with the code and without a value of it', () => {
  const nearly = fc.record({
    response: fc.oneof(fc.constant(response), fc.string(), fc.jsonValue()),
    tags: fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.constant(tag), fc.string())), fc.jsonValue()),
  })
  fc.assert(
    fc.property(fc.oneof(nearly, fc.jsonValue()), (input) => {
      try {
        const parsed = parse(input)
        expect(parsed.response).toHaveLength(32)
        expect(parsed.tags.every(({ tag }) => tag.length === 11)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(SoftwareError)
        expect((error as SoftwareError).message).toBe('the measurement does not have the required form')
      }
    }),
  )
})

test('the second image is one of the same form, one that could not be reached, or left out', async () => {
  expect(parseMembers({ measurement, text: measurement }).text?.tags).toHaveLength(2)
  expect(parseMembers({ measurement, text: null }).text).toBeNull()
  expect(await codeOf(() => parseMembers({ measurement, text: { response } }))).toBe('SOFTWARE_MALFORMED')
  expect(await codeOf(() => parseMembers({ measurement, text: 'absent' }))).toBe('SOFTWARE_MALFORMED')
  expect(await codeOf(() => parseMembers({ measurement }))).toBe('SOFTWARE_MALFORMED')
  expect(await codeOf(() => parseMembers(measurement))).toBe('SOFTWARE_MALFORMED')
})
