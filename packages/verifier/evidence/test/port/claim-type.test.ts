import { expect, test } from 'vitest'
import { int, optional, typeOf } from '../../src/index.ts'

test('a claim that may be left open is of its type where it is there', () => {
  expect(typeOf(optional(int))).toBe(int)
  expect(typeOf(int)).toBe(int)
})
