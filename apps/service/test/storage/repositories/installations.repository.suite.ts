import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import type { Enrolment } from '../../../src/attestation/installation.ts'
import {
  createInstallationRepository,
  enrolmentsPerSlice,
  installationsPerSlice,
} from '../../../src/storage/repositories/installations.repository.ts'
import { exampleApp, exampleEnrolment } from '../support/examples.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const app = 'com.example'
const day = 86_400_000
const now = Date.parse('2026-11-26T12:00:00Z')
const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const

const enrolment = (thumbprint: string, more: Partial<Enrolment> = {}) =>
  exampleEnrolment(app, thumbprint, {
    evidence: [{ format: 'android-key-attestation', claims: { serial: '1f' }, verifiedAt: now }],
    ...more,
  })

const appAttest = (thumbprint: string, more: Partial<Enrolment> = {}) =>
  enrolment(thumbprint, {
    vouchingKey: { kind: 'app-attest-key', id: 'key' },
    perDay: undefined,
    assertion: { key, counter: 0 },
    receipt: Buffer.from('receipt'),
    ...more,
  })

const refreshment = (thumbprint: string, counter: number | undefined, more: object = {}) => ({
  app,
  thumbprint,
  versionCode: 7,
  abi: undefined,
  binding: 'next',
  counter,
  newNames: [],
  ...more,
})

