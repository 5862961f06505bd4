import { banCursor } from '../../../src/provisioning/ports.ts'
import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { exampleApp } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

const app = 'com.example'
const device = { kind: 'android-device', id: 'one' } as const
const now = Date.parse('2026-11-26T12:00:00Z')

export function banRepositorySuite(world: StorageWorld): void {
  describe('bans', () => {
    it('are added once, listed by app, lifted, and go with their app', async () => {
      const { db } = await world.open()
      const [apps, bans] = [createAppRepository({ db }), createBanRepository({ db })]
      await apps.insert(exampleApp(app))
      await apps.insert(exampleApp('com.example.other'))
      const ban = { app, kind: device.kind, vouching_key: 'one', created_at: '2026-11-26T12:00:00.000Z' }
      expect(await bans.add(app, device, now)).toEqual(ban)
      expect(await bans.add(app, device, now + 1)).toEqual(ban)
      await bans.add(app, { ...device, kind: 'app-attest-key' }, now + 2)
      expect(await bans.list(app, all)).toMatchObject([ban, { kind: 'app-attest-key', vouching_key: 'one' }])
      const page = { after: banCursor(ban), limit: 1 }
      expect(await bans.list(app, page)).toMatchObject([{ kind: 'app-attest-key' }])
      expect(await bans.list(app, { ...page, after: undefined })).toEqual([ban])
      expect(await bans.list(app, { ...page, after: 'nonsense' })).toEqual([])
      expect(await bans.list('com.example.other', all)).toEqual([])
      expect(await bans.has(app, device)).toBe(true)
      expect(await bans.has('com.example.other', device)).toBe(false)
      expect(await bans.has(app, { ...device, id: 'two' })).toBe(false)
      expect(await bans.remove('com.example.other', device)).toBe(false)
      expect(await bans.remove(app, device)).toBe(true)
      expect(await bans.remove(app, device)).toBe(false)
      expect(await bans.has(app, device)).toBe(false)
      await apps.remove(app)
      await apps.insert(exampleApp(app))
      expect(await bans.list(app, all)).toEqual([])
    })
  })
}
