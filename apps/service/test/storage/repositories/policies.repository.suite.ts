import { describe, expect, it } from 'vitest'
import { createApiRepository } from '../../../src/storage/repositories/apis.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createPolicyRepository } from '../../../src/storage/repositories/policies.repository.ts'
import { exampleApi, exampleApp } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

const now = Date.parse('2026-11-26T12:00:00Z')

export function policyRepositorySuite(world: StorageWorld): void {
  const open = async () => createPolicyRepository({ db: (await world.open()).db })

  describe('policies', () => {
    it('have one more version at each change, and the newest is the one that counts', async () => {
      const policies = await open()
      expect(await policies.add('own', { rules: [1] }, now)).toBe(1)
      expect(await policies.add('other', { rules: [2] }, now)).toBe(1)
      expect(await policies.add('own', { rules: [3] }, now + 1)).toBe(2)
      expect(await policies.list(all)).toEqual([
        {
          id: 'other',
          version: 1,
          preset: false,
          document: { rules: [2] },
          created_at: '2026-11-26T12:00:00.000Z',
        },
        {
          id: 'own',
          version: 2,
          preset: false,
          document: { rules: [3] },
          created_at: '2026-11-26T12:00:00.001Z',
        },
      ])
      expect(await policies.find('own')).toMatchObject({ id: 'own', version: 2 })
      expect(await policies.find('none')).toBeUndefined()
      expect(await policies.list({ after: 'other', limit: 5 })).toMatchObject([{ id: 'own' }])
    })

    it('are removed unless an app or an API names them', async () => {
      const { db } = await world.open()
      const policies = createPolicyRepository({ db })
      const [apps, apis] = [createAppRepository({ db }), createApiRepository({ db })]
      await policies.add('own', {}, now)
      await apps.insert(exampleApp('com.example', { policy: 'own' }))
      expect(await policies.remove('own')).toBe('in_use')
      await apps.update('com.example', { policy: null }, 0)
      await apis.insert(exampleApi('https://api.example.com', ['com.example'], { policy: 'own' }))
      expect(await policies.remove('own')).toBe('in_use')
      await apis.remove('https://api.example.com')
      expect(await policies.remove('own')).toBe(true)
      expect(await policies.remove('own')).toBe(false)
      expect(await policies.list(all)).toEqual([])
    })

    it('are removed although a text of an app is their id, and not while its shadow policy names them', async () => {
      const { db } = await world.open()
      const [apps, policies] = [createAppRepository({ db }), createPolicyRepository({ db })]
      await policies.add('own', {}, 0)
      await apps.insert(exampleApp('com.example', { name: 'own', shadow_policy: 'own' }))
      expect(await policies.remove('own')).toBe('in_use')
      await apps.update('com.example', { shadow_policy: null }, 0)
      expect(await policies.remove('own')).toBe(true)
    })

    it('are named by no app and no API unless they exist', async () => {
      const { db } = await world.open()
      const [apps, apis] = [createAppRepository({ db }), createApiRepository({ db })]
      const api = exampleApi('https://api.example.com', [])
      await apps.insert(exampleApp('com.example', { policy: 'balanced', shadow_policy: 'strict' }))
      await apis.insert(api)
      expect(await apps.insert(exampleApp('com.other', { policy: 'own' }))).toBe('policy_not_found')
      expect(await apps.update('com.example', { policy: 'own' }, 0)).toBe('policy_not_found')
      expect(await apps.update('com.example', { shadow_policy: 'own' }, 0)).toBe('policy_not_found')
      expect(await apis.insert({ ...api, audience: 'https://b.example', policy: 'own' })).toBe(
        'policy_not_found',
      )
      expect(await apis.update(api.audience, { policy: 'own' }, () => undefined)).toBe('policy_not_found')
      expect(await apps.list(all)).toMatchObject([{ policy: 'balanced', shadow_policy: 'strict' }])
      expect(await apis.list(all)).toEqual([api])
    })
  })
}
