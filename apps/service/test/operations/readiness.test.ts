import { expect, it } from 'vitest'
import { createReadiness } from '../../src/operations/readiness.ts'

it('is tried once a second, whoever asks, and fails with any of its parts', async () => {
  let now = 0
  let tries = 0
  let fault: Error | undefined
  const { isReady } = createReadiness({
    probes: {
      database: async () => void (tries += 1),
      blobs: async () => {
        if (fault !== undefined) throw fault
      },
    },
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

it('tells its parts apart, and does not wait for one that never answers', async () => {
  let now = 0
  let answers = () => {}
  let fault: Error | undefined = new Error('no answer')
  const { parts } = createReadiness({
    probes: {
      database: async () => {
        if (fault !== undefined) throw fault
      },
      blobs: () => new Promise<void>((resolve) => (answers = resolve)),
      builds: async () => undefined,
    },
    clock: () => now,
    patience: 1,
  })
  expect(Object.fromEntries(await parts())).toEqual({ database: false, blobs: false, builds: true })
  fault = undefined
  now = 1_000
  const found = parts()
  answers()
  expect(Object.fromEntries(await found)).toEqual({ database: true, blobs: true, builds: true })
})
