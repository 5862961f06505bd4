import { describe, expect, it } from 'vitest'
import { hashApiKeySecret } from '../../../src/provisioning/api-keys.usecases.ts'
import type { StoredApiKey } from '../../../src/provisioning/model/ports.ts'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { exampleApp, rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

function exampleKey(id: string, more: Partial<StoredApiKey> = {}): StoredApiKey {
  return {
    id,
    name: 'Key',
    scope: 'admin',
    apps: [],
    public_key: null,
    let_through: false,
    expires_at: null,
    last_used_at: null,
    created_at: '2026-11-25T01:02:03.004Z',
    prefix: 'assay_ab',
    hash: hashApiKeySecret(id),
    ...more,
  }
}

const now = Date.parse('2026-11-26T00:00:00.000Z')

const all = { after: undefined, limit: 100 }

export function apiKeyRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    const apps = createAppRepository({ db })
    for (const id of ['com.a1', 'com.b1']) await apps.insert(exampleApp(id))
    return createApiKeyRepository({ db, macs: rowMacs })
  }

  describe('API keys', () => {
    it('are found by the hash of their secret, and by nothing else', async () => {
      const keys = await open()
      const { hash, prefix, ...key } = exampleKey('one', {
        scope: 'registration',
        apps: ['com.a1', 'com.b1'],
      })
      expect(await keys.insert({ ...key, hash, prefix, apps: ['com.b1', 'com.a1'] })).toBe('ok')
      expect(await keys.findByHash(hash)).toEqual(key)
      expect(await keys.findByHash(hashApiKeySecret('two'))).toBeUndefined()
      expect(await keys.findByHash('')).toBeUndefined()
    })

    it('say when they end and when they were last used', async () => {
      const keys = await open()
      const key = exampleKey('one', { expires_at: '2027-01-01T00:00:00.000Z' })
      await keys.insert(key)
      await keys.touch('one', Date.parse('2026-11-26T00:00:00.000Z'))
      expect(await keys.findByHash(key.hash)).toMatchObject({
        expires_at: '2027-01-01T00:00:00.000Z',
        last_used_at: '2026-11-26T00:00:00.000Z',
      })
    })

    it('show no hash in the list', async () => {
      const keys = await open()
      const later = exampleKey('a', { created_at: '2026-11-26T00:00:00.000Z' })
      const earlier = exampleKey('b', { scope: 'registration', apps: ['com.a1'] })
      for (const key of [later, earlier]) await keys.insert(key)
      const shown = [later, earlier].map((key) => ({ ...key, refused: false, hash: undefined }))
      const listed = await keys.list(all)
      expect(listed).toEqual(shown)
      expect(JSON.stringify(listed)).not.toContain('hash')
    })

    it('are listed page by page, each with its apps', async () => {
      const keys = await open()
      for (const id of ['a', 'b', 'c'])
        await keys.insert(exampleKey(id, { scope: 'registration', apps: ['com.a1'] }))
      const page = (after: string | undefined) => keys.list({ after, limit: 2 })
      expect((await page(undefined)).map(({ id, apps }) => [id, apps])).toEqual([
        ['a', ['com.a1']],
        ['b', ['com.a1']],
      ])
      expect((await page('b')).map(({ id }) => id)).toEqual(['c'])
      expect(await page('c')).toEqual([])
    })

    it('refuse an id or a secret twice', async () => {
      const keys = await open()
      await keys.insert(exampleKey('one'))
      expect(await keys.insert(exampleKey('one', { hash: hashApiKeySecret('two') }))).toBe('exists')
      expect(await keys.insert(exampleKey('two', { hash: hashApiKeySecret('one') }))).toBe('exists')
      expect(await keys.list(all)).toHaveLength(1)
    })

    it('refuse an app that is not registered, and write nothing', async () => {
      const keys = await open()
      const key = exampleKey('one', { scope: 'registration', apps: ['com.none'] })
      expect(await keys.insert(key)).toBe('app_not_found')
      expect(await keys.list(all)).toEqual([])
    })

    it('are worth nothing once removed', async () => {
      const keys = await open()
      await keys.insert(exampleKey('one', { scope: 'registration', apps: ['com.a1'] }))
      expect(await keys.remove('one', now)).toBe(true)
      expect(await keys.remove('one', now)).toBe(false)
      expect(await keys.findByHash(hashApiKeySecret('one'))).toBeUndefined()
    })

    it('keep the last admin key, of whatever is removed at once', async () => {
      const keys = await open()
      const second = createApiKeyRepository({ ...(await world.openSecond()), macs: rowMacs })
      await keys.insert(exampleKey('one'))
      await keys.insert(exampleKey('pipeline', { scope: 'registration', apps: ['com.a1'] }))
      expect(await keys.remove('one', now)).toBe('last_admin')
      expect(await keys.remove('pipeline', now)).toBe(true)
      await keys.insert(exampleKey('expired', { expires_at: '2026-11-26T00:00:00.000Z' }))
      expect(await keys.remove('one', now)).toBe('last_admin')
      expect(await keys.remove('expired', now)).toBe(true)
      for (let round = 0; round < 10; round += 1) {
        const other = `other${round}`
        await keys.insert(exampleKey(other))
        const [left] = (await keys.list(all)).filter(({ id }) => id !== other)
        const outcomes = await Promise.all([keys.remove(other, now), second.remove(left?.id as string, now)])
        expect(outcomes.toSorted()).toEqual(['last_admin', true])
        expect(await keys.countAdmins()).toBe(1)
      }
    })

    it('are counted when they are an admin’s', async () => {
      const keys = await open()
      expect(await keys.countAdmins()).toBe(0)
      await keys.insert(exampleKey('one'))
      await keys.insert(exampleKey('two'))
      await keys.insert(exampleKey('three', { scope: 'registration', apps: ['com.a1'] }))
      expect(await keys.countAdmins()).toBe(2)
    })

    it('hash to the SHA-256 of the secret', () => {
      // FIPS 180-2, appendix B.1
      expect(hashApiKeySecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    })
  })
}
