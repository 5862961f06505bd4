import { describe, expect, it } from 'vitest'
import type { SingleUse, Use } from '../../src/attestation/single-use.ts'

/** What a driver is opened with. */
interface DriverOptions {
  /** Says when a use came. Milliseconds since 1970. */
  clock: () => number
  /** By which challenges expire. Milliseconds since 1970. */
  steady: () => number
}

/** Opens a driver whose store is empty; several with one store where it `isShared`. */
export type OpenDriver = (options: DriverOptions) => Promise<SingleUse>

const start = 1_790_000_000_000
const challenges = (i: number) => Buffer.alloc(48, `challenge ${i}`).toString('base64url')
const bindings = (i: number) => Buffer.alloc(32, `binding ${i}`).toString('base64url')

/**
 * What every driver of single use must do: each calls this with what opens it, in a test file of its own
 * (`single-use.test.ts` for the one in memory).
 */
export function singleUseSuite(name: string, open: OpenDriver): void {
  const use = (challenge: number, binding: number, more: Partial<Use> = {}): Use => ({
    challenge: challenges(challenge),
    binding: bindings(binding),
    expiresAt: start + 120_000,
    ...more,
  })

  describe(`single use ${name}`, () => {
    it('has exactly one first among any number at once', async () => {
      const driver = await open({ clock: () => start, steady: () => start })
      const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => driver.claim(use(1, i))))
      expect(claims.filter(({ state }) => state === 'first')).toHaveLength(1)
      expect(claims.filter(({ state }) => state === 'used')).toHaveLength(49)
    })

    it('tells a repeat when the first came, among any number at once and at any later time', async () => {
      let now = start
      const driver = await open({ clock: () => now, steady: () => now })
      const claims = await Promise.all(Array.from({ length: 20 }, () => driver.claim(use(2, 1))))
      expect(claims.filter(({ state }) => state === 'first')).toEqual([{ state: 'first', at: start }])
      expect(claims.filter(({ state }) => state === 'repeat')).toEqual(
        Array.from({ length: 19 }, () => ({ state: 'repeat', at: start })),
      )
      now += 119_999
      expect(await driver.claim(use(2, 1))).toEqual({ state: 'repeat', at: start })
      expect(await driver.claim(use(2, 2))).toEqual({ state: 'used' })
    })

    it('keeps challenges apart', async () => {
      let now = start
      const driver = await open({ clock: () => now, steady: () => start })
      await driver.claim(use(3, 1))
      now += 1_000
      expect(await driver.claim(use(4, 1))).toEqual({ state: 'first', at: start + 1_000 })
      expect(await driver.claim(use(3, 1))).toEqual({ state: 'repeat', at: start })
    })

    it('tells the time of the clock, and lets challenges expire by the steady one', async () => {
      let steady = start
      const driver = await open({ clock: () => start - 3_600_000, steady: () => steady })
      expect(await driver.claim(use(5, 1))).toEqual({ state: 'first', at: start - 3_600_000 })
      steady += 120_000
      expect(await driver.claim(use(5, 1))).toEqual({ state: 'expired' })
      expect(await driver.claim(use(6, 1))).toEqual({ state: 'expired' })
    })

    it('makes a challenge free for any client data when it is released, and none beside it', async () => {
      const driver = await open({ clock: () => start, steady: () => start })
      for (const challenge of [7, 8]) await driver.claim(use(challenge, 1))
      await driver.release(use(7, 1))
      expect((await driver.claim(use(7, 2))).state).toBe('first')
      expect((await driver.claim(use(7, 1))).state).toBe('used')
      expect((await driver.claim(use(8, 2))).state).toBe('used')
    })

    it('releases what nobody has claimed without a fault', async () => {
      const driver = await open({ clock: () => start, steady: () => start })
      await driver.release(use(9, 1))
      expect((await driver.claim(use(9, 1))).state).toBe('first')
    })
  })
}
