import { expect, it } from 'vitest'
import { createHearing } from '../../src/operations/hearing.ts'

/** A database whose answers come when the test says so. */
function world() {
  let time = 1_000
  const store = { version: 1, nodes: 1, now: 500_000, fails: false }
  const read: string[] = []
  let beforeAnswer = () => undefined as unknown
  const hearing = createHearing({
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
  })
  return {
    hearing,
    store,
    read,
    pass: (milliseconds: number) => void (time += milliseconds),
    duringReading: (work: () => unknown) => void (beforeAnswer = () => work()),
  }
}

it('has heard nothing before it has listened', () => {
  expect(world().hearing.hasHeard(1e9)).toBe(false)
})

it('reads what has changed, and only then', async () => {
  const { hearing, store, read } = world()
  await hearing.listen()
  await hearing.listen()
  store.version = 7
  await hearing.listen()
  expect(read).toEqual(['version 1', 'version 7'])
})

it('counts from the moment at which the reading began, not from its end', async () => {
  const { hearing, pass, duringReading } = world()
  duringReading(() => pass(1_500))
  await hearing.listen()
  expect(hearing.hasHeard(2_000)).toBe(true)
  expect(hearing.heardAt()).toBe(1_000)
  pass(500)
  expect(hearing.hasHeard(2_000)).toBe(false)
})

it('counts as not heard if the change could not be read, and reads it again', async () => {
  const { hearing, store, read, pass } = world()
  await hearing.listen()
  pass(10_000)
  Object.assign(store, { version: 2 })
  const failing = hearing.listen()
  store.fails = true
  await expect(failing).rejects.toThrow('no answer')
  expect(hearing.hasHeard(2_000)).toBe(false)
  store.fails = false
  await hearing.listen()
  expect(hearing.hasHeard(2_000)).toBe(true)
  expect(read).toEqual(['version 1', 'version 2', 'version 2'])
})

it('asks once for all who ask at the same time', async () => {
  const { hearing, duringReading } = world()
  let readings = 0
  duringReading(() => (readings += 1))
  await Promise.all([hearing.listen(), hearing.listen(), hearing.listen()])
  expect(readings).toBe(1)
})

it("reports the database's time, and how many nodes share it", async () => {
  const { hearing, store, pass } = world()
  store.nodes = 3
  await hearing.listen()
  pass(250)
  expect(hearing.now()).toBe(500_250)
  expect(hearing.nodes()).toBe(3)
})
