import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomId } from '../../src/system/random-id.ts'

test('starts with a letter, whatever was drawn', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (drawn) => {
      expect(randomId(() => drawn, drawn.length)).toMatch(/^[A-Za-z][A-Za-z0-9_-]{21}$/)
    }),
  )
  expect(randomId(() => new Uint8Array(16).fill(0xfb), 16)).toMatch(/^[A-Za-z]/)
})

test('leaves what was drawn as it is, and tells all other bits apart', () => {
  const drawn = new Uint8Array(16).fill(0xff)
  randomId(() => drawn, 16)
  expect(drawn[0]).toBe(0xff)
  const ids = Array.from({ length: 127 }, (_, bit) => {
    const one = new Uint8Array(16)
    one[(bit + 1) >> 3] = 0x80 >> ((bit + 1) & 7)
    return randomId(() => one, 16)
  })
  expect(new Set(ids).size).toBe(127)
})
