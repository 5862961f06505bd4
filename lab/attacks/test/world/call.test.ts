import { expect, test } from 'vitest'
import { allOf, everyOf, refused, served } from '../../src/world/outcome.ts'

test('of several tries one that is through decides', () => {
  expect(allOf([refused(401, 'A'), served(201), refused(401, 'B')])).toEqual(served(201))
})

test('of several refusals every code is kept, once and in order', () => {
  expect(allOf([refused(401, 'B'), refused(403, 'A'), refused(401, 'B')])).toEqual(refused(401, 'A,B'))
})

test('of several twins one that is refused decides', () => {
  expect(everyOf([served(), refused(503, 'A')])).toEqual(refused(503, 'A'))
  expect(everyOf([served(), served(201)])).toEqual(served())
})

test('nothing tried is no outcome', () => {
  expect(() => allOf([])).toThrow('nothing was tried')
  expect(() => everyOf([])).toThrow('nothing was tried')
})
