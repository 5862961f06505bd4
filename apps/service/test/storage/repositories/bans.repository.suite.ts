import { banCursor } from '../../../src/provisioning/model/ports.ts'
import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { bansPerSlice, createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { exampleApp } from '../support/examples.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

const app = 'com.example'
const device = { kind: 'android-device', id: 'one' } as const
const plain = { audience: null, note: null, author: null, expiresAt: null }
const now = Date.parse('2026-11-26T12:00:00Z')

export function banRepositorySuite(world: StorageWorld): void {
  describe('bans', () => {
    it('are added once, listed by app, lifted, and go with their app', async () => {
      const { db } = await world.open()
      const [apps, bans] = [createAppRepository({ db }), createBanRepository({ db })]
      await apps.insert(exampleApp(app))
      await apps.insert(exampleApp('com.example.other'))
      const ban = {
        ...{ app, kind: device.kind, vouching_key: 'one', created_at: '2026-11-26T12:00:00.000Z' },
        ...{ audience: null, note: null, author: null, by_support: false, expires_at: null },
      }
      expect(await bans.add(app, device, plain, now)).toEqual(ban)
      expect(await bans.add(app, device, plain, now + 1)).toEqual(ban)
      await bans.add(app, { ...device, kind: 'app-attest-key' }, plain, now + 2)
      expect(await bans.list(app, all, now)).toMatchObject([
        ban,
        { kind: 'app-attest-key', vouching_key: 'one' },
      ])
      const page = { after: banCursor(ban), limit: 1 }
      expect(await bans.list(app, page, now)).toMatchObject([{ kind: 'app-attest-key' }])
      expect(await bans.list(app, { ...page, after: undefined }, now)).toEqual([ban])
      expect(await bans.list(app, { ...page, after: 'nonsense' }, now)).toEqual([])
      expect(await bans.list('com.example.other', all, now)).toEqual([])
      expect(await bans.hasAny(app, [device], now)).toBe(true)
      expect(await bans.hasAny('com.example.other', [device], now)).toBe(false)
      expect(await bans.hasAny(app, [{ ...device, id: 'two' }], now)).toBe(false)
      expect(await bans.remove('com.example.other', device)).toBe(false)
      expect(await bans.remove(app, device)).toBe(true)
      expect(await bans.remove(app, device)).toBe(false)
      expect(await bans.hasAny(app, [device], now)).toBe(false)
      await apps.remove(app)
      await apps.insert(exampleApp(app))
      expect(await bans.list(app, all, now)).toEqual([])
    })

    it('end by themselves, begin anew, and are renewed without beginning anew', async () => {
      const { db } = await world.open()
      const [apps, bans] = [createAppRepository({ db }), createBanRepository({ db })]
      await apps.insert(exampleApp(app))
      const details = { ...plain, note: 'sells accounts', author: 'k1', expiresAt: now + 10 }
      expect(await bans.add(app, device, details, now)).toMatchObject({
        note: 'sells accounts',
        author: 'k1',
        expires_at: '2026-11-26T12:00:00.010Z',
      })
      expect(await bans.hasAny(app, [{ ...device, id: 'two' }, device], now + 9)).toBe(true)
      expect(await bans.hasAny(app, [device], now + 10)).toBe(false)
      expect(await bans.hasAny(app, [], now)).toBe(false)
      expect(await bans.find(app, device, now + 10)).toBeUndefined()
      expect(await bans.list(app, all, now + 10)).toEqual([])
      const renewed = await bans.add(app, device, { ...details, expiresAt: now + 20 }, now + 5)
      expect(renewed.created_at).toBe('2026-11-26T12:00:00.000Z')
      expect(await bans.hasAny(app, [device], now + 15)).toBe(true)
      const anew = await bans.add(app, device, { ...plain }, now + 30)
      expect([anew.created_at, anew.expires_at]).toEqual(['2026-11-26T12:00:00.030Z', null])
      await bans.add(app, { ...device, id: 'two' }, details, now)
      await bans.prune(now + 10)
      expect(await bans.list(app, all, 0)).toEqual([anew])
    })

    it('of operators stay as they are when support would change or lift them', async () => {
      const { db } = await world.open()
      const bans = createBanRepository({ db })
      await createAppRepository({ db }).insert(exampleApp(app))
      for (const scope of ['support', 'admin']) {
        const key = { id: scope, name: scope, scope, prefix: 'p', hash: scope, mac: 'm' }
        await db
          .insertInto('api_keys')
          .values({ ...key, let_through: 0, created_at: now } as never)
          .execute()
      }
      const ended = { ...plain, expiresAt: now + 9 }
      const by = (author: string | null) => ({ ...plain, author })
      for (const author of ['admin', 'gone', null]) {
        const ban = await bans.add(app, device, by(author), now)
        expect(ban.by_support).toBe(false)
        expect(await bans.addForSupport(app, device, { ...ended, author: 'support' }, now)).toBeUndefined()
        expect(await bans.removeForSupport(app, device)).toBe(false)
        expect(await bans.find(app, device, now)).toEqual(ban)
        await bans.remove(app, device)
      }
      const own = { by_support: true, expires_at: null }
      expect(await bans.addForSupport(app, device, by('support'), now)).toMatchObject(own)
      expect(await bans.list(app, all, now)).toMatchObject([own])
      const shorter = await bans.addForSupport(app, device, { ...ended, author: 'support' }, now)
      expect(shorter).toMatchObject({ expires_at: '2026-11-26T12:00:00.009Z' })
      expect(await bans.removeForSupport(app, device)).toBe(true)
      await bans.add(app, device, { ...ended, author: 'admin' }, now)
      expect(await bans.addForSupport(app, device, by('support'), now + 9)).toMatchObject({
        author: 'support',
      })
    })

    it('that have ended are removed a few at a time, and no others', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      const bans = createBanRepository({ db: db.withPlugin(removals) })
      await createAppRepository({ db }).insert(exampleApp(app))
      const count = 2 * bansPerSlice + 1
      for (let i = 0; i < count; i += 1)
        await bans.add(app, { ...device, id: `ended-${i}` }, { ...plain, expiresAt: now + i }, now)
      await bans.add(app, { ...device, id: 'later' }, { ...plain, expiresAt: now + count }, now)
      await bans.add(app, { ...device, id: 'for-good' }, plain, now)
      await bans.prune(now + count - 1)
      expect(removals.rows).toEqual([bansPerSlice, bansPerSlice, 1])
      const left = await bans.list(app, all, 0)
      expect(left.map(({ vouching_key: id }) => id).sort()).toEqual(['for-good', 'later'])
    })

    it('tell which bans of installations an app has', async () => {
      const { db } = await world.open()
      const [apps, bans] = [createAppRepository({ db }), createBanRepository({ db })]
      await apps.insert(exampleApp(app))
      await bans.add(app, device, plain, now)
      expect(await bans.ofInstallations(app)).toEqual({ byKey: false, audiences: [] })
      const audience = 'https://api.example.com'
      for (const id of ['one', 'two'])
        await bans.add(app, { kind: 'installation-name', id }, { ...plain, audience }, now)
      await bans.add(app, { kind: 'installation-key', id: 'three' }, plain, now)
      expect(await bans.ofInstallations(app)).toEqual({ byKey: true, audiences: [audience] })
    })
  })
}
