import { expect, it } from 'vitest'
import { createChangeWatch } from '../../src/operations/change-watch.ts'

/** A database whose answers come when the test says so. */
function world() {
  let time = 1_000
  const timeOfDay = { now: 500_000 }
  const store = { version: 1, nodes: 1, now: 500_000, fails: false }
  const read: string[] = []
  let beforeAnswer = () => undefined as unknown
  const watch = createChangeWatch({
    store: {
      read: async () => {
        const { fails, ...found } = store
        await beforeAnswer()
        if (fails) throw new Error('no answer')
        return found
      },
    },
    onChange: async () => {
      read.push(`version ${store.version}`)
      if (store.fails) throw new Error('no answer')
    },
    clock: () => time,
    timeOfDay: () => timeOfDay.now,
  })
  return {
    watch,
    store,
    timeOfDay,
    read,
    pass: (milliseconds: number) => void (time += milliseconds),
    duringReading: (work: () => unknown) => void (beforeAnswer = () => work()),
  }
}

it.each([
  [600_000, 0, 600_000],
  [-600_000, 0, -600_000],
  [-600_000, 600_000, 0],
  [0, 0, 0],
])('compares its time of day with that of the database: %d ms ahead', async (ahead, takes, offset) => {
  const { watch, timeOfDay, duringReading } = world()
  expect(watch.clockOffset()).toBeUndefined()
  timeOfDay.now += ahead
  duringReading(() => void (timeOfDay.now += takes))
  await watch.look()
  expect(watch.clockOffset()).toBe(offset)
})

it('has heard nothing before it has listened', () => {
  expect(world().watch.isUpToDate(1e9)).toBe(false)
})

it('reads what has changed, and only then', async () => {
  const { watch, store, read } = world()
  await watch.look()
  await watch.look()
  store.version = 7
  await watch.look()
  expect(read).toEqual(['version 1', 'version 7'])
})

it('counts from the moment at which the reading began, not from its end', async () => {
  const { watch, pass, duringReading } = world()
  duringReading(() => pass(1_500))
  await watch.look()
  expect(watch.isUpToDate(2_000)).toBe(true)
  expect(watch.upToDateAt()).toBe(1_000)
  pass(500)
  expect(watch.isUpToDate(2_000)).toBe(false)
})

it('counts as not heard if the change could not be read, and reads it again', async () => {
  const { watch, store, read, pass } = world()
  await watch.look()
  pass(10_000)
  Object.assign(store, { version: 2 })
  const failing = watch.look()
  store.fails = true
  await expect(failing).rejects.toThrow('no answer')
  expect(watch.isUpToDate(2_000)).toBe(false)
  store.fails = false
  await watch.look()
  expect(watch.isUpToDate(2_000)).toBe(true)
  expect(read).toEqual(['version 1', 'version 2', 'version 2'])
})

it('asks once for all who ask at the same time', async () => {
  const { watch, duringReading } = world()
  let readings = 0
  duringReading(() => (readings += 1))
  await Promise.all([watch.look(), watch.look(), watch.look()])
  expect(readings).toBe(1)
})

it("reports the database's time, and how many nodes share it", async () => {
  const { watch, store, pass } = world()
  store.nodes = 3
  await watch.look()
  pass(250)
  expect(watch.now()).toBe(500_250)
  expect(watch.nodes()).toBe(3)
})
