import { expect, test } from 'vitest'
import { exactMembers } from '../../src/port/json-object.ts'

test('an object with exactly the members is given back', () => {
  expect(exactMembers({ b: 1, a: null }, ['a', 'b'])).toEqual({ a: null, b: 1 })
})

test.each([
  ['null', null],
  ['undefined', undefined],
  ['a string', 'ab'],
  ['a list', [1, 2]],
  ['a member missing', { a: 1 }],
  ['a member besides', { a: 1, b: 2, c: 3 }],
  ['another member instead', { a: 1, c: 2 }],
  ['a member inherited only', Object.create({ a: 1, b: 2 }) as object],
])('%s is not such an object', (_, value) => {
  expect(exactMembers(value, ['a', 'b'])).toBeUndefined()
})

test('members of Object.prototype do not count', () => {
  expect(exactMembers({ a: 1 }, ['toString'])).toBeUndefined()
})
