import { expect, test } from 'vitest'
import { readWireVersion } from '../../src/index.ts'

test.each([
  ['absent', {}, 'supported'],
  ['1', { v: 1 }, 'supported'],
  ['2, whatever else there is', { v: 2, steps: [] }, 'unsupported'],
  ['0', { v: 0 }, 'malformed'],
  ['a fraction', { v: 1.5 }, 'malformed'],
  ['text', { v: '1' }, 'malformed'],
  ['null', { v: null }, 'malformed'],
])('a version that is %s', (_name, body, expected) => {
  expect(readWireVersion(body)).toBe(expected)
})

test.each([null, 'text', 7, [1]])('a body that is no object says nothing of its version', (body) => {
  expect(readWireVersion(body)).toBe('supported')
})
