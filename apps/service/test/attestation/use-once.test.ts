import { describe, expect, it } from 'vitest'
import { ProblemError } from '../../src/faults/problem-error.ts'
import type { Outcome } from '../../src/attestation/model/outcome.ts'
import { createMemorySingleUse, type SingleUse } from '../../src/attestation/single-use.ts'
import { createUseOnce, type JudgedAt } from '../../src/attestation/use-once.ts'

const use = { challenge: 'c', binding: 'b', expiresAt: 120_000, keyId: '' }
const bound = { use, isRepeatable: true }
const bearer = { use, isRepeatable: false }

const denied: Outcome = {
  outcome: 'denied',
  trace: 't',
  code: 'X',
  outward: 'attestation_denied',
  segments: [],
}
const malfunction: Outcome = { outcome: 'malfunction', trace: 't', code: 'internal_error', cause: undefined }

function world(more: Partial<SingleUse> = {}) {
  const time = { now: 1_000 }
  const clock = () => time.now
  const singleUse = { ...createMemorySingleUse({ capacity: 1, clock, steady: clock }), ...more }
  return { time, useOnce: createUseOnce(singleUse, clock) }
}

const codeOf = (used: Promise<unknown>) =>
  used.then(
    () => 'ok',
    (error: unknown) => (error instanceof ProblemError ? error.code : String(error)),
  )

describe('using a challenge once', () => {
  it('works again for a repeat, as of the time of the first', async () => {
    const { time, useOnce } = world()
    const judgings: JudgedAt[] = []
    const work = async (judgedAt: JudgedAt) => (judgings.push(judgedAt), denied)
    expect(await useOnce(bound, work)).toEqual({ outcome: denied, isRepeat: false })
    time.now = 60_000
    expect(await useOnce(bound, work)).toEqual({ outcome: denied, isRepeat: true })
    expect(judgings).toEqual([
      { at: 1_000, isRepeat: false },
      { at: 1_000, isRepeat: true },
    ])
  })

  it('lets repeats wait for the first use and share its result', async () => {
    const { useOnce } = world()
    let works = 0
    const work = async () => {
      works += 1
      await new Promise((resolve) => setTimeout(resolve, 2))
      return malfunction
    }
    const all = await Promise.all([1, 2, 3].map(() => useOnce(bound, work)))
    expect(works).toBe(1)
    expect(all.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true])
    expect((await useOnce(bound, async () => denied)).outcome).toBe(denied)
  })

  it('refuses other client data, and any repeat that is not allowed', async () => {
    const { useOnce } = world()
    const slow = () => new Promise<Outcome>((resolve) => setTimeout(() => resolve(denied), 2))
    const first = useOnce(bearer, slow)
    expect(await codeOf(useOnce(bearer, slow))).toBe('challenge_used')
    await first
    expect(await codeOf(useOnce(bearer, slow))).toBe('challenge_used')
    const other = { use: { ...use, binding: 'other' }, isRepeatable: true }
    expect(await codeOf(useOnce(other, slow))).toBe('challenge_used')
  })

  it('makes a challenge that cannot be repeated free again after a malfunction, and after nothing else', async () => {
    const { useOnce } = world()
    await useOnce(bearer, async () => malfunction)
    expect(await useOnce(bearer, async () => denied)).toEqual({ outcome: denied, isRepeat: false })
    expect(await codeOf(useOnce(bearer, async () => malfunction))).toBe('challenge_used')
  })

  it('keeps a challenge for the same client data after a malfunction that can be repeated', async () => {
    const { useOnce } = world()
    await useOnce(bound, async () => malfunction)
    const other = { use: { ...use, binding: 'other' }, isRepeatable: true }
    expect(await codeOf(useOnce(other, async () => denied))).toBe('challenge_used')
    expect((await useOnce(bound, async () => denied)).isRepeat).toBe(true)
  })

  it('does not use the challenge if a quota refuses the work', async () => {
    const { useOnce } = world()
    const refused = () => Promise.reject(new ProblemError('rate_limited'))
    expect(await codeOf(useOnce(bound, refused))).toBe('rate_limited')
    expect((await useOnce(bound, async () => denied)).isRepeat).toBe(false)
  })

  it('gives the fault itself where the store cannot make the challenge free again', async () => {
    const { useOnce } = world({ release: () => Promise.reject(new Error('away')) })
    expect((await useOnce(bearer, async () => malfunction)).outcome).toBe(malfunction)
  })

  it('tells the client to come back if another node may be working on the first use', async () => {
    const { time, useOnce } = world({ isShared: true })
    await useOnce(bound, async () => denied)
    expect(await codeOf(useOnce(bound, async () => denied))).toBe('temporarily_unavailable')
    time.now += 2_000
    expect((await useOnce(bound, async () => denied)).isRepeat).toBe(true)
  })

  it('refuses an expired challenge, and malfunctions where no more are remembered', async () => {
    const { time, useOnce } = world()
    const late = { use: { challenge: 'd', binding: 'b', expiresAt: 1_000, keyId: '' }, isRepeatable: true }
    expect(await codeOf(useOnce(late, async () => denied))).toBe('challenge_expired')
    await useOnce(bound, async () => denied)
    const more = { use: { ...use, challenge: 'd' }, isRepeatable: true }
    expect(await codeOf(useOnce(more, async () => denied))).toBe('temporarily_unavailable')
    time.now = 120_000
    expect(await codeOf(useOnce(bound, async () => denied))).toBe('challenge_expired')
  })
})
