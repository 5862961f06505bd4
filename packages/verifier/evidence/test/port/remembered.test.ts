import { describe, expect, test } from 'vitest'
import {
  filledListOf,
  isBoolean,
  isHex,
  isInteger,
  isText,
  leftOutOr,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  recalled,
  recordOf,
  remembered,
  type Form,
  type Forms,
} from '../../src/port/remembered.ts'

interface Claims {
  readonly name: string
  readonly counts: readonly number[]
  readonly note?: string
}
const forms: Forms<Claims> = { name: isText, counts: listOf(isInteger), note: leftOutOr(isText) }
const claims: Claims = { name: 'a', counts: [1, 2] }
const stored = { version: 1, claims }
const recalling = (value: unknown) => recalled<Claims>(value, 'example', forms)

test('remembered evidence is JSON, and is recalled unchanged', () => {
  const value = remembered(claims)
  expect(value).toEqual(stored)
  expect(recalling(JSON.parse(JSON.stringify(value)))).toEqual({ format: 'example', claims })
  expect(recalling(remembered({ ...claims, note: 'n' })).claims.note).toBe('n')
})

test('neither stored value nor claims change with what they were made of', () => {
  const counts = [1]
  const value = remembered({ name: 'a', counts })
  counts.push(2)
  expect(value).toEqual({ version: 1, claims: { name: 'a', counts: [1] } })
  const verified = recalling(value)
  ;(value as { claims: { counts: number[] } }).claims.counts.push(3)
  expect(verified.claims.counts).toEqual([1])
  expect([verified, verified.claims, verified.claims.counts].every((each) => Object.isFrozen(each))).toBe(
    true,
  )
})

test.each([
  ['null', null],
  ['nothing', undefined],
  ['text', JSON.stringify(stored)],
  ['a list', [stored]],
  ['no version', { claims }],
  ['another version', { ...stored, version: 2 }],
  ['a member besides', { ...stored, more: 1 }],
  ['no claims', { version: 1 }],
  ['null for claims', { version: 1, claims: null }],
  ['a list for claims', { version: 1, claims: [claims] }],
  ['a claim missing', { version: 1, claims: { name: 'a' } }],
  ['a claim of another form', { version: 1, claims: { ...claims, name: 1 } }],
  ['an optional claim of another form', { version: 1, claims: { ...claims, note: null } }],
  ['a claim that is not known', { version: 1, claims: { ...claims, more: 1 } }],
  ['the name of a member of Object.prototype', { version: 1, claims: { ...claims, toString: 'a' } }],
  ['what cannot be cloned', { version: 1, claims: { ...claims, name: () => 'a' } }],
])('%s is a malfunction, and no refusal', (_, value) => {
  const fault = faultOf(() => recalling(value))
  expect(fault).toBeInstanceOf(Error)
  expect((fault as { code?: unknown }).code).not.toBeTypeOf('string')
})

test('the message of a malfunction names the format, and contains nothing that was stored', () => {
  const message = String(faultOf(() => recalling({ version: 1, claims: { name: 'secret' } })))
  expect(message).toContain('example')
  expect(message).not.toContain('secret')
})

function faultOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('forms', () => {
  const cases: readonly (readonly [string, Form<unknown>, readonly unknown[], readonly unknown[]])[] = [
    ['a boolean', isBoolean, [true, false], [0, 'true', null, undefined]],
    ['text', isText, ['', 'a'], [1, null, undefined, ['a']]],
    ['an integer', isInteger, [0, -1, 2 ** 53 - 1], [0.5, NaN, 2 ** 53, '1', null]],
    ['hex', isHex(), ['', '0a'], ['0', '0A', 'zz', ' 0a', '0a ', '0a\n', 1]],
    ['hex of two bytes', isHex(2), ['0a0b'], ['', '0a', '0a0b0c']],
    ['one of two', oneOf('a', 1), ['a', 1], ['b', '1', undefined]],
    ['null or text', nullOr(isText), [null, 'a'], [undefined, 1]],
    ['nothing or text', leftOutOr(isText), [undefined, 'a'], [null, 1]],
    ['a list of text', listOf(isText), [[], ['a']], [['a', 1], 'a', { 0: 'a' }, null]],
    ['a filled list of text', filledListOf(isText), [['a']], [[], [1], null]],
    ['a record of text', recordOf(isText), [{}, { a: 'b' }], [{ a: 1 }, { a: 'b', c: 1 }, ['a'], null, 'a']],
    ['an object', objectOf<{ a: string }>({ a: isText }), [{ a: 'b' }], [{}, { a: 'b', c: 1 }, ['b'], null]],
    [
      'an object, not what it inherits',
      objectOf<{ a: string }>({ a: isText }),
      [],
      [Object.create({ a: 'b' })],
    ],
  ]
  test.each(cases)('%s', (_, isForm, right, wrong) => {
    expect(right.map((value) => isForm(value))).toEqual(right.map(() => true))
    expect(wrong.map((value) => isForm(value))).toEqual(wrong.map(() => false))
  })
})
