import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { exampleApp } from '../support/examples.ts'
import {
  app,
  appAttest,
  day,
  installationsIn,
  key,
  now,
  refreshment,
  installationsOf,
} from '../support/installations.ts'
import type { StorageWorld } from '../support/storage-world.ts'

/** Refreshes of an installation that is remembered. */
export function recollectionSuite(world: StorageWorld): void {
  const { open, openSecond } = installationsIn(world)

  describe('the counter of assertions', () => {
    it('only rises, but for the same bytes sent again', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      expect(await installations.refresh(refreshment('one', 5), now)).toBe('ok')
      expect(await installations.refresh(refreshment('one', 5), now)).toBe('ok')
      expect(await installations.refresh(refreshment('one', 5, { binding: 'third' }), now)).toBe(
        'counter_used',
      )
      expect(await installations.refresh(refreshment('one', 4), now)).toBe('counter_used')
      expect(await installations.refresh(refreshment('one', 4_294_967_295), now)).toBe('ok')
      expect((await installations.find(app, 'one'))?.assertion).toEqual({ key, counter: 4_294_967_295 })
    })

    it('is taken by one of several at once', async () => {
      const [first, second] = [await open(), await openSecond()]
      await first.enrol(appAttest('one'), now)
      const kept = await Promise.all(
        ['a', 'b', 'c', 'd'].map((binding, i) =>
          (i % 2 === 0 ? first : second).refresh(refreshment('one', 1, { binding }), now),
        ),
      )
      expect(kept.filter((each) => each === 'ok')).toHaveLength(1)
      expect(kept.filter((each) => each === 'counter_used')).toHaveLength(3)
    })

    it('stays where a refresh needs none', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      await installations.refresh(refreshment('one', 3), now)
      expect(await installations.refresh(refreshment('one', undefined), now)).toBe('ok')
      expect((await installations.find(app, 'one'))?.assertion?.counter).toBe(3)
      expect(await installations.refresh(refreshment('two', 1), now)).toBe('unknown')
    })
  })

  describe('an installation that is recalled', () => {
    const vouchingKey = { kind: 'app-attest-key', id: 'key' } as const
    const counterOf = async (installations: Awaited<ReturnType<typeof open>>) =>
      (await installations.find(app, 'one'))?.assertion?.counter

    it('is told as it was, with what is known of its key, and its refresh is recorded', async () => {
      const installations = await open()
      await installations.enrol(appAttest('other', { perDay: 5 }), now)
      await installations.enrol(appAttest('one', { perDay: 5 }), now)
      const before = await installations.find(app, 'one')
      expect(await installations.recall(app, 'one', refreshment('one', 4), now)).toEqual({
        installation: before,
        isBanned: false,
        enrolmentsToday: 1,
        isRecorded: true,
      })
      expect(await installations.find(app, 'one')).toMatchObject({
        binding: 'next',
        assertion: { counter: 4 },
      })
      expect(await installations.recall(app, 'one', undefined, now + day)).toMatchObject({
        installation: { binding: 'next' },
        enrolmentsToday: 0,
        isRecorded: false,
      })
      expect(await installations.recall(app, 'none', refreshment('none', 4), now)).toBeUndefined()
      expect(await installations.recall(app, 'none', undefined, now)).toBeUndefined()
    })

    it.each([
      ['its counter was used', refreshment('one', 3, { binding: 'third' })],
      ['its counter is far ahead', refreshment('one', 3 + 257)],
      ['its build is older', refreshment('one', 4, { versionCode: 6 })],
      ['its ABI is another', refreshment('one', 4, { abi: 'x86_64' })],
    ])('keeps everything where %s', async (_what, refused) => {
      const installations = await open()
      await installations.enrol(appAttest('one', { abi: 'arm64-v8a' }), now)
      await installations.refresh(refreshment('one', 3), now)
      const before = await installations.find(app, 'one')
      expect(await installations.recall(app, 'one', refused, now)).toMatchObject({ isRecorded: false })
      expect(await installations.find(app, 'one')).toEqual(before)
      expect(await installations.recall(app, 'one', refreshment('one', 3 + 256), now)).toMatchObject({
        isRecorded: true,
      })
    })

    it('keeps everything where its key is banned, and says so', async () => {
      const database = await world.open()
      const { db } = database
      await createAppRepository({ db }).insert(exampleApp(app))
      const installations = installationsOf(database)
      await installations.enrol(appAttest('one'), now)
      const plain = { audience: null, note: null, author: null, expiresAt: null }
      await createBanRepository({ db }).add(app, vouchingKey, plain, now)
      expect(await installations.recall(app, 'one', refreshment('one', 1), now)).toMatchObject({
        isBanned: true,
        isRecorded: false,
      })
      expect(await counterOf(installations)).toBe(0)
    })

    it('has its counter taken by one of several at once', async () => {
      const [first, second] = [await open(), await openSecond()]
      await first.enrol(appAttest('one'), now)
      for (let counter = 1; counter <= 25; counter += 1) {
        const recalled = await Promise.all(
          ['a', 'b', 'c', 'd'].map((binding, i) =>
            (i % 2 === 0 ? first : second).recall(app, 'one', refreshment('one', counter, { binding }), now),
          ),
        )
        expect(recalled.filter((each) => each?.isRecorded)).toHaveLength(1)
      }
    })

    it('is as before once its refresh is taken back, unless another has come since', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      const before = await installations.find(app, 'one')
      if (before === undefined) throw new Error('not enrolled')
      const recorded = refreshment('one', 9, { versionCode: 8, abi: 'x86_64' })
      await installations.recall(app, 'one', recorded, now)
      await installations.takeBack(recorded, before)
      expect(await installations.find(app, 'one')).toEqual(before)
      await installations.recall(app, 'one', recorded, now)
      await installations.recall(
        app,
        'one',
        refreshment('one', 10, { versionCode: 8, binding: 'later' }),
        now,
      )
      await installations.takeBack(recorded, before)
      expect(await counterOf(installations)).toBe(10)
    })
  })
}
