import { describe, expect, it } from 'vitest'
import type { SingleUse, UseOutcome, Use } from '../../src/attestation/single-use.ts'

export interface OpenedDriver {
  /** Several over one store where they are shared, which take turns; else the one. */
  drivers: readonly [SingleUse, ...SingleUse[]]
  /** Milliseconds since 1970, by the clock by which challenges expire. */
  now: number
  /** Names the key that authenticated a challenge. */
  keyIdOf(challenge: string): string
}

/** Opens a driver whose store is empty. */
export type OpenDriver = () => Promise<OpenedDriver>

const bindings = (i: number) => Buffer.alloc(32, `binding ${i}`).toString('base64url')
/** Has the form of a challenge, with its number in place of the random bytes. */
export const challengeNumber = (i: number) =>
  Buffer.concat([Buffer.alloc(12, 1), Buffer.alloc(16, `${i} challenge `), Buffer.alloc(20, 2)]).toString(
    'base64url',
  )

/**
 * What every driver of single use must do: each calls this with what opens it, in a test file of its own
 * (`single-use.test.ts` for the one in memory).
 */
export function singleUseSuite(name: string, open: OpenDriver): void {
  const opened = async () => {
    const { drivers, now, keyIdOf } = await open()
    let next = 0
    const driver = () => drivers[next++ % drivers.length] as SingleUse
    const use = (challenge: number, binding: number): Use => ({
      challenge: challengeNumber(challenge),
      binding: bindings(binding),
      expiresAt: now + 60_000,
      keyId: keyIdOf(challengeNumber(challenge)),
    })
    return {
      take: (challenge: number, binding: number): Promise<UseOutcome> =>
        driver().take(use(challenge, binding)),
      takeUntil: (expiresAt: number): Promise<UseOutcome> => driver().take({ ...use(99, 1), expiresAt }),
      release: (challenge: number, binding: number) => driver().release(use(challenge, binding)),
      now,
    }
  }
  const number = async (all: readonly Promise<UseOutcome>[], wanted: UseOutcome['state']) =>
    (await Promise.all(all)).filter(({ state }) => state === wanted).length

  describe(`single use ${name}`, () => {
    it('has exactly one first use among any number at once', async () => {
      const { take } = await opened()
      for (let challenge = 100; challenge < 120; challenge += 1) {
        const all = Array.from({ length: 50 }, (_, i) => take(challenge, i))
        expect(await number(all, 'first')).toBe(1)
        expect(await number(all, 'used')).toBe(49)
      }
    })

    it('tells a repeat the time of the first use, at once and later', async () => {
      const { take, now } = await opened()
      const all = await Promise.all(Array.from({ length: 20 }, () => take(2, 1)))
      const [first, ...more] = all.filter(({ state }) => state === 'first')
      if (first?.state !== 'first') throw new Error('nobody is first')
      expect(more).toEqual([])
      expect(Math.abs(first.at - now)).toBeLessThan(120_000)
      const repeat = { state: 'repeat', at: first.at }
      expect(all.filter(({ state }) => state === 'repeat')).toEqual(Array.from({ length: 19 }, () => repeat))
      expect(await take(2, 1)).toEqual(repeat)
      expect(await take(2, 2)).toEqual({ state: 'used' })
    })

    it('keeps challenges apart', async () => {
      const { take } = await opened()
      for (const challenge of [3, 4]) expect((await take(challenge, 1)).state).toBe('first')
      expect((await take(3, 1)).state).toBe('repeat')
    })

    it('refuses a challenge that has expired', async () => {
      const { takeUntil, now } = await opened()
      expect(await takeUntil(now - 1)).toEqual({ state: 'expired' })
    })

    it('makes a challenge free for any client data when it is released, and none beside it', async () => {
      const { take, release } = await opened()
      for (const challenge of [7, 8]) await take(challenge, 1)
      await release(7, 1)
      expect((await take(7, 2)).state).toBe('first')
      expect((await take(7, 1)).state).toBe('used')
      expect((await take(8, 2)).state).toBe('used')
    })

    it('releases an unused challenge without a fault', async () => {
      const { take, release } = await opened()
      await release(9, 1)
      expect((await take(9, 1)).state).toBe('first')
    })
  })
}
