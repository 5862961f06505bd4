import { describe, expect, it } from 'vitest'
import { createMemorySingleUse, type Claim } from '../../src/attestation/single-use.ts'

const first = (claim: Claim<string>) => {
  if (claim.state !== 'first') throw new Error(`the claim is ${claim.state}`)
  return claim
}

describe('single use', () => {
  it('has exactly one first among any number at once', () => {
    const use = createMemorySingleUse<string>(10, () => 0)
    const states = Array.from({ length: 50 }, (_, i) => use.claim('c', `b${i}`, 1000).state)
    expect(states.filter((state) => state === 'first')).toHaveLength(1)
    expect(states.filter((state) => state === 'used')).toHaveLength(49)
  })

  it('lets a repetition wait for the answer of the first', async () => {
    const use = createMemorySingleUse<string>(10, () => 0)
    const claim = first(use.claim('c', 'b', 1000))
    const repeated = use.claim('c', 'b', 1000)
    if (repeated.state !== 'repeat') throw new Error(repeated.state)
    claim.settle('answer')
    expect(await repeated.answer).toBe('answer')
    const later = use.claim('c', 'b', 1000)
    expect(later.state === 'repeat' && (await later.answer)).toBe('answer')
    expect(use.claim('c', 'other', 1000).state).toBe('used')
  })

  it('gives a challenge free for the same client data after a malfunction, and for no other', async () => {
    const use = createMemorySingleUse<string>(10, () => 0)
    const claim = first(use.claim('c', 'b', 1000))
    const waiting = use.claim('c', 'b', 1000)
    claim.release()
    expect(waiting.state === 'repeat' && (await waiting.answer)).toBeUndefined()
    expect(use.claim('c', 'other', 1000).state).toBe('used')
    first(use.claim('c', 'b', 1000)).settle('second try')
    const later = use.claim('c', 'b', 1000)
    expect(later.state === 'repeat' && (await later.answer)).toBe('second try')
  })

  it('never accepts a challenge again that it has forgotten, even when the clock is set back', () => {
    let now = 0
    const use = createMemorySingleUse<string>(10, () => now)
    first(use.claim('c', 'b', 120_000)).settle('answer')
    now = 200_000
    use.claim('d', 'b', 320_000)
    now = 1_000
    expect(use.claim('c', 'other', 120_000).state).toBe('expired')
    expect(use.claim('e', 'b', 121_000).state).toBe('first')
  })

  it('is full rather than forgetful', () => {
    const use = createMemorySingleUse<string>(2, () => 0)
    expect(['a', 'b', 'c'].map((challenge) => use.claim(challenge, 'x', 1000).state)).toEqual([
      'first',
      'first',
      'full',
    ])
    expect(use.claim('a', 'y', 1000).state).toBe('used')
  })
})
