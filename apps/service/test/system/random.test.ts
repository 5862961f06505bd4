import { expect, it, test } from 'vitest'
import fc from 'fast-check'
import { createPooledRandom, randomId } from '../../src/system/random.ts'

it('hands out every byte of its source once, in pieces of any length', () => {
  let counter = 0
  const source = (length: number) => Uint8Array.from({ length }, () => counter++ & 255)
  const random = createPooledRandom(source)
  const first = random(16)
  expect([...first]).toEqual(Array.from({ length: 16 }, (_, i) => i))
  expect([...random(4)]).toEqual([16, 17, 18, 19])
  expect([...first]).toEqual(Array.from({ length: 16 }, (_, i) => i))
  for (let i = 0; i < 254; i++) random(16)
  // Twelve bytes are left: a longer piece comes from a new pool.
  const asked = counter
  expect(random(16)).toHaveLength(16)
  expect(counter).toBe(asked + 4096)
  expect(random(5000)).toHaveLength(5000)
})

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
