import { describe, expect, it } from 'vitest'
import { app, appAttest, day, enrolment, installationsIn, now } from '../support/installations.ts'
import type { StorageWorld } from '../support/storage-world.ts'

/** What a vouching key vouches for. */
export function enrolmentSuite(world: StorageWorld): void {
  const { open, openSecond } = installationsIn(world)

  describe('a vouching key', () => {
    it('vouches for a number of new keys a day; known ones count once', async () => {
      const installations = await open()
      const vouchingKey = { kind: 'android-device', id: 'phone' } as const
      for (const thumbprint of ['one', 'two', 'one', 'two'])
        expect(await installations.enrol(enrolment(thumbprint), now)).toBe('ok')
      expect(await installations.enrol(enrolment('three'), now)).toBe('vouching_key_spent')
      expect(await installations.find(app, 'three')).toBeUndefined()
      expect(await installations.countEnrolments(app, vouchingKey, 'three', now)).toBe(2)
      expect(await installations.countEnrolments(app, vouchingKey, 'one', now)).toBe(1)
      expect(await installations.enrol(enrolment('three'), now + day)).toBe('ok')
    })

    it('vouches for no more when several ask at once', async () => {
      const [first, second] = [await open(), await openSecond()]
      const kept = await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((thumbprint, i) =>
          (i % 2 === 0 ? first : second).enrol(enrolment(thumbprint), now),
        ),
      )
      expect(kept.filter((each) => each === 'ok')).toHaveLength(2)
    })

    it('is counted exactly in many races; so are those who have none', async () => {
      const [first, second] = [await open(), await openSecond()]
      for (let race = 0; race < 50; race += 1) {
        const vouchingKey = { kind: 'android-device', id: `phone-${race}` } as const
        const kept = await Promise.all(
          ['a', 'b', 'c', 'd'].map((name, i) =>
            (i % 2 === 0 ? first : second).enrol(enrolment(`${name}-${race}`, { vouchingKey }), now),
          ),
        )
        expect(kept.sort()).toEqual(['ok', 'ok', 'vouching_key_spent', 'vouching_key_spent'])
      }
      const unvouched = { vouchingKey: undefined, isVouchedAnew: false, unvouchedPerDay: 3 }
      const kept = await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((name, i) =>
          (i % 2 === 0 ? first : second).enrol(enrolment(`none-${name}`, unvouched), now),
        ),
      )
      expect(kept.filter((each) => each === 'ok')).toHaveLength(3)
      expect(kept.filter((each) => each === 'unvouched_spent')).toHaveLength(3)
    })

    it('that is remembered and does not vouch again counts nothing', async () => {
      const installations = await open()
      for (const thumbprint of ['one', 'two', 'three'])
        expect(await installations.enrol(enrolment(thumbprint, { isVouchedAnew: false }), now)).toBe('ok')
    })

    it('of App Attest has one live installation key: the newest', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      await installations.enrol(
        appAttest('other', { vouchingKey: { kind: 'app-attest-key', id: 'other' } }),
        now,
      )
      await installations.enrol(appAttest('two'), now)
      expect(await installations.find(app, 'one')).toBeUndefined()
      expect(await installations.find(app, 'two')).toBeDefined()
      expect(await installations.find(app, 'other')).toBeDefined()
    })
  })
}
