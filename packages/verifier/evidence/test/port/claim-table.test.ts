import { expect, expectTypeOf, test } from 'vitest'
import {
  alwaysTrue,
  bool,
  counts,
  filledListOf,
  hex,
  int,
  intOf,
  listOf,
  oneOf,
  opaque,
  optional,
  orNull,
  probes,
  record,
  text,
  textOf,
  unstored,
  usually,
  wideInt,
  type Claim,
  type ValueOf,
} from '../../src/port/claim-table.ts'
import { isText } from '@assay/protocol/shapes'

const cases: readonly (readonly [string, Claim, readonly unknown[], readonly unknown[]])[] = [
  ['a boolean', bool, [true, false], [0, 'true', null, undefined]],
  ['true', alwaysTrue, [true], [false, 1, undefined]],
  ['an integer', int, [0, -1, 2 ** 53 - 1], [0.5, NaN, 2 ** 53, '1', null]],
  ['an integer of 64 bits', wideInt, [0, 2 ** 63, -(2 ** 63)], [2 ** 64, 0.5, Infinity, '1', null]],
  ['one of some integers', intOf(0, 2), [0, 2], [1, '0', null, undefined]],
  ['text', text, ['', 'a'], [1, null, undefined, ['a']]],
  ['text of a form', textOf((value): value is string => value === 'a'), ['a'], ['b', undefined]],
  ['hex', hex(), ['', '0a'], ['0', '0A', 'zz', ' 0a', '0a ', '0a\n', 1]],
  ['hex of two bytes', hex(2), ['0a0b'], ['', '0a', '0a0b0c']],
  ['one of some words', oneOf('a', 'b'), ['a', 'b'], ['c', '', undefined]],
  ['a list of text', listOf(text), [[], ['a']], [['a', 1], 'a', { 0: 'a' }, null]],
  ['a filled list of text', filledListOf(text), [['a']], [[], [1], null]],
  ['counts', counts, [{}, { a: 2 ** 60 }], [{ a: '1' }, { a: 0.5 }, [1], null]],
  ['answers to probes', probes, [{}, { a: 'b', c: 1, d: true }], [{ a: null }, { a: {} }, ['a'], null]],
  ['what no policy reads', opaque(isText), ['a'], [1, undefined]],
  ['what is stored elsewhere', unstored<string>(), [undefined], ['a', null]],
  ['null or text', orNull(text), [null, 'a'], [undefined, 1]],
  ['nothing or text', optional(text), [undefined, 'a'], [null, 1]],
  ['claims', record({ a: text }), [{ a: 'b' }], [{}, { a: 'b', c: 1 }, ['b'], null]],
  ['claims, not what an object inherits', record({ a: text }), [], [Object.create({ a: 'b' })]],
  ['a claim with usual values', usually(text, 'a'), ['a', 'b'], [1]],
]

test.each(cases)('%s', (_, { isStored }, right, wrong) => {
  expect(right.map((value) => isStored(value))).toEqual(right.map(() => true))
  expect(wrong.map((value) => isStored(value))).toEqual(wrong.map(() => false))
})

test('the table gives the type of the claims', () => {
  const table = record({
    platform: oneOf('ios', 'android'),
    counter: intOf(0),
    levels: listOf(int),
    hash: orNull(hex(32)),
    note: optional(text),
    receipt: unstored<Uint8Array>(),
    device: record({ id: text }),
  })
  expect(table.kind).toBe('record')
  expectTypeOf<ValueOf<typeof table>>().toEqualTypeOf<{
    readonly platform: 'ios' | 'android'
    readonly counter: 0
    readonly levels: readonly number[]
    readonly hash: string | null
    readonly note?: string
    readonly receipt?: Uint8Array
    readonly device: { readonly id: string }
  }>()
})

test('usual values are told once, the most frequent last', () => {
  expect(usually(oneOf('a', 'b', 'c'), 'b').usual).toEqual(['c', 'a', 'b'])
})
