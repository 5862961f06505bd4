import { expect, it } from 'vitest'
import { createBelievedTime } from '../../src/operations/believed-time.ts'

const day = 24 * 3_600_000

function believing(start: number) {
  let now = start
  let kept: number | undefined
  const store = { read: async () => kept, write: async (time: number) => void (kept = time) }
  const start_ = () => createBelievedTime({ store, clock: () => now })
  return { start: start_, set: (time: number) => void (now = time), kept: () => kept }
}

it('what is old is removed from day to day, and after a week without the service', async () => {
  const { start, set } = believing(1_000 * day)
  await start().note()
  for (const passed of [0, 1, 2, 9]) {
    set((1_000 + passed) * day)
    const again = start()
    await again.note()
    expect(await again.mayRemove()).toBe(true)
  }
})

it('a clock ninety days forth removes nothing, however often the service starts, and nothing when it is set back', async () => {
  const { start, set, kept } = believing(1_000 * day)
  await start().note()
  set(1_090 * day)
  for (let restart = 0; restart < 5; restart++) {
    const again = start()
    await again.note()
    expect(await again.mayRemove()).toBe(false)
  }
  expect(kept()).toBe(1_005 * day)
  set(1_001 * day)
  expect(await start().mayRemove()).toBe(true)
})

it('a service that was off for ninety days removes again after hours of work', async () => {
  const { start, set } = believing(1_000 * day)
  await start().note()
  set(1_090 * day)
  const again = start()
  let hours = 0
  while (!(await again.mayRemove())) hours++
  expect(hours).toBe(83)
})
