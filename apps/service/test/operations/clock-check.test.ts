import { expect, it } from 'vitest'
import { createClockCheck } from '../../src/operations/clock-check.ts'

const hour = 3_600_000
const day = 24 * hour

function believing(start: number) {
  let now = start
  let steady = 0
  let kept: number | undefined
  const store = { read: async () => kept, write: async (time: number) => void (kept = time) }
  const start_ = () => createClockCheck({ store, clock: () => now, steady: () => steady })
  return {
    start: start_,
    set: (time: number) => void (now = time),
    pass: (milliseconds: number) => {
      now += milliseconds
      steady += milliseconds
    },
    kept: () => kept,
  }
}

it('old rows are removed every day, and after a week without the service', async () => {
  const { start, set } = believing(1_000 * day)
  await start().note()
  for (const passed of [0, 1, 2, 9]) {
    set((1_000 + passed) * day)
    const again = start()
    await again.note()
    expect(await again.doubt()).toBeUndefined()
  }
})

it('a clock ninety days ahead removes nothing, however often the service starts, or when it is set back', async () => {
  const { start, set, kept } = believing(1_000 * day)
  await start().note()
  set(1_090 * day)
  for (let restart = 0; restart < 5; restart++) {
    const again = start()
    await again.note()
    expect(await again.doubt()).toMatch(/days ahead/)
  }
  expect(kept()).toBe(1_005 * day)
  set(1_001 * day)
  expect(await start().doubt()).toBeUndefined()
})

it('a service that was off for ninety days removes again after hours of work', async () => {
  const { start, set } = believing(1_000 * day)
  await start().note()
  set(1_090 * day)
  const again = start()
  let hours = 0
  while ((await again.doubt()) !== undefined) hours++
  expect(hours).toBe(83)
})

it.each([
  ['two days forth', 2 * day],
  ['two hours back', -2 * hour],
])('a clock that is set %s at work is trusted once it has run evenly for a day', async (_to, by) => {
  const { start, set, pass } = believing(1_000 * day)
  const check = start()
  await check.note()
  pass(3 * day)
  expect(await check.doubt()).toBeUndefined()
  set(1_003 * day + by)
  expect(await check.doubt()).toBe('the clock was set')
  pass(day - 1)
  expect(await check.doubt()).toBe('the clock was set')
  pass(1)
  expect(await check.doubt()).toBeUndefined()
})

it('a clock that is set again starts the wait again, even if it is set back to the right time', async () => {
  const { start, set, pass } = believing(1_000 * day)
  const check = start()
  set(1_001 * day)
  expect(await check.doubt()).toBe('the clock was set')
  pass(day - hour)
  set(1_001 * day - hour)
  expect(await check.doubt()).toBe('the clock was set')
  pass(day - 1)
  expect(await check.doubt()).toBe('the clock was set')
  pass(1)
  expect(await check.doubt()).toBeUndefined()
})
