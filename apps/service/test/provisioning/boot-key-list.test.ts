import { largestBootKeyList, mostBootKeys } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProblemError } from '../../src/faults/problem-error.ts'
import { readBootKeyList } from '../../src/provisioning/boot-key-list.ts'

const now = Date.parse('2026-12-01T00:00:00Z')
const published = 1_776_709_772
const [one, other] = ['5e'.repeat(32), 'a1'.repeat(32)]
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const list = (changes: object = {}) => ({ verifiedBootKeys: [one], timestamp: published, ...changes })

function faultOf(file: Uint8Array) {
  try {
    readBootKeyList(file, now)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { problem: error.code, ...error.errors?.[0] }
  }
  return undefined
}
const refused = (pointer: string, code: string) => ({ problem: 'boot_keys_invalid', code, pointer })

describe('a published list', () => {
  it('gives its keys in order, and its time', () => {
    expect(readBootKeyList(bytes(list({ verifiedBootKeys: [other, one] })), now)).toEqual({
      keys: [one, other],
      publishedAt: Date.parse('2026-04-20T18:29:32Z'),
    })
  })

  it('may write keys in capitals, and repeat them', () => {
    const repeated = list({ verifiedBootKeys: [one.toUpperCase(), one, ` ${other}`.trim()] })
    expect(readBootKeyList(bytes(repeated), now).keys).toEqual([one, other])
  })

  it('may have further members, of which nothing is taken', () => {
    const more = list({ attestationRoots: ['MIIB'], rootKeys: { a: [1, { b: null }] } })
    expect(readBootKeyList(bytes(more), now).keys).toEqual([one])
  })

  it('may end in a line break, and be a day ahead', () => {
    expect(readBootKeyList(bytes(`${JSON.stringify(list())}\n`), now).keys).toEqual([one])
    expect(faultOf(bytes(list({ timestamp: now / 1000 + 86_400 })))).toBeUndefined()
  })

  it('has as many keys as are possible, and no more', () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(64, '0'))
    expect(readBootKeyList(bytes(list({ verifiedBootKeys: keys(mostBootKeys) })), now).keys).toHaveLength(
      mostBootKeys,
    )
    expect(faultOf(bytes(list({ verifiedBootKeys: keys(mostBootKeys + 1) })))).toEqual(
      refused('/verifiedBootKeys', 'too_big'),
    )
  })

  it.each<[string, Buffer, string, string]>([
    ['nothing', Buffer.alloc(0), '', 'json_invalid'],
    ['no JSON', bytes('not found'), '', 'json_invalid'],
    ['half of one', bytes(JSON.stringify(list()).slice(0, -1)), '', 'json_invalid'],
    ['a NUL', bytes(`${JSON.stringify(list())}\0`), '', 'json_invalid'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), '', 'json_invalid'],
    ['deep JSON', bytes('['.repeat(30_000)), '', 'json_invalid'],
    ['deep JSON in a member', bytes(`{"a":${'['.repeat(10)}${']'.repeat(10)}}`), '', 'json_invalid'],
    ['a member twice', bytes('{"timestamp":1,"timestamp":2}'), '', 'json_duplicate_member'],
    ['too many bytes', Buffer.alloc(largestBootKeyList + 1, ' '), '', 'too_big'],
    ['a list', bytes([one]), '', 'invalid_type'],
    ['no keys', bytes({ timestamp: published }), '/verifiedBootKeys', 'invalid_type'],
    ['keys that are no list', bytes(list({ verifiedBootKeys: one })), '/verifiedBootKeys', 'invalid_type'],
    ['an empty list', bytes(list({ verifiedBootKeys: [] })), '/verifiedBootKeys', 'too_small'],
    ['a short key', bytes(list({ verifiedBootKeys: [one, 'ab'] })), '/verifiedBootKeys/1', 'invalid_format'],
    ['a number as a key', bytes(list({ verifiedBootKeys: [1] })), '/verifiedBootKeys/0', 'invalid_format'],
    [
      'letters that are no hex',
      bytes(list({ verifiedBootKeys: ['g'.repeat(64)] })),
      '/verifiedBootKeys/0',
      'invalid_format',
    ],
    [
      'a key and more',
      bytes(list({ verifiedBootKeys: [`${one}\n`] })),
      '/verifiedBootKeys/0',
      'invalid_format',
    ],
    [
      'what unlocked phones state',
      bytes(list({ verifiedBootKeys: ['0'.repeat(64)] })),
      '/verifiedBootKeys/0',
      'unlocked',
    ],
    ['no time', bytes({ verifiedBootKeys: [one] }), '/timestamp', 'invalid_type'],
    ['a time as text', bytes(list({ timestamp: '1776709772' })), '/timestamp', 'invalid_type'],
    ['a time that is no number of seconds', bytes(list({ timestamp: 1.5 })), '/timestamp', 'invalid_type'],
    ['no positive time', bytes(list({ timestamp: 0 })), '/timestamp', 'invalid_type'],
    ['a time in milliseconds', bytes(list({ timestamp: published * 1000 })), '/timestamp', 'future'],
    ['a time of tomorrow and later', bytes(list({ timestamp: now / 1000 + 86_401 })), '/timestamp', 'future'],
  ])('is refused with %s', (_, file, pointer, code) => {
    expect(faultOf(file)).toEqual(refused(pointer, code))
  })

  it('is read or refused with its code, whatever it holds', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.uint8Array().map((each) => Buffer.from(each).toString('latin1')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(faultOf(bytes(text))?.problem ?? 'read').toBeTypeOf('string')
      }),
    )
  })
})
