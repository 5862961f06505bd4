import { expect, test } from 'vitest'
import { shrink } from '../../../src/fuzz/running/shrink.ts'

test('what does not matter to the fault is left out', async () => {
  const input = Buffer.from(`${'x'.repeat(3000)}(${'y'.repeat(500)})zzz`)
  const shrunk = await shrink(input, async (bytes) => /\(.*\)/.test(Buffer.from(bytes).toString()))
  expect(Buffer.from(shrunk).toString()).toBe('()')
})

test('an input of which everything matters stays', async () => {
  const input = Buffer.from('abc')
  expect(Buffer.from(await shrink(input, async (bytes) => bytes.length === 3)).toString()).toBe('abc')
})

test('shrinking ends, whatever the input', async () => {
  let runs = 0
  await shrink(new Uint8Array(90_000), async () => {
    runs++
    return false
  })
  expect(runs).toBeLessThanOrEqual(4000)
})
