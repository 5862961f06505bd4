import { describe, expect, it } from 'vitest'
import type { EvidenceScheme, KeptReceipt, SchemeRegistry } from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import { createInquiries } from '../../../src/attestation/inquiries.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { enrolmentsPerSlice, installationsPerSlice } from '../../../src/storage/repositories/forgetting.ts'
import { passedOverForEach } from '../../../src/storage/repositories/inquiries-due.ts'
import { exampleApp } from '../support/examples.ts'
import {
  app,
  appAttest,
  day,
  enrolment,
  installationsIn,
  key,
  now,
  refreshment,
  installationsOf,
} from '../support/installations.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

export function installationRepositorySuite(world: StorageWorld): void {
  const { open, openSecond } = installationsIn(world)

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
      const installations = installationsOf(database)
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
      const installations = installationsOf(database)
      for (let i = 0; i < 450; i += 1)
        await installations.enrol(enrolment(`old-${i}`, { perDay: 1_000, names: [i] }), now - 10 * day)
      await installations.enrol(enrolment('young', { names: [7] }), now)
      await installations.prune(now - day, now)
      const count = async (
        table: 'installations' | 'installation_evidence' | 'installation_names' | 'enrolments',
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
        'enrolments',
      ] as const)
        expect(await count(table)).toEqual({ count: 1 })
    })

    it('are forgotten a few at a time, so that nobody waits for long', async () => {
      const removals = watchRemovals()
      const database = await world.open()
      await createAppRepository(database).insert(exampleApp(app))
      const watched = installationsOf({ ...database, db: database.db.withPlugin(removals) })
      for (let i = 0; i < 40; i += 1)
        await watched.enrol(enrolment(`old-${i}`, { perDay: 1_000, names: [i] }), now - 10 * day)
      await watched.prune(now - day, now)
      const all = [
        ...Array.from({ length: 40 / installationsPerSlice }, () => installationsPerSlice),
        ...[enrolmentsPerSlice, enrolmentsPerSlice, 40 - 2 * enrolmentsPerSlice],
      ]
      expect(removals.rows).toEqual(all)
    })

    it('are no longer forgotten after the stop', async () => {
      const removals = watchRemovals()
      const database = await world.open()
      await createAppRepository(database).insert(exampleApp(app))
      const watched = installationsOf({ ...database, db: database.db.withPlugin(removals) })
      for (let i = 0; i < 20; i += 1)
        await watched.enrol(enrolment(`old-${i}`, { perDay: 99 }), now - 10 * day)
      await watched.prune(now - day, now, removals.endAfter(2))
      expect(removals.rows).toEqual([installationsPerSlice, installationsPerSlice])
      await watched.prune(now - day, now, removals.endAfter(6))
      expect(removals.rows.slice(2)).toEqual([...Array(3).fill(installationsPerSlice), enrolmentsPerSlice])
    })

    it('of an app are forgotten a few at a time, and those of others are not', async () => {
      const removals = watchRemovals()
      const database = await world.open()
      for (const id of [app, 'com.other']) await createAppRepository(database).insert(exampleApp(id))
      const watched = installationsOf({ ...database, db: database.db.withPlugin(removals) })
      const more = { perDay: 1_000, vouchingKey: { kind: 'android-device', id: 'phone' } }
      for (let i = 0; i < 20; i += 1)
        await watched.enrol(enrolment(`of-${i}`, { ...more, names: [i] }), now + (i % 2) * day)
      await watched.enrol(enrolment('other', { ...more, app: 'com.other' }), now)
      await watched.forgetOf(app)
      expect(removals.rows).toEqual([
        ...Array.from({ length: 20 / installationsPerSlice }, () => installationsPerSlice),
        ...[10, 10],
      ])
      expect(await watched.find(app, 'of-0')).toBeUndefined()
      expect(await watched.countEnrolments(app, more.vouchingKey, 'new', now)).toBe(0)
      expect(await watched.find('com.other', 'other')).toBeDefined()
      expect(await watched.countEnrolments('com.other', more.vouchingKey, 'new', now)).toBe(1)
      await watched.forgetOf('com.unknown')
      expect(await watched.find('com.other', 'other')).toBeDefined()
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

  describe('inquiries that are due', () => {
    const other = 'com.other'
    const all = { limit: 10, without: new Set<string>(), after: undefined }
    const due = (id: string, of = app) =>
      appAttest(id, { app: of, vouchingKey: { kind: 'app-attest-key', id } })

    it('are found the longest due first, and those of some apps left out', async () => {
      const database = await world.open()
      const apps = createAppRepository(database)
      for (const id of [app, other]) await apps.insert(exampleApp(id))
      const installations = installationsOf(database)
      for (const [i, of] of [app, other, app, other].entries())
        await installations.enrol(due(`t${i}`, of), now + 3 - i)
      const found = async (look: Partial<typeof all>, at = now + 10) =>
        (await installations.due(at, { ...all, ...look })).due.map(({ thumbprint }) => thumbprint)
      expect(await found({})).toEqual(['t3', 't2', 't1', 't0'])
      expect(await found({}, now + 1)).toEqual(['t3', 't2'])
      expect(await found({ limit: 3 })).toEqual(['t3', 't2', 't1'])
      expect(await found({ without: new Set([app]) })).toEqual(['t3', 't1'])
      expect(await found({ limit: 1, without: new Set([other]) })).toEqual(['t2'])
      expect(await found({ without: new Set([app, other]) })).toEqual([])
    })

    it('are found behind any number of those left out, in so many looks', async () => {
      const database = await world.open()
      const apps = createAppRepository(database)
      for (const id of [app, other]) await apps.insert(exampleApp(id))
      const installations = installationsOf(database)
      for (let i = 0; i < passedOverForEach; i++) await installations.enrol(due(`a${i}`), now)
      for (const i of [0, 1]) await installations.enrol(due(`b${i}`, other), now + i)
      const look = { limit: 1, without: new Set([app]) }
      const first = await installations.due(now + 10, { ...look, after: undefined })
      expect(first.due).toEqual([])
      const found: (string | undefined)[] = []
      let { after } = first
      while (after !== undefined) {
        const next = await installations.due(now + 10, { ...look, after })
        found.push(...next.due.map(({ thumbprint }) => thumbprint))
        after = next.after
      }
      expect(found).toEqual(['b0', 'b1'])
    })
  })

  describe('an inquiry', () => {
    const ids = ['t0', 't1', 't2', 't3', 't4']
    const withReceipt = (id: string) =>
      appAttest(id, { receipt: Buffer.from(id), vouchingKey: { kind: 'app-attest-key', id } })
    const look = { limit: 10, without: new Set<string>(), after: undefined }

    it('is made by one node, even where the vendor answers late', async () => {
      const nodes = [await open(), await openSecond()]
      for (const id of ids) await nodes[0]?.enrol(withReceipt(id), now)
      const asked: string[] = []
      const scheme = {
        settings: {},
        recall: async (claims: unknown) => ({ claims }),
        inquire: async ({ receipt }: KeptReceipt) => {
          asked.push(Buffer.from(receipt).toString())
          await new Promise((resolve) => setTimeout(resolve, 20))
          return {}
        },
      } as unknown as EvidenceScheme
      const malfunctions: unknown[] = []
      const inquiries = nodes.map((installations) =>
        createInquiries({
          schemes: { find: () => scheme, settingsFor: () => ({}) } as unknown as SchemeRegistry,
          apps: { find: async (id) => ({ id, evidence: {} }) as App },
          installations,
          findSecret: async () => undefined,
          clock: () => now + 1,
          onMalfunction: (error) => malfunctions.push(error),
        }),
      )
      await Promise.all(inquiries.map(({ askDue }) => askDue()))
      expect(asked.sort()).toEqual(ids)
      expect(malfunctions).toEqual([])
      expect((await nodes[0]?.due(now + day, look))?.due).toEqual([])
    })

    it('whose node has ended is made by another when the pause is over', async () => {
      const [first, second] = [await open(), await openSecond()]
      await first.enrol(withReceipt('t0'), now)
      const [found] = (await first.due(now, look)).due
      if (found === undefined) throw new Error('nothing is due')
      expect(found.askAt).toBe(now)
      expect(await first.take(found, now + 300_000)).toBe(true)
      expect(await second.take(found, now + 300_000)).toBe(false)
      expect((await second.due(now + 299_999, look)).due).toEqual([])
      expect((await second.due(now + 300_000, look)).due).toEqual([{ ...found, askAt: now + 300_000 }])
    })

    it('is left to later where evidence has come anew since it was found', async () => {
      const installations = await open()
      await installations.enrol(withReceipt('t0'), now)
      const [found] = (await installations.due(now, look)).due
      if (found === undefined) throw new Error('nothing is due')
      await installations.enrol(withReceipt('t0'), now + 1)
      expect(await installations.take(found, now + 300_000)).toBe(false)
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
