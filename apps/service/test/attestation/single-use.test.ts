import { describe, expect, it } from 'vitest'
import { createMemorySingleUse } from '../../src/attestation/single-use.ts'
import { singleUseSuite } from './single-use.suite.ts'

const inMemory = (capacity: number, clock: () => number) => {
  const driver = createMemorySingleUse({ capacity, clock, steady: clock })
  return {
    stateOf: async (challenge: string, binding: string, expiresAt: number) =>
      (await driver.take({ challenge, binding, expiresAt, keyId: '' })).state,
    release: (challenge: string, binding: string, expiresAt: number) =>
      driver.release({ challenge, binding, expiresAt, keyId: '' }),
  }
}

const start = 1_790_000_000_000

singleUseSuite('in memory', async () => ({
  drivers: [createMemorySingleUse({ capacity: 100, clock: () => start, steady: () => start })],
  now: start,
  keyIdOf: () => '',
}))

describe('single use in memory', () => {
  it('tells the time of the clock, and lets challenges expire by the steady one', async () => {
    let steady = start
    const at = start - 3_600_000
    const driver = createMemorySingleUse({ capacity: 10, clock: () => at, steady: () => steady })
    const use = { challenge: 'c', binding: 'b', expiresAt: start + 120_000, keyId: '' }
    expect(await driver.take(use)).toEqual({ state: 'first', at })
    steady += 119_999
    expect(await driver.take(use)).toEqual({ state: 'repeat', at })
    steady += 1
    expect(await driver.take(use)).toEqual({ state: 'expired' })
    expect(await driver.take({ ...use, challenge: 'd' })).toEqual({ state: 'expired' })
  })

  it('never accepts a challenge again that it has forgotten, even when the clock is set back', async () => {
    let now = 0
    const { stateOf } = inMemory(10, () => now)
    expect(await stateOf('c', 'b', 120_000)).toBe('first')
    now = 200_000
    expect(await stateOf('d', 'b', 320_000)).toBe('first')
    now = 1_000
    expect(await stateOf('c', 'other', 120_000)).toBe('expired')
    expect(await stateOf('e', 'b', 121_000)).toBe('first')
  })

  it('fills up rather than forgets, and has room again after a release or an expiry', async () => {
    let now = 0
    const { stateOf, release } = inMemory(2, () => now)
    for (const challenge of ['a', 'b']) expect(await stateOf(challenge, 'x', 1_000)).toBe('first')
    expect(await stateOf('c', 'x', 1_000)).toBe('full')
    expect(await stateOf('a', 'y', 1_000)).toBe('used')
    await release('a', 'x', 1_000)
    expect(await stateOf('c', 'x', 1_000)).toBe('first')
    expect(await stateOf('d', 'x', 2_000)).toBe('full')
    now = 1_000
    expect(await stateOf('d', 'x', 2_000)).toBe('first')
  })
})
