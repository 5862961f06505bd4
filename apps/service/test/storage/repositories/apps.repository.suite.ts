import { describe, expect, it } from 'vitest'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createApiRepository } from '../../../src/storage/repositories/apis.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { exampleApi, exampleApp, exampleBuild, hexOf, rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

export function appRepositorySuite(world: StorageWorld): void {
  describe('apps', () => {
    it('returns what was inserted, with sorted signers, each once', async () => {
      const apps = createAppRepository(await world.open())
      const [a, b] = [hexOf('a'), hexOf('b')].sort() as [string, string]
      expect(await apps.insert(exampleApp('com.example', { signers: [b, a] }))).toBe('ok')
      expect(await apps.find('com.example')).toEqual(exampleApp('com.example', { signers: [a, b] }))
      expect(await apps.find('com.other')).toBeUndefined()
    })

    it('keeps the largest version code exactly', async () => {
      const apps = createAppRepository(await world.open())
      await apps.insert(exampleApp('com.example', { min_version_code: Number.MAX_SAFE_INTEGER }))
      expect((await apps.find('com.example'))?.min_version_code).toBe(Number.MAX_SAFE_INTEGER)
    })

    it('keeps text with zero-width, astral and quote characters as it is', async () => {
      const apps = createAppRepository(await world.open())
      const name = `it's "q" \\ 🦄 \u200b ; drop table apps; --`
      await apps.insert(exampleApp('com.example', { name }))
      expect((await apps.find('com.example'))?.name).toBe(name)
    })

    it('refuses an invalid time', async () => {
      const apps = createAppRepository(await world.open())
      await expect(apps.insert(exampleApp('com.example', { created_at: 'yesterday' }))).rejects.toMatchObject(
        {
          code: 'ERR_INVALID_ARG_VALUE',
        },
      )
      expect(await apps.list(all)).toEqual([])
    })

    it('does not change an existing app', async () => {
      const apps = createAppRepository(await world.open())
      await apps.insert(exampleApp('com.example'))
      expect(await apps.insert(exampleApp('com.example', { name: 'Other', signers: [hexOf('x')] }))).toBe(
        'exists',
      )
      expect(await apps.find('com.example')).toEqual(exampleApp('com.example'))
    })

    it('lists by code point, not by the language of the machine', async () => {
      const apps = createAppRepository(await world.open())
      for (const id of ['b.app', 'B.app', 'a_app', 'a.app', 'a-app']) await apps.insert(exampleApp(id))
      expect((await apps.list(all)).map(({ id }) => id)).toEqual([
        'B.app',
        'a-app',
        'a.app',
        'a_app',
        'b.app',
      ])
      const page = await apps.list({ after: 'a-app', limit: 2 })
      expect(page.map(({ id }) => id)).toEqual(['a.app', 'a_app'])
    })

    it('changes only what the patch names', async () => {
      const apps = createAppRepository(await world.open())
      const app = exampleApp('com.example', { signers: [hexOf('a')] })
      await apps.insert(app)
      expect(await apps.update('com.example', {}, 0)).toEqual(app)
      expect(await apps.update('com.example', { min_version_code: 7 }, 0)).toEqual({
        ...app,
        min_version_code: 7,
      })
      expect(await apps.update('com.example', { probes: [] }, 0)).toMatchObject({ probes: [] })
      expect(await apps.update('com.example', { probes: app.probes }, 0)).toMatchObject({
        probes: app.probes,
      })
      expect(await apps.update('com.example', { name: 'New', signers: [hexOf('b')] }, 0)).toEqual({
        ...app,
        name: 'New',
        min_version_code: 7,
        signers: [hexOf('b')],
      })
      expect(await apps.update('com.example', { signers: [] }, 0)).toMatchObject({ signers: [] })
      expect(await apps.update('com.other', { name: 'New', signers: [hexOf('b')] }, 0)).toBeUndefined()
    })

    it('takes builds with it when it is removed, and leaves APIs and keys that named it', async () => {
      const { db } = await world.open()
      const [apps, builds, apis] = [
        createAppRepository({ db }),
        createBuildRepository({ db }),
        createApiRepository({ db }),
      ]
      const keys = createApiKeyRepository({ db, macs: rowMacs })
      await apps.insert(exampleApp('com.example', { signers: [hexOf('a')] }))
      await apps.insert(exampleApp('com.other'))
      await builds.insert(exampleBuild('com.example', '1'))
      await builds.insert(exampleBuild('com.other', '1'))
      await apis.insert(exampleApi('https://api.example', ['com.example', 'com.other']))
      const key = { id: 'key', name: 'CI', scope: 'registration' as const, apps: ['com.example'] }
      await keys.insert({
        ...key,
        public_key: null,
        let_through: false,
        expires_at: null,
        last_used_at: null,
        created_at: '2026-11-25T01:02:03.004Z',
        prefix: 'ab',
        hash: hexOf('secret'),
      })

      expect(await apps.remove('com.example')).toBe(true)
      expect(await apps.remove('com.example')).toBe(false)
      expect(await builds.find('com.example', '1')).toBeUndefined()
      expect(await builds.find('com.other', '1')).toBeDefined()
      expect((await apis.find('https://api.example'))?.apps).toEqual(['com.other'])
      expect((await keys.findByHash(hexOf('secret')))?.apps).toEqual([])

      await apps.insert(exampleApp('com.example'))
      expect((await apps.find('com.example'))?.signers).toEqual([])
      expect((await keys.findByHash(hexOf('secret')))?.apps).toEqual([])
    })

    it('lets one of two insertions of an id win', async () => {
      const [first, second] = [await world.open(), await world.openSecond()].map(createAppRepository)
      const outcomes = await Promise.all([
        first?.insert(exampleApp('com.example', { name: 'One', signers: [hexOf('one')] })),
        second?.insert(exampleApp('com.example', { name: 'Two', signers: [hexOf('two')] })),
      ])
      expect(outcomes.sort()).toEqual(['exists', 'ok'])
      const app = await first?.find('com.example')
      expect(app?.signers).toEqual([hexOf(app?.name === 'One' ? 'one' : 'two')])
    })

    it('never mixes the signers of two updates', async () => {
      const [first, second] = [await world.open(), await world.openSecond()].map(createAppRepository)
      await first?.insert(exampleApp('com.example'))
      const [one, two] = [['a', 'b'].map(hexOf).sort(), ['c', 'd'].map(hexOf).sort()]
      for (let round = 0; round < 10; round += 1) {
        await Promise.all([
          first?.update('com.example', { signers: one }, 0),
          second?.update('com.example', { signers: two }, 0),
        ])
        const { signers } = (await first?.find('com.example')) ?? {}
        expect([one, two]).toContainEqual(signers)
      }
    })
  })
}
