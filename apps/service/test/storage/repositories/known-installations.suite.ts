import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { fromDigest } from '../../../src/storage/database/digest-column.ts'
import {
  createAllowRepository,
  nameOfAllowed,
  type StandingAllowed,
} from '../../../src/storage/repositories/allow-entries.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { createKnownInstallationRepository } from '../../../src/storage/repositories/known-installations.repository.ts'
import {
  createReferenceRepository,
  referencesPerSlice,
} from '../../../src/storage/repositories/references.repository.ts'
import { createStatusRepository } from '../../../src/storage/repositories/status.repository.ts'
import { createTraceRepository } from '../../../src/storage/repositories/traces.repository.ts'
import { exampleApp, exampleTrace, rowMacs } from '../support/examples.ts'
import { app, day, enrolment, installationsOf, now } from '../support/installations.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const other = 'com.example.other'
const minute = 60_000
const vouchingKey = { kind: 'android-device', id: 'phone' } as const
const [one, two, three] = ['A'.repeat(43), 'B'.repeat(42) + 'A', 'C'.repeat(42) + 'A']
const reference = Buffer.alloc(15, 1)
const order = { app, key: one, rank: 1, traces: 0, allowed: 0, now }

/** The log is not looked at: every row stands. */
const everyEntry: StandingAllowed = async (db) => {
  const rows = await db.selectFrom('allow_entries').selectAll().execute()
  return new Map(
    rows.map((row) => [nameOfAllowed({ ...row, installation: fromDigest(row.installation) }), row.id]),
  )
}

