import { describe, expect, it } from 'vitest'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import type { BuildAuthority, BuildInsertOptions } from '../../../src/provisioning/model/ports.ts'
import { exampleApp, exampleBuild, hexOf, rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const id = 'com.example'
const signer = hexOf('signer')
const app = exampleApp(id, { signers: [signer] })

/** What is revoked while a file is on its way registers nothing. */
export function buildAuthoritySuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    const [apps, builds, keys] = [
      createAppRepository({ db }),
      createBuildRepository({ db }),
      createApiKeyRepository({ db, macs: rowMacs }),
    ]
    await apps.insert(app)
    await apps.insert(exampleApp('com.other'))
    for (const [key, scope, of, expires] of [
      ['admin', 'admin', [], null],
      ['pipeline', 'registration', [id], null],
      ['elsewhere', 'registration', ['com.other'], null],
      ['ending', 'provenance', [id], '2026-11-25T00:00:00.000Z'],
    ] as const)
      await keys.insert({
        id: key,
        name: key,
        scope,
        apps: [...of],
        public_key: null,
        let_through: false,
        expires_at: expires,
        last_used_at: null,
        created_at: app.created_at,
        hash: hexOf(key),
        prefix: 'assay_',
      })
    const insert = (
      authority: Partial<BuildAuthority>,
      build = exampleBuild(id, '1'),
      more: BuildInsertOptions = {},
    ) =>
      builds.insert(build, {
        ...more,
        authority: { keys: ['pipeline'], app, signers: [signer], base: null, ...authority },
      })
    return { apps, builds, keys, insert }
  }

  describe('pending builds', () => {
    const pending = (of: string) => exampleBuild(id, of, { state: 'pending' })

    it('are limited for each key, and make room when they are pending no longer', async () => {
      const { builds, insert } = await open()
      const add = (of: string, keys = ['pipeline']) => insert({ keys }, pending(of), { mostPending: 2 })
      expect([await add('1'), await add('2')]).toEqual(['ok', 'ok'])
      expect(await add('3')).toBe('builds_pending_full')
      expect(await builds.find(id, '3')).toBeUndefined()
      expect(await add('3', ['admin'])).toBe('ok')
      expect(await insert({}, exampleBuild(id, 'active'), { mostPending: 2 })).toBe('ok')
      await builds.activate(id, '1')
      expect(await add('4')).toBe('ok')
      await builds.remove(id, '2')
      expect(await add('5')).toBe('ok')
      expect(await add('6')).toBe('builds_pending_full')
    })

    it('give way under their id, and nothing else does', async () => {
      const { builds, insert } = await open()
      const other = (of: string) => exampleBuild(id, of, { image_digest: hexOf('other') })
      await insert({}, pending('1'))
      expect(await insert({}, other('1'))).toMatchObject({ exists: { state: 'pending' } })
      expect(await insert({}, other('1'), { replacesPending: true })).toBe('ok')
      expect(await builds.find(id, '1')).toEqual(other('1'))
      const again = await insert({}, exampleBuild(id, '1'), { replacesPending: true })
      expect(again).toMatchObject({ exists: { image_digest: hexOf('other') } })
      await builds.retire(id, '1', new Date(0))
      const retired = await insert({}, exampleBuild(id, '1'), { replacesPending: true })
      expect(retired).toMatchObject({ exists: { state: 'retired' } })
    })
  })

  describe('a build is removed', () => {
    it('if nobody has attested with it, and no update is for it', async () => {
      const { builds, insert } = await open()
      for (const of of ['unused', 'used', 'base']) await insert({}, exampleBuild(id, of))
      await insert({ base: 'base' }, exampleBuild(id, 'update', { base: 'base' }))
      await builds.touch(id, 'used', new Date(0))
      expect(await builds.remove(id, 'unused')).toBe(true)
      expect(await builds.find(id, 'unused')).toBeUndefined()
      expect(await builds.remove(id, 'unused')).toBe(false)
      expect(await builds.remove(id, 'used')).toBe('in_use')
      expect(await builds.remove(id, 'base')).toBe('in_use')
      expect(await builds.remove(id, 'update')).toBe(true)
      expect(await builds.remove(id, 'base')).toBe(true)
      expect(await insert({}, exampleBuild(id, 'unused'))).toBe('ok')
    })
  })

  describe('a build is registered on the word of', () => {
    it('keys that are there and may, all of them', async () => {
      const { builds, keys, insert } = await open()
      expect(await insert({ keys: ['elsewhere'] })).toBe('key_revoked')
      expect(await insert({ keys: ['pipeline', 'none'] })).toBe('key_revoked')
      expect(await insert({})).toBe('ok')
      expect(await insert({ keys: ['admin'] }, exampleBuild(id, '2'))).toBe('ok')
      await keys.remove('pipeline', 0)
      expect(await insert({}, exampleBuild(id, '3'))).toBe('key_revoked')
      expect(await builds.find(id, '3')).toBeUndefined()
    })

    it('keys that have not expired when it is registered', async () => {
      const { builds, insert } = await open()
      const at = (created: string, name: string) =>
        insert({ keys: ['pipeline', 'ending'] }, { ...exampleBuild(id, name), created_at: created })
      expect(await at('2026-11-24T23:59:59.999Z', '1')).toBe('ok')
      expect(await at('2026-11-25T00:00:00.000Z', '2')).toBe('key_revoked')
      expect(await builds.find(id, '2')).toBeUndefined()
    })

    it('an app that is the same, with these signers', async () => {
      const { apps, keys, insert } = await open()
      await apps.update(id, { signers: [hexOf('other')] }, 0)
      expect(await insert({})).toBe('signer_not_registered')
      await apps.remove(id)
      expect(await insert({ keys: ['admin'] })).toBe('app_not_found')
      await apps.insert({ ...app, created_at: '2026-11-26T00:00:00.000Z' })
      expect(await insert({ keys: ['admin'] })).toBe('app_not_found')
      expect(await keys.findByHash(hexOf('pipeline'))).toMatchObject({ apps: [] })
    })

    it('a team that the app lists, or that the same settings of evidence name', async () => {
      const { apps, insert } = await open()
      const team = 'ABCDE12345'
      expect(await insert({ team })).toBe('ok')
      await apps.update(id, { evidence: { app_attest: {} } }, 0)
      expect(await insert({ team }, exampleBuild(id, '2'))).toBe('team_not_registered')
      await apps.update(id, { teams: [team] }, 0)
      expect(await insert({ team }, exampleBuild(id, '2'))).toBe('ok')
    })

    it('a base that is active', async () => {
      const { builds, insert } = await open()
      const update = exampleBuild(id, '1.r1', { base: '1' })
      expect(await insert({ base: '1' }, update)).toBe('base_not_active')
      await insert({})
      expect(await insert({ base: '1' }, update)).toBe('ok')
      await builds.retire(id, '1', new Date(0))
      expect(await insert({ base: '1' }, { ...update, id: '1.r2' })).toBe('base_not_active')
    })
  })

  it('a team becomes known with its build, and of two that come first only one', async () => {
    const { apps, builds } = await open()
    const add = (build: string, addTeam: string, isFirstTeam: boolean) =>
      builds.insert(exampleBuild(id, build), { addTeam, isFirstTeam })
    const [one, two] = ['ABCDE12345', 'OTHER12345']
    expect(await add('1', one, true)).toBe('ok')
    expect(await add('2', two, true)).toBe('team_new')
    expect(await add('3', one, true)).toBe('ok')
    expect(await builds.find(id, '2')).toBeUndefined()
    expect(await add('2', two, false)).toBe('ok')
    expect(await apps.find(id)).toMatchObject({ teams: [one, two] })
  })

  it('a pending build is activated, once, and a retired one is not', async () => {
    const { builds, insert } = await open()
    await insert({}, exampleBuild(id, '1', { state: 'pending' }))
    expect(await builds.listActive()).toEqual([])
    expect(await builds.activate(id, '1')).toMatchObject({ state: 'active' })
    expect(await builds.activate(id, '1')).toMatchObject({ state: 'active' })
    await builds.retire(id, '1', new Date(0))
    expect(await builds.activate(id, '1')).toMatchObject({ state: 'retired' })
    expect(await builds.activate(id, '2')).toBeUndefined()
  })
}
