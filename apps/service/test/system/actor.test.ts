import { setImmediate as tick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createActors } from '../../src/system/actor.ts'

const local = { key: null, name: 'local' }
const [one, two] = [
  { key: 'k1', name: 'one' },
  { key: 'k2', name: 'two' },
]

it('knows who acts in all that the work does, however late', async () => {
  const actors = createActors()
  const seen = await actors.as(one, async () => {
    const first = actors.current()
    await tick()
    return [first, await Promise.resolve().then(() => actors.current())]
  })
  expect(seen).toEqual([one, one])
  expect(actors.current()).toEqual(local)
})

it('keeps those apart who act at the same time, whoever ends first', async () => {
  const actors = createActors()
  const short = actors.as(one, async () => {
    await tick()
    return actors.current()
  })
  const long = actors.as(two, async () => {
    await short
    await tick()
    return [actors.current(), await tick().then(() => actors.current())]
  })
  expect(await short).toEqual(one)
  expect(await long).toEqual([two, two])
  expect(actors.current()).toEqual(local)
})

it('ends with work that fails, at once or later', async () => {
  const actors = createActors()
  const fault = new Error('a fault')
  await expect(
    actors.as(one, () => {
      throw fault
    }),
  ).rejects.toBe(fault)
  await expect(actors.as(two, () => Promise.reject(fault))).rejects.toBe(fault)
  expect(await actors.as(one, () => actors.current())).toEqual(one)
  expect(actors.current()).toEqual(local)
})
