import { describe, expect, it } from 'vitest'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createDevelopmentSecretRepository } from '../../../src/storage/repositories/development-secrets.repository.ts'
import { createSessionRepository } from '../../../src/storage/repositories/sessions.repository.ts'
import { exampleApp, rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const created = '2026-01-01T00:00:00.000Z'
const key = {
  ...{
    id: 'key-1',
    name: 'operator',
    scope: 'admin' as const,
    apps: [] as string[],
    public_key: null,
    let_through: false,
  },
  ...{
    created_at: created,
    expires_at: null,
    last_used_at: null,
    prefix: 'assay_abcd',
    hash: 'a'.repeat(64),
  },
}

export function foreignRowSuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    const over = { db, macs: rowMacs }
    const apps = createAppRepository({ db })
    await apps.insert(exampleApp('com.example.one'))
    await apps.insert(exampleApp('com.example.two'))
    const keys = createApiKeyRepository(over)
    await keys.insert(key)
    return {
      db,
      keys,
      secrets: createDevelopmentSecretRepository(over),
      sessions: createSessionRepository(over),
    }
  }

  describe('a row that the service did not write', () => {
    it('is no key: not one that was added', async () => {
      const { db, keys } = await open()
      const row = await db.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow()
      await db
        .insertInto('api_keys')
        .values({ ...row, id: 'key-2', hash: 'b'.repeat(64) })
        .execute()
      expect(await keys.findByHash('b'.repeat(64))).toBeUndefined()
      expect(await keys.find('key-2')).toBeUndefined()
      expect(await keys.countAdmins()).toBe(1)
      const listed = await keys.list({ after: undefined, limit: 9 })
      expect(listed.map(({ id, refused }) => [id, refused])).toEqual([
        ['key-1', false],
        ['key-2', true],
      ])
      // It does not make the last one removable, and can be removed itself.
      expect(await keys.remove('key-1', 0)).toBe('last_admin')
      expect(await keys.remove('key-2', 0)).toBe(true)
    })

    it.each([
      { scope: 'admin' },
      { hash: 'c'.repeat(64) },
      { expires_at: null },
      { name: 'other' },
      { prefix: 'assay_other' },
      { created_at: 1 },
      { public_key: '{}' },
      { id: 'key-9' },
      { mac: '' },
    ])('is no key: not one that was changed, %j', async (change) => {
      const { db, keys } = await open()
      const expires = '2099-01-01T00:00:00.000Z'
      await keys.insert({ ...key, id: 'key-3', scope: 'read', hash: 'd'.repeat(64), expires_at: expires })
      const hash = change.hash ?? 'd'.repeat(64)
      expect(await keys.findByHash('d'.repeat(64))).toMatchObject({ id: 'key-3' })
      await db
        .updateTable('api_keys')
        .set(change as never)
        .where('id', '=', 'key-3')
        .execute()
      expect(await keys.findByHash(hash)).toBeUndefined()
    })

    it('gives a key no further app', async () => {
      const { db, keys } = await open()
      const hash = 'e'.repeat(64)
      await keys.insert({ ...key, id: 'key-4', scope: 'registration', apps: ['com.example.one'], hash })
      const link = await db.selectFrom('api_key_apps').selectAll().executeTakeFirstOrThrow()
      await db
        .insertInto('api_key_apps')
        .values({ ...link, app: 'com.example.two' })
        .execute()
      expect((await keys.findByHash(hash))?.apps).toEqual(['com.example.one'])
      const provenance = {
        ...key,
        id: 'key-5',
        scope: 'provenance' as const,
        prefix: '',
        hash: 'provenance:thumb',
      }
      const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'x' } as const
      await keys.insert({ ...provenance, public_key: publicKey, apps: ['com.example.one'] })
      await db
        .insertInto('api_key_apps')
        .values({ ...link, key: 'key-5', app: 'com.example.two' })
        .execute()
      expect(await keys.findProvenanceKey('com.example.one', 'thumb', 0)).toMatchObject({ id: 'key-5' })
      expect(await keys.findProvenanceKey('com.example.two', 'thumb', 0)).toBeUndefined()
    })

    it('is no session of the console', async () => {
      const { db, sessions } = await open()
      await sessions.insert({ hash: 'mine', key: 'key-1', createdAt: 5, seenAt: 5 }, 9)
      expect(await sessions.find('mine')).toMatchObject({ key: 'key-1' })
      const row = await db.selectFrom('console_sessions').selectAll().executeTakeFirstOrThrow()
      await db
        .insertInto('console_sessions')
        .values({ ...row, hash: 'theirs' })
        .execute()
      expect(await sessions.find('theirs')).toBeUndefined()
      await db.updateTable('console_sessions').set({ created_at: 6 }).where('hash', '=', 'mine').execute()
      expect(await sessions.find('mine')).toBeUndefined()
    })

    it('is no secret of developers, and revives none', async () => {
      const { db, secrets } = await open()
      const secret = { id: 's', app: 'com.example.one', name: 'kim', created_at: created, uses: 0 }
      const ends = { expires_at: '2099-01-01T00:00:00.000Z', revoked_at: null, last_used_at: null }
      await secrets.insert({ ...secret, ...ends }, 'hash-1')
      expect(await secrets.findByHash('hash-1')).toMatchObject({ revoked_at: null })
      expect(await secrets.use('s', 1)).toBe(true)
      expect(await secrets.revoke('s', 7)).toMatchObject({ revoked_at: '1970-01-01T00:00:00.007Z' })
      expect(await secrets.findByHash('hash-1')).toMatchObject({ uses: 1 })
      const row = await db.selectFrom('development_secrets').selectAll().executeTakeFirstOrThrow()
      await db.updateTable('development_secrets').set({ revoked_at: null }).execute()
      expect(await secrets.findByHash('hash-1')).toBeUndefined()
      await db
        .insertInto('development_secrets')
        .values({ ...row, id: 't', hash: 'hash-2' })
        .execute()
      expect(await secrets.findByHash('hash-2')).toBeUndefined()
    })
  })
}
