import { expect, it } from 'vitest'
import { createReadiness } from '../../src/operations/readiness.ts'

it('is tried once a second, whoever asks, and fails with any of its parts', async () => {
  let now = 0
  let tries = 0
  let fault: Error | undefined
  const isReady = createReadiness({
    probes: [
      async () => void (tries += 1),
      async () => {
        if (fault !== undefined) throw fault
      },
    ],
    clock: () => now,
  })
  await Promise.all([isReady(), isReady(), isReady()])
  now = 999
  await isReady()
  expect(tries).toBe(1)
  fault = new Error('the disk is full')
  now = 1_000
  await expect(isReady()).rejects.toThrow('the disk is full')
  await expect(isReady()).rejects.toThrow('the disk is full')
  fault = undefined
  now = 2_000
  await isReady()
  expect(tries).toBe(3)
})