export function knownInstallationSuite(world: StorageWorld): void {
  const open = async () => {
    const database = await world.open()
    const { db } = database
    const apps = createAppRepository({ db })
    for (const id of [app, other]) await apps.insert(exampleApp(id))
    return {
      db,
      kind: database.kind,
      installations: installationsOf(database),
      known: createKnownInstallationRepository({ db }),
      references: createReferenceRepository({ db }),
      traces: createTraceRepository({ db }),
      bans: createBanRepository({ db }),
      allow: createAllowRepository({ db, macs: rowMacs, standing: everyEntry }),
      status: createStatusRepository({ db }),
    }
  }

  describe('known installations', () => {
    it('are found by the index of a name, remembered or traced, at their app alone', async () => {
      const { installations, known, traces } = await open()
      await installations.enrol(enrolment(one, { names: [7, 8] }), now)
      await traces.insert([
        { ...exampleTrace('t1', { key: two }), names: [7, 7, 9] },
        { ...exampleTrace('t2', { key: two, app: other }), names: [7] },
        exampleTrace('t3'),
      ])
      expect((await known.keysNamed(app, 7)).sort()).toEqual([one, two])
      expect(await known.keysNamed(app, 8)).toEqual([one])
      expect(await known.keysNamed(other, 9)).toEqual([])
      expect(await known.keysNamed(other, 7)).toEqual([two])
    })

    it('say when they were seen, by their row and by their traces', async () => {
      const { installations, known, traces } = await open()
      await installations.enrol(enrolment(one), now)
      const at = new Date(now + minute).toISOString()
      await traces.insert([exampleTrace('t1', { key: one, at }), exampleTrace('t2', { key: two, at })])
      expect(await known.known(app, [two, one, 'none'])).toEqual([
        { key: two, isRemembered: false, firstSeen: now + minute, lastSeen: now + minute },
        { key: one, isRemembered: true, firstSeen: now, lastSeen: now + minute },
      ])
      expect(await known.known(other, [one, two])).toEqual([])
      expect(await known.list(app, { after: undefined, limit: 9 })).toEqual([
        { key: one, isRemembered: true, firstSeen: now, lastSeen: now },
      ])
      expect(await known.list(app, { after: one, limit: 9 })).toEqual([])
    })

    it('have the other keys of their vouching key, and what they said when they enrolled', async () => {
      const { installations, known } = await open()
      const said = { os_version: 'Android 16', model: null }
      await installations.enrol(enrolment(one, { saidDevice: said }), now)
      await installations.enrol(enrolment(two), now + day)
      expect(await known.vouchedBy(app, vouchingKey, one, 9)).toMatchObject([{ key: two }])
      await installations.enrol(enrolment(three), now + 2 * day)
      expect(await known.vouchedBy(app, vouchingKey, one, 1)).toMatchObject([{ key: three }])
      expect(await known.vouchedBy(app, { ...vouchingKey, id: 'other' }, one, 9)).toEqual([])
      expect(await known.said(app, one, 0)).toEqual({ device: said, referenceAt: null })
      expect(await known.said(app, two, 0)).toEqual({ device: null, referenceAt: null })
      expect(await known.said(app, 'none', 0)).toBeUndefined()
    })

    it('have their refusals by day and code, their newest traces, and the builds of these', async () => {
      const { known, traces } = await open()
      const at = (days: number) => new Date(now - days * day).toISOString()
      const refused = [{ audience: 'https://a.example', tier: 'warning', code: 'C' }]
      await traces.insert([
        exampleTrace('t1', { key: one, at: at(1), code: 'B', build: '1' }),
        exampleTrace('t2', { key: one, at: at(1), code: 'A', build: '2' }),
        exampleTrace('t3', { key: one, at: at(0), code: 'B', build: '2', refused }),
        exampleTrace('t4', { key: one, at: at(1), code: 'B', build: '1' }),
        exampleTrace('t5', { key: two, at: at(0) }),
      ])
      expect(await known.refusals(app, one, 9)).toEqual([
        { day: at(0).slice(0, 10), outcome: 'denied', code: 'B', times: 1 },
        { day: at(1).slice(0, 10), outcome: 'denied', code: 'A', times: 1 },
        { day: at(1).slice(0, 10), outcome: 'denied', code: 'B', times: 2 },
      ])
      expect(await known.traces(app, one, 1)).toMatchObject([
        { trace: 't3', key: one, refused, device: null },
      ])
      expect(await known.buildsTraced(app, one, 9)).toEqual(['1', '2'])
    })
  })

  describe('a reference', () => {
    it('is the last that the app gave, for as long as it counts, of installations that are remembered', async () => {
      const { installations, known, references } = await open()
      await installations.enrol(enrolment(one), now)
      const said = (key: string, bytes = reference) => [{ app, key, reference: bytes }]
      await references.note([...said(one), ...said(two)], now)
      expect(await known.keysOfReference(app, reference, now - day, 9)).toEqual([one])
      expect(await known.keysOfReference(other, reference, now - day, 9)).toEqual([])
      expect(await known.keysOfReference(app, reference, now + day, 9)).toEqual([])
      expect((await known.said(app, one, now - day))?.referenceAt).toBe(Math.floor(now / day) * day)
      expect((await known.said(app, one, now + day))?.referenceAt).toBeNull()
      await references.note(said(one, Buffer.alloc(15, 2)), now)
      expect(await known.keysOfReference(app, reference, 0, 9)).toEqual([])
      await references.pruneReferences(now + day)
      expect((await known.said(app, one, 0))?.referenceAt).toBeNull()
    })

    it('goes with all of its app, also from traces, and no other app loses any', async () => {
      const { db, installations, known, references, traces } = await open()
      const count = referencesPerSlice + 1
      const keys = Array.from({ length: count }, (_, index) =>
        Buffer.alloc(32, String(index).padStart(4, '0')).toString('base64url'),
      )
      for (const key of keys) await installations.enrol(enrolment(key, { vouchingKey: undefined }), now)
      await installations.enrol({ ...enrolment(one, { vouchingKey: undefined }), app: other }, now)
      const said = keys.map((key) => ({ app, key, reference }))
      await references.note([...said, { app: other, key: one, reference }], now)
      const at = new Date(now).toISOString()
      await traces.insert(
        Array.from({ length: count }, (_, index) => ({
          ...exampleTrace(`t${index}`, { app, key: two, at }),
          reference,
        })),
      )
      await traces.insert([{ ...exampleTrace('of-other', { app: other, key: two, at }), reference }])
      await references.removeReferences([])
      expect(await known.keysOfReference(app, reference, 0, 999)).toHaveLength(count + 1)
      await references.removeReferences([app])
      expect(await known.keysOfReference(app, reference, 0, 999)).toEqual([])
      expect((await known.keysOfReference(other, reference, 0, 9)).toSorted()).toEqual([one, two].toSorted())
      const left = await db.selectFrom('installation_references').selectAll().execute()
      expect(left).toHaveLength(1)
    })

    it('is written with others in one transaction, and removed a few at a time', async () => {
      const { db, installations, kind } = await open()
      const removals = watchRemovals()
      const references = createReferenceRepository({ db: db.withPlugin(removals) })
      const count = referencesPerSlice + 1
      const said = Array.from({ length: count }, (_, index) => ({
        ...{ app, key: Buffer.alloc(32, String(index).padStart(4, '0')).toString('base64url'), reference },
      }))
      for (const { key } of said) await installations.enrol(enrolment(key, { vouchingKey: undefined }), now)
      await references.note(said, now)
      if (kind === 'postgres') {
        const { rows } = await sql<{ times: string }>`
          select count(distinct xmin::text) as times from installation_references`.execute(db)
        expect(Number(rows[0]?.times)).toBe(2)
      }
      await references.pruneReferences(now)
      expect(removals.rows).toEqual([])
      await references.pruneReferences(now + day)
      expect(removals.rows).toEqual([referencesPerSlice, 1])
    })

    it('finds traces of those that leave no row', async () => {
      const { known, traces } = await open()
      await traces.insert([
        { ...exampleTrace('t1', { key: two }), reference },
        { ...exampleTrace('t2', { key: one, app: other }), reference },
      ])
      expect(await known.keysOfReference(app, reference, 0, 9)).toEqual([two])
      expect(await known.keysOfReference(app, reference, now * 2, 9)).toEqual([])
      const later = new Date(now + 9 * minute).toISOString()
      await traces.insert([{ ...exampleTrace('t3', { key: one, at: later }), reference }])
      expect(await known.keysOfReference(app, reference, 0, 1)).toEqual([one])
      expect(await known.keysOfReference(app, reference, 0, 2)).toEqual([one, two])
    })
  })

  describe('forgetting', () => {
    it('removes row, names, reference and traces, of this installation alone', async () => {
      const { installations, known, references, traces } = await open()
      for (const key of [one, two]) await installations.enrol(enrolment(key, { names: [7] }), now)
      await references.note([{ app, key: one, reference }], now)
      await traces.insert([
        { ...exampleTrace('t1', { key: one }), names: [7], reference },
        { ...exampleTrace('t2', { key: two }), names: [7] },
      ])
      expect(await known.forgetTraces(app, one)).toBe(1)
      expect(await known.forget({ ...order, traces: 1 })).toEqual({
        ...{ installations: 1, samples: 0, enrolments: 1 },
      })
      expect(await installations.find(app, one)).toBeUndefined()
      expect(await known.known(app, [one, two])).toMatchObject([{ key: two }])
      expect(await known.keysNamed(app, 7)).toEqual([two])
      expect(await known.keysOfReference(app, reference, 0, 9)).toEqual([])
      expect(await known.forget(order)).toMatchObject({ installations: 0 })
      // The limit of the vouching key still counts it.
      expect(await installations.enrol(enrolment('C'.repeat(42) + 'A'), now)).toBe('vouching_key_spent')
    })

    it('leaves what guards must know of a banned phone that enrolled long ago, and nothing of others', async () => {
      const { installations, known, bans, status } = await open()
      await installations.enrol(enrolment(one), now - 20 * day)
      await installations.enrol(enrolment(two, { vouchingKey: { kind: 'android-device', id: 'else' } }), now)
      for (const key of [one])
        await installations.refresh(
          {
            app,
            thumbprint: key,
            versionCode: 7,
            abi: undefined,
            binding: 'b',
            counter: undefined,
            newNames: [],
          },
          now,
        )
      await bans.add(app, vouchingKey, { audience: null, note: null, author: null, expiresAt: null }, now)
      const range = { from: now - minute, until: now + minute, now, reach: 25 * minute }
      const reported = [{ app, thumbprint: one, since: now }]
      expect(await status.banned([app], range)).toEqual(reported)
      await known.forget(order)
      expect(await status.banned([app], range)).toEqual(reported)
      expect(await bans.find(app, vouchingKey, now)).toBeDefined()
      await known.forget({ ...order, key: two })
      expect(await status.banned([app], range)).toEqual(reported)
    })

    it('in the middle of an exchange gives no counter back, and no fault', async () => {
      const { installations, known } = await open()
      await installations.enrol(
        enrolment(one, { assertion: { key: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }, counter: 0 } }),
        now,
      )
      const refreshment = {
        app,
        thumbprint: one,
        versionCode: 7,
        abi: undefined,
        binding: 'next',
        counter: 1,
      }
      const recalled = await installations.recall(app, one, refreshment, now)
      expect(recalled?.isRecorded).toBe(true)
      await known.forget(order)
      expect(await installations.refresh({ ...refreshment, newNames: [7] }, now)).toBe('unknown')
      await installations.takeBack(refreshment, (recalled as NonNullable<typeof recalled>).installation)
      expect(await installations.find(app, one)).toBeUndefined()
      expect(await known.keysNamed(app, 7)).toEqual([])
    })
  })

  describe('letting through', () => {
    const at = new Date(now).toISOString()
    const entry = (installation: string, more: object = {}) => ({
      ...{
        id: `id of ${installation}`,
        app,
        audience: 'https://a.example',
        installation,
        note: null,
        author: null,
        created_at: at,
      },
      ...{ expires_at: new Date(now + day).toISOString(), tier: 'warning' as const },
      ...more,
    })
    const most = { listed: 1, perDay: 9 }

    it('leaves the entries of operators, and their part of the list', async () => {
      const { allow } = await open()
      await allow.add(entry('a', { tier: null }), now, 9)
      expect(await allow.letThrough(entry('a'), now, most)).toBe('exists')
      expect(await allow.letThrough(entry('b'), now, most)).toEqual({ before: undefined })
      expect(await allow.letThrough(entry('b'), now, most)).toMatchObject({ before: { tier: 'warning' } })
      expect(await allow.letThrough(entry('c'), now, most)).toBe('full')
      expect(await allow.list(app, now)).toMatchObject([{ tier: null }, { tier: 'warning' }])
      expect(await allow.add(entry('b', { tier: null }), now, 1)).toBe('full')
      expect(await allow.add(entry('b', { tier: null }), now, 2)).toMatchObject({
        before: { tier: 'warning' },
      })
    })

    it('happens so many times a day with one key, also at once, and gives none back', async () => {
      const { db, allow } = await open()
      const key = { id: 'k', name: 'k', scope: 'support', prefix: 'p', hash: 'h', mac: 'm', let_through: 1 }
      await db
        .insertInto('api_keys')
        .values({ ...key, created_at: now } as never)
        .execute()
      const limits = { listed: 99, perDay: 10 }
      const by = (name: string) => entry(name, { author: 'k' })
      const names = Array.from({ length: 11 }, (_, index) => `name-${index}`)
      const done = await Promise.all(names.map((name) => allow.letThrough(by(name), now, limits)))
      expect(done.filter((one) => one === 'spent')).toHaveLength(1)
      const listed = await allow.list(app, now)
      expect(listed).toHaveLength(10)
      for (const one of listed) await allow.remove(one)
      expect(await allow.letThrough(by('again'), now, limits)).toBe('spent')
      expect(await allow.list(app, now)).toEqual([])
      expect(await allow.countLetThroughs(now)).toEqual({ all: 10, most: 10 })
      expect(await allow.countLetThroughs(now + day)).toEqual({ all: 0, most: 0 })
      expect(await allow.letThrough(by('again'), now + day, limits)).toEqual({ before: undefined })
      expect(await allow.countLetThroughs(now + day)).toEqual({ all: 1, most: 1 })
    })
  })
}
