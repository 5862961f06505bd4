import { describe, expect, it } from 'vitest'
import { createApiRepository } from '../../../src/storage/repositories/apis.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { exampleApi, exampleApp } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

export function apiRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    const apps = createAppRepository({ db })
    for (const id of ['com.a1', 'com.b1', 'com.c1']) await apps.insert(exampleApp(id))
    return createApiRepository({ db })
  }

  describe('APIs', () => {
    it('returns what was inserted, with sorted apps, and tiers and origins in their order', async () => {
      const apis = await open()
      const api = exampleApi('https://api.example/v1', ['com.b1', 'com.a1'], {
        tiers: ['warning', 'affirming'],
        origins: ['https://z.example', 'https://a.example'],
      })
      expect(await apis.insert(api)).toBe('ok')
      expect(await apis.find('https://api.example/v1')).toEqual({ ...api, apps: ['com.a1', 'com.b1'] })
      expect(await apis.find('https://api.example')).toBeUndefined()
    })

    it('does not change an existing API', async () => {
      const apis = await open()
      const api = exampleApi('https://api.example', ['com.a1'])
      await apis.insert(api)
      expect(await apis.insert({ ...api, apps: ['com.b1'], mode: 'bearer' })).toBe('exists')
      expect(await apis.find('https://api.example')).toEqual(api)
    })

    it('refuses an app that is not registered, and writes nothing', async () => {
      const apis = await open()
      expect(await apis.insert(exampleApi('https://api.example', ['com.a1', 'com.none']))).toBe(
        'app_not_found',
      )
      expect(await apis.list(all)).toEqual([])
    })

    it('lists by audience', async () => {
      const apis = await open()
      const [first, second] = [
        exampleApi('https://a.example', ['com.a1', 'com.b1']),
        exampleApi('https://b.example', ['com.b1']),
      ]
      await apis.insert(second)
      await apis.insert(first)
      expect(await apis.list(all)).toEqual([first, second])
      expect(await apis.list({ after: first.audience, limit: 5 })).toEqual([second])
      expect(await apis.list({ after: undefined, limit: 1 })).toEqual([first])
    })

    it('changes what is given, and the whole of a list', async () => {
      const apis = await open()
      const api = exampleApi('https://api.example', ['com.a1', 'com.b1'])
      await apis.insert(api)
      const patch = { apps: ['com.c1', 'com.b1'], tiers: ['warning' as const], policy: 'strict' }
      const changed = { ...api, ...patch, apps: ['com.b1', 'com.c1'] }
      expect(await apis.update(api.audience, patch, () => undefined)).toEqual(changed)
      expect(await apis.find(api.audience)).toEqual(changed)
      expect(await apis.update(api.audience, {}, () => undefined)).toEqual(changed)
      expect(await apis.update('https://none.example', patch, () => undefined)).toBe('api_not_found')
    })

    it('knows audiences, and a web origin as long as some API has registered it', async () => {
      const apis = await open()
      const api = exampleApi('https://api.example', ['com.a1'], { origins: ['https://a', 'https://b'] })
      await apis.insert(api)
      await apis.insert(exampleApi('https://other.example', ['com.a1'], { origins: ['https://b'] }))
      const audiences = async () => [...(await apis.names()).audiences].sort()
      const known = async () => [...(await apis.names()).origins].sort()
      expect(await audiences()).toEqual(['https://api.example', 'https://other.example'])
      expect(await known()).toEqual(['https://a', 'https://b'])
      await apis.update(api.audience, { name: 'Other' }, () => undefined)
      expect(await known()).toEqual(['https://a', 'https://b'])
      await apis.update(api.audience, { origins: ['https://c'] }, () => undefined)
      expect(await known()).toEqual(['https://b', 'https://c'])
      await apis.remove(api.audience)
      expect(await known()).toEqual(['https://b'])
      expect(await audiences()).toEqual(['https://other.example'])
    })

    it('changes nothing where the change is refused, or an app is not registered', async () => {
      const apis = await open()
      const api = exampleApi('https://api.example', ['com.a1'])
      await apis.insert(api)
      const refuse = ({ mode }: { mode: string }) => {
        throw new Error(`refused as ${mode}`)
      }
      await expect(apis.update(api.audience, { mode: 'bearer', apps: ['com.b1'] }, refuse)).rejects.toThrow(
        'refused as bearer',
      )
      const unknown = { name: 'Other', apps: ['com.b1', 'com.none'] }
      expect(await apis.update(api.audience, unknown, () => undefined)).toBe('app_not_found')
      expect(await apis.find(api.audience)).toEqual(api)
    })

    it('carries out two changes one after the other', async () => {
      const apis = await open()
      const second = createApiRepository(await world.openSecond())
      const api = exampleApi('https://api.example', ['com.a1'])
      await apis.insert(api)
      await Promise.all([
        apis.update(api.audience, { apps: ['com.b1'] }, () => undefined),
        second.update(api.audience, { apps: ['com.c1'] }, () => undefined),
      ])
      expect([['com.b1'], ['com.c1']]).toContainEqual((await apis.find(api.audience))?.apps)
    })

    it('removes, and says when there was nothing', async () => {
      const apis = await open()
      await apis.insert(exampleApi('https://api.example', ['com.a1']))
      expect(await apis.remove('https://api.example')).toBe(true)
      expect(await apis.remove('https://api.example')).toBe(false)
      expect(await apis.list(all)).toEqual([])
      expect(await apis.insert(exampleApi('https://api.example', ['com.b1']))).toBe('ok')
      expect((await apis.find('https://api.example'))?.apps).toEqual(['com.b1'])
    })

    it('lets one of two insertions of an audience win', async () => {
      const apis = await open()
      const second = createApiRepository(await world.openSecond())
      const [one, two] = [
        exampleApi('https://api.example', ['com.a1']),
        exampleApi('https://api.example', ['com.b1']),
      ]
      const outcomes = await Promise.all([apis.insert(one), second.insert(two)])
      expect([...outcomes].sort()).toEqual(['exists', 'ok'])
      expect(await apis.find('https://api.example')).toEqual(outcomes[0] === 'ok' ? one : two)
    })
  })
}
