import { expect, it } from 'vitest'
import { createPooledRandom } from '../../src/system/pooled-random.ts'

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
