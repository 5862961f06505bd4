import { describe, expect, it } from 'vitest'
import type { Enrolment } from '../../../src/attestation/model/installation.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { createStatusRepository } from '../../../src/storage/repositories/status.repository.ts'
import { exampleApp, exampleBuild } from '../support/examples.ts'
import { installationsOf } from '../support/installations.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const [app, other] = ['com.example', 'com.other']
const now = Date.parse('2026-11-26T12:00:00Z')
const plain = { audience: null, note: null, author: null, expiresAt: null }
const minute = 60_000
const reach = 25 * minute
/** Bans from a time on. */
const since = (from: number, at = now) => ({ from, until: now + minute, now: at, reach })
const vouchingKey = { kind: 'app-attest-key', id: 'key' } as const

const enrolment = (thumbprint: string, more: Partial<Enrolment> = {}): Enrolment => ({
  app,
  thumbprint,
  versionCode: 7,
  abi: undefined,
  holderKey: 'vouched',
  vouchingKey,
  isVouchedAnew: true,
  perDay: 9,
  unvouchedPerDay: undefined,
  names: [],
  evidence: [],
  assertion: undefined,
  receipt: undefined,
  saidDevice: null,
  binding: 'binding',
  ...more,
})

export function statusRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const database = await world.open()
    const { db } = database
    const apps = createAppRepository({ db })
    for (const id of [app, other]) await apps.insert(exampleApp(id))
    return {
      builds: createBuildRepository({ db }),
      bans: createBanRepository({ db }),
      installations: installationsOf(database),
      status: createStatusRepository({ db }),
    }
  }

  describe('what guards are told', () => {
    it('is builds of these apps that were retired after a time, from the first retirement on', async () => {
      const { builds, status } = await open()
      for (const [of, id] of [
        [app, '2'],
        [app, '1'],
        [app, 'active'],
        [other, '1'],
      ] as const)
        await builds.insert(exampleBuild(of, id))
      for (const [of, id] of [
        [app, '2'],
        [app, '1'],
        [other, '1'],
      ] as const)
        await builds.retire(of, id, new Date(now))
      await builds.retire(app, '1', new Date(now + minute))
      const both = [
        { app, build: '1' },
        { app, build: '2' },
      ]
      expect(await status.retiredSince([app], now - 1)).toEqual(both)
      expect(await status.retiredSince([other, app], now - 1)).toEqual([...both, { app: other, build: '1' }])
      expect(await status.retiredSince([app], now)).toEqual([])
      expect(await status.retiredSince([], 0)).toEqual([])
    })

    it('is installations behind keys that were banned after a time, also those that a newer one replaced', async () => {
      const { bans, installations, status } = await open()
      await installations.enrol(enrolment('replaced'), now)
      await installations.enrol(enrolment('live', { perDay: undefined }), now)
      await installations.enrol(enrolment('free', { vouchingKey: { ...vouchingKey, id: 'free' } }), now)
      await bans.add(app, vouchingKey, plain, now)
      const named = ['live', 'replaced'].map((thumbprint) => ({ app, thumbprint, since: now }))
      expect(await status.banned([app, other], since(now))).toEqual(named)
      expect(await status.banned([app], since(now + 1))).toEqual([])
      expect(await status.banned([other], since(now))).toEqual([])
      expect(await status.banned([], since(0))).toEqual([])
      await bans.remove(app, vouchingKey)
      expect(await status.banned([app], since(now))).toEqual([])
    })

    it('is installations that were banned by their key, and names of one API, until they end', async () => {
      const { bans, status } = await open()
      const audience = 'https://api.example.com'
      const ends = { ...plain, expiresAt: now + minute }
      await bans.add(app, { kind: 'installation-key', id: 'thumbprint' }, ends, now)
      await bans.add(app, { kind: 'installation-name', id: 'name' }, { ...ends, audience }, now)
      const range = since(now)
      expect(await status.banned([app], range)).toEqual([{ app, thumbprint: 'thumbprint', since: now }])
      expect(await status.bannedNames([app], audience, range)).toEqual([{ app, name: 'name', since: now }])
      expect(await status.bannedNames([app], 'https://other.example.com', range)).toEqual([])
      expect(await status.bannedNames([other], audience, range)).toEqual([])
      expect(await status.bannedNames([], audience, range)).toEqual([])
      expect(await status.banned([app], { ...range, until: now })).toEqual([])
      const after = since(now, now + minute)
      expect(await status.banned([app], after)).toEqual([])
      expect(await status.bannedNames([app], audience, after)).toEqual([])
    })

    it('leaves out installations whose tokens have expired', async () => {
      const { bans, installations, status } = await open()
      const day = 86_400_000
      await installations.enrol(enrolment('long ago'), now - 2 * day)
      await installations.enrol(enrolment('refreshed'), now - 2 * day)
      await installations.refresh(
        {
          app,
          thumbprint: 'refreshed',
          versionCode: 7,
          abi: undefined,
          binding: 'next',
          counter: undefined,
          newNames: [],
        },
        now - minute,
      )
      await bans.add(app, vouchingKey, plain, now)
      expect(await status.banned([app], since(now - reach))).toEqual([
        { app, thumbprint: 'refreshed', since: now },
      ])
    })

    it('is counted by slices of time, whose marks change with each ban that is lifted, ends, or gets another end', async () => {
      const { bans, status } = await open()
      const slices = async (at = now) =>
        status.banSlices({ from: now - reach, until: now + minute, now: at }, 5_000)
      expect(await slices()).toEqual([])
      const of = (id: string) => ({ kind: 'installation-key', id }) as const
      await bans.add(app, of('long ago'), plain, now - reach - 1)
      await bans.add(app, of('a'), plain, now)
      await bans.add(other, of('a'), { ...plain, expiresAt: now + minute }, now + 4_999)
      await bans.add(app, of('b'), plain, now + 5_000)
      const number = now / 5_000
      const first = await slices()
      expect(first.map(({ slice, count }) => [slice, count])).toEqual([
        [number, 2],
        [number + 1, 1],
      ])
      expect(await slices()).toEqual(first)
      const marks = new Set([first[0]?.mark])
      const changed = async (at?: number) => {
        const [{ mark } = { mark: '' }, second] = await slices(at)
        expect(second).toEqual(first[1])
        expect(marks).not.toContain(mark)
        marks.add(mark)
      }
      await changed(now + minute)
      await bans.add(other, of('a'), { ...plain, expiresAt: now + 2 * minute }, now + 6_000)
      await changed()
      await bans.add(other, of('a'), plain, now + 6_000)
      await changed()
      await bans.remove(other, of('a'))
      await changed()
      await bans.add(other, of('a'), plain, now + 4_998)
      await changed()
    })
  })
}
