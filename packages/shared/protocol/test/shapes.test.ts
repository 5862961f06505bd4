import { expect, test } from 'vitest'
import {
  exactObject,
  filledListOf,
  isBoolean,
  isFunction,
  isInteger,
  isObject,
  isText,
  listOf,
  nullOr,
  objectWith,
  oneOf,
  optional,
  recordOf,
  type Shape,
} from '@assay/protocol/shapes'

const sparse = new Array<string>(1)

const cases: readonly (readonly [string, Shape<unknown>, readonly unknown[], readonly unknown[]])[] = [
  ['a boolean', isBoolean, [true, false], [0, 'true', null, undefined]],
  ['text', isText, ['', 'a'], [1, null, undefined, ['a']]],
  ['an integer', isInteger, [0, -1, 2 ** 53 - 1], [0.5, NaN, 2 ** 53, '1', null]],
  ['a function', isFunction, [() => 0, Date], [{}, null, undefined]],
  ['an object', isObject, [{}, [], new Date(0)], [null, undefined, 'a', () => 0]],
  ['one of two', oneOf('a', 1), ['a', 1], ['b', '1', undefined]],
  ['null or text', nullOr(isText), [null, 'a'], [undefined, 1]],
  ['nothing or text', optional(isText), [undefined, 'a'], [null, 1]],
  ['a list of text', listOf(isText), [[], ['a']], [['a', 1], sparse, 'a', { 0: 'a' }, null]],
  ['a filled list of text', filledListOf(isText), [['a']], [[], [1], null]],
  ['a record of text', recordOf(isText), [{}, { a: 'b' }], [{ a: 1 }, { a: 'b', c: 1 }, ['a'], null, 'a']],
  [
    'an object with members',
    objectWith<{ a: string }>({ a: isText }),
    [{ a: 'b' }, { a: 'b', c: 1 }, Object.create({ a: 'b' })],
    [{}, { a: 1 }, null, 'a'],
  ],
  [
    'exactly these members',
    exactObject<{ a: string }>({ a: isText }),
    [{ a: 'b' }],
    [{}, { a: 'b', c: 1 }, { a: 'b', toString: 'c' }, ['b'], Object.create({ a: 'b' }), null],
  ],
]

test.each(cases)('%s', (_, holds, right, wrong) => {
  expect(right.map((value) => holds(value))).toEqual(right.map(() => true))
  expect(wrong.map((value) => holds(value))).toEqual(wrong.map(() => false))
})
