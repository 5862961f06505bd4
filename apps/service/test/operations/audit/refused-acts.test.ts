import { describe, expect, it } from 'vitest'
import { createRefusedActs, type RefusedTimes } from '../../../src/operations/audit/refused-acts.ts'

const hour = 3_600_000

function counting() {
  const recorded: RefusedTimes[] = []
  const failures: unknown[] = []
  const world = { now: 10 * hour, error: undefined as Error | undefined }
  const acts = createRefusedActs({
    record: async (refused) => {
      if (world.error !== undefined) throw world.error
      recorded.push(refused)
    },
    clock: () => world.now,
    onMalfunction: (error) => void failures.push(error),
  })
  const refuse = (key = 'k', act = 'POST /v1/keys') => acts.refuse({ key, name: 'n', scope: 'read', act })
  const recordedTimes = () =>
    recorded.splice(0).map(({ key, act, times, since, until }) => [key, act, times, since, until])
  return { acts, refuse, recordedTimes, world, failures }
}

describe('what a key may not do', () => {
  it('is recorded at once the first time, and then as the sum of the hour', async () => {
    const { acts, refuse, recordedTimes, world } = counting()
    await Promise.all(Array.from({ length: 60 }, () => refuse()))
    expect(recordedTimes()).toEqual([['k', 'POST /v1/keys', 1, 10 * hour, 10 * hour]])
    world.now += 5
    await refuse()
    await acts.flush()
    expect(recordedTimes()).toEqual([])
    world.now += hour
    await acts.flush()
    expect(recordedTimes()).toEqual([['k', 'POST /v1/keys', 60, 10 * hour, 10 * hour + 5]])
    await acts.flush()
    expect(recordedTimes()).toEqual([])
  })

  it('is counted for each key, act and hour', async () => {
    const { refuse, recordedTimes, world } = counting()
    await refuse('a')
    await refuse('b')
    await refuse('a', 'PUT /v1/policies/:policy')
    expect(recordedTimes().map(([key, act]) => [key, act])).toEqual([
      ['a', 'POST /v1/keys'],
      ['b', 'POST /v1/keys'],
      ['a', 'PUT /v1/policies/:policy'],
    ])
    await refuse('a')
    world.now += hour
    await refuse('a')
    expect(recordedTimes()).toEqual([
      ['a', 'POST /v1/keys', 1, 10 * hour, 10 * hour],
      ['a', 'POST /v1/keys', 1, 11 * hour, 11 * hour],
    ])
  })

  it('is in the log when the process ends', async () => {
    const { acts, refuse, recordedTimes } = counting()
    for (let i = 0; i < 4; i++) await refuse()
    await acts.close()
    expect(recordedTimes().map(([, , times]) => times)).toEqual([1, 3])
  })

  it('is refused, and counted in the next sum, while the store does not answer', async () => {
    const { acts, refuse, recordedTimes, world, failures } = counting()
    world.error = new Error('away')
    await refuse()
    world.now += 5
    await refuse()
    await acts.close()
    expect([recordedTimes(), failures]).toEqual([[], [world.error, world.error]])
    world.error = undefined
    await acts.close()
    expect(recordedTimes()).toEqual([['k', 'POST /v1/keys', 2, 10 * hour, 10 * hour + 5]])
  })
})