export function installationRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const database = await world.open()
    const { db } = database
    await createAppRepository({ db }).insert(exampleApp(app))
    return createInstallationRepository(database)
  }
  const openSecond = async () => createInstallationRepository(await world.openSecond())

  describe('installations', () => {
    it('are remembered by app and key, and by nothing else', async () => {
      const installations = await open()
      expect(await installations.find(app, 'one')).toBeUndefined()
      expect(await installations.enrol(appAttest('one'), now)).toBe('ok')
      expect(await installations.find(app, 'one')).toEqual({
        app,
        thumbprint: 'one',
        versionCode: 7,
        holderKey: 'vouched',
        vouchingKey: { kind: 'app-attest-key', id: 'key' },
        evidence: [{ format: 'android-key-attestation', claims: { serial: '1f' }, verifiedAt: now }],
        assertion: { key, counter: 0 },
        binding: 'binding',
        names: [],
        createdAt: now,
      })
      expect(await installations.find('com.example.other', 'one')).toBeUndefined()
      expect(await installations.find(app, 'two')).toBeUndefined()
    })

    it('are replaced by a new enrolment, and keep when they came', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      expect(
        await installations.enrol(enrolment('one', { versionCode: 8, vouchingKey: undefined }), now + day),
      ).toBe('ok')
      expect(await installations.find(app, 'one')).toMatchObject({
        versionCode: 8,
        vouchingKey: undefined,
        assertion: undefined,
        createdAt: now,
      })
    })

    it('never go back to an older build, by enrolment or by refresh', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      expect(await installations.enrol(appAttest('one', { versionCode: 6 }), now)).toBe('older_build')
      expect(await installations.refresh(refreshment('one', 1, { versionCode: 6 }), now)).toBe('older_build')
      expect(await installations.refresh(refreshment('one', 1, { versionCode: 9 }), now)).toBe('ok')
      expect(await installations.refresh(refreshment('one', 2, { versionCode: 8 }), now)).toBe('older_build')
      expect(await installations.find(app, 'one')).toMatchObject({
        versionCode: 9,
        assertion: { counter: 1 },
      })
    })

    it('are forgotten when they have not been seen for long, and go with their app', async () => {
      const database = await world.open()
      const { db } = database
      const apps = createAppRepository({ db })
      await apps.insert(exampleApp(app))
      const installations = createInstallationRepository(database)
      await installations.enrol(enrolment('old'), now - 10 * day)
      await installations.enrol(enrolment('young'), now)
      await installations.prune(now - day, now)
      expect(await installations.find(app, 'old')).toBeUndefined()
      expect(await installations.find(app, 'young')).toBeDefined()
      await apps.remove(app)
      expect(await installations.find(app, 'young')).toBeUndefined()
    })

    it('are forgotten however many there are, with what was counted on days before', async () => {
      const database = await world.open()
      await createAppRepository(database).insert(exampleApp(app))
      const installations = createInstallationRepository(database)
      for (let i = 0; i < 450; i += 1)
        await installations.enrol(enrolment(`old-${i}`, { perDay: 1_000, names: [i] }), now - 10 * day)
      await installations.enrol(enrolment('young', { names: [7] }), now)
      await installations.prune(now - day, now)
      const count = async (
        table: 'installations' | 'installation_evidence' | 'installation_names' | 'anchor_enrolments',
      ) =>
        (
          await database.db
            .selectFrom(table)
            .select(({ fn }) => fn.countAll().as('count'))
            .execute()
        )[0]
      expect(await installations.find(app, 'young')).toBeDefined()
      for (const table of [
        'installations',
        'installation_evidence',
        'installation_names',
        'anchor_enrolments',
      ] as const)
        expect(await count(table)).toEqual({ count: 1 })
    })

    it('are forgotten a few at a time, so that nobody waits for long', async () => {
      const removals = watchRemovals()
      const database = await world.open()
      await createAppRepository(database).insert(exampleApp(app))
      const watched = createInstallationRepository({ ...database, db: database.db.withPlugin(removals) })
      for (let i = 0; i < 40; i += 1)
        await watched.enrol(enrolment(`old-${i}`, { perDay: 1_000, names: [i] }), now - 10 * day)
      await watched.prune(now - day, now)
      const all = [
        ...Array.from({ length: 40 / installationsPerSlice }, () => installationsPerSlice),
        ...[enrolmentsPerSlice, enrolmentsPerSlice, 40 - 2 * enrolmentsPerSlice],
      ]
      expect(removals.rows).toEqual(all)
    })

    it('are found by what a token calls them, while they are remembered', async () => {
      const installations = await open()
      const phone = { kind: 'android-device', id: 'phone' }
      await installations.enrol(enrolment('one', { names: [1, 2 ** 48 - 1] }), now)
      await installations.enrol(enrolment('two', { names: [1] }), now)
      await installations.enrol(enrolment('three', { vouchingKey: undefined, names: [3] }), now)
      const found = await installations.named(app, 1)
      expect(found.map(({ thumbprint }) => thumbprint).sort()).toEqual(['one', 'two'])
      expect(await installations.named(app, 2 ** 48 - 1)).toEqual([{ thumbprint: 'one', vouchingKey: phone }])
      expect(await installations.named(app, 3)).toEqual([])
      expect(await installations.named('com.example.other', 1)).toEqual([])
      await installations.enrol(appAttest('four', { names: [4] }), now)
      await installations.enrol(appAttest('five', { names: [5] }), now)
      expect(await installations.named(app, 4)).toEqual([])
      expect(await installations.named(app, 5)).toHaveLength(1)
    })

    it('are found by what a later token calls them as well', async () => {
      const installations = await open()
      await installations.enrol(enrolment('one', { names: [1] }), now)
      expect(await installations.refresh(refreshment('one', undefined, { newNames: [2, 3] }), now)).toBe('ok')
      expect(await installations.refresh(refreshment('one', undefined, { newNames: [2] }), now)).toBe('ok')
      expect(await installations.named(app, 2)).toHaveLength(1)
      const names = (await installations.find(app, 'one'))?.names ?? []
      expect([...names].sort()).toEqual([1, 2, 3])
      const refused = refreshment('one', undefined, { newNames: [4], versionCode: 6 })
      expect(await installations.refresh(refused, now)).toBe('older_build')
      expect(await installations.named(app, 4)).toEqual([])
    })

    it('of which one enrols twice at once never go back to the older build', async () => {
      const [first, second] = [await open(), await openSecond()]
      for (let round = 0; round < 20; round += 1) {
        const thumbprint = `key-${round}`
        await Promise.all([
          first.enrol(enrolment(thumbprint, { versionCode: 8, perDay: 99 }), now),
          second.enrol(
            enrolment(thumbprint, { versionCode: 7, vouchingKey: { kind: 'android-device', id: 'other' } }),
            now,
          ),
        ])
        expect((await first.find(app, thumbprint))?.versionCode).toBe(8)
      }
    })
  })

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

    it('is told as it was, with what is known of its key, and its refresh is noted', async () => {
      const installations = await open()
      await installations.enrol(appAttest('other', { perDay: 5 }), now)
      await installations.enrol(appAttest('one', { perDay: 5 }), now)
      const before = await installations.find(app, 'one')
      expect(await installations.recall(app, 'one', refreshment('one', 4), now)).toEqual({
        installation: before,
        isBanned: false,
        enrolmentsToday: 1,
        isNoted: true,
      })
      expect(await installations.find(app, 'one')).toMatchObject({
        binding: 'next',
        assertion: { counter: 4 },
      })
      expect(await installations.recall(app, 'one', undefined, now + day)).toMatchObject({
        installation: { binding: 'next' },
        enrolmentsToday: 0,
        isNoted: false,
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
      expect(await installations.recall(app, 'one', refused, now)).toMatchObject({ isNoted: false })
      expect(await installations.find(app, 'one')).toEqual(before)
      expect(await installations.recall(app, 'one', refreshment('one', 3 + 256), now)).toMatchObject({
        isNoted: true,
      })
    })

    it('keeps everything where its key is banned, and says so', async () => {
      const database = await world.open()
      const { db } = database
      await createAppRepository({ db }).insert(exampleApp(app))
      const installations = createInstallationRepository(database)
      await installations.enrol(appAttest('one'), now)
      const plain = { audience: null, note: null, author: null, expiresAt: null }
      await createBanRepository({ db }).add(app, vouchingKey, plain, now)
      expect(await installations.recall(app, 'one', refreshment('one', 1), now)).toMatchObject({
        isBanned: true,
        isNoted: false,
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
        expect(recalled.filter((each) => each?.isNoted)).toHaveLength(1)
      }
    })

    it('is as before once its refresh is taken back, unless another has come since', async () => {
      const installations = await open()
      await installations.enrol(appAttest('one'), now)
      const before = await installations.find(app, 'one')
      if (before === undefined) throw new Error('not enrolled')
      const noted = refreshment('one', 9, { versionCode: 8, abi: 'x86_64' })
      await installations.recall(app, 'one', noted, now)
      await installations.takeBack(noted, before)
      expect(await installations.find(app, 'one')).toEqual(before)
      await installations.recall(app, 'one', noted, now)
      await installations.recall(
        app,
        'one',
        refreshment('one', 10, { versionCode: 8, binding: 'later' }),
        now,
      )
      await installations.takeBack(noted, before)
      expect(await counterOf(installations)).toBe(10)
    })
  })

  describe('calls to a vendor', () => {
    it('are a number a day for each app, however many take them at once', async () => {
      const [first, second] = [await open(), await openSecond()]
      const taken = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((i) =>
          (i % 2 === 0 ? first : second).takeVendorCall(
            { app, shares: [{ name: 'a-scheme', limit: 4 }] },
            now,
          ),
        ),
      )
      expect(taken.filter(Boolean)).toHaveLength(4)
      expect(await first.takeVendorCall({ app, shares: [{ name: 'a-scheme', limit: 5 }] }, now)).toBe(true)
      expect(await first.takeVendorCall({ app, shares: [{ name: 'a-scheme', limit: 5 }] }, now)).toBe(false)
      expect(await first.takeVendorCall({ app, shares: [{ name: 'a-scheme', limit: 5 }] }, now + day)).toBe(
        true,
      )
      expect(
        await first.takeVendorCall({ app, shares: [{ name: 'a-scheme', limit: 0 }] }, now + 2 * day),
      ).toBe(false)
    })
  })
}
