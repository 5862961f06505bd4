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
      const named = ['live', 'replaced'].map((thumbprint) => ({ app, thumbprint }))
      expect(await status.bannedSince([app, other], { since: now - 1, now, reach })).toEqual(named)
      expect(await status.bannedSince([app], { since: now, now, reach })).toEqual([])
      expect(await status.bannedSince([other], { since: now - 1, now, reach })).toEqual([])
      expect(await status.bannedSince([], { since: 0, now, reach })).toEqual([])
      await bans.remove(app, vouchingKey)
      expect(await status.bannedSince([app], { since: now - 1, now, reach })).toEqual([])
    })

    it('is installations that were banned by their key, and names of one API, until they end', async () => {
      const { bans, status } = await open()
      const audience = 'https://api.example.com'
      const ends = { ...plain, expiresAt: now + minute }
      await bans.add(app, { kind: 'installation-key', id: 'thumbprint' }, ends, now)
      await bans.add(app, { kind: 'installation-name', id: 'name' }, { ...ends, audience }, now)
      const range = { since: now - 1, now, reach }
      expect(await status.bannedSince([app], range)).toEqual([{ app, thumbprint: 'thumbprint' }])
      expect(await status.namesBannedSince([app], audience, range)).toEqual(['name'])
      expect(await status.namesBannedSince([app], 'https://other.example.com', range)).toEqual([])
      expect(await status.namesBannedSince([other], audience, range)).toEqual([])
      expect(await status.namesBannedSince([], audience, range)).toEqual([])
      const after = { ...range, now: now + minute }
      expect(await status.bannedSince([app], after)).toEqual([])
      expect(await status.namesBannedSince([app], audience, after)).toEqual([])
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
      expect(await status.bannedSince([app], { since: now - reach, now, reach })).toEqual([
        { app, thumbprint: 'refreshed' },
      ])
    })
  })
}
