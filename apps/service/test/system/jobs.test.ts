import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createJobs } from '../../src/system/jobs.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('goes on after a malfunction, never overlaps itself, and stops', async () => {
  const malfunctions: unknown[] = []
  const jobs = createJobs((error) => malfunctions.push(error))
  let runs = 0
  let running = 0
  jobs.every(
    10,
    async () => {
      runs += 1
      running += 1
      expect(running).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 25))
      running -= 1
      if (runs === 1) throw new Error('first')
    },
    0,
  )
  await vi.advanceTimersByTimeAsync(100)
  expect(runs).toBe(3)
  expect(malfunctions).toHaveLength(1)
  const stopped = jobs.stop()
  await vi.advanceTimersByTimeAsync(200)
  await stopped
  expect(runs).toBe(3)
})

it('tells what is running to end when it stops, and waits for it', async () => {
  const jobs = createJobs(() => undefined)
  let slices = 0
  jobs.every(
    10,
    async (signal) => {
      for (; slices < 100 && !signal.aborted; slices += 1)
        await new Promise((resolve) => setTimeout(resolve, 10))
    },
    0,
  )
  await vi.advanceTimersByTimeAsync(25)
  const stopped = jobs.stop()
  await vi.advanceTimersByTimeAsync(10)
  await stopped
  expect(slices).toBe(3)
})
