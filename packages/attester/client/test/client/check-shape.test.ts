import { describe, expect, it } from 'vitest'
import { createAssayClient } from '../../src/client/assay-client.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/options/options.ts'
import { audience, fakeWorld } from '../fake/fake-world.ts'
import { misuse } from '../fake/misuse.ts'

const wrong: readonly (readonly [name: string, value: unknown])[] = [
  ['endpoints', undefined],
  ['endpoints', 'https://attest.example'],
  ['endpoints', []],
  ['endpoints', [5]],
  ['endpoints', ['']],
  ['app', 5],
  ['build', 5],
  ['audiences', null],
  ['audiences', undefined],
  ['audiences', 'https://api.example'],
  ['audiences', ['https://api.example']],
  ['audiences', { 'https://api.example': '' }],
  ['audiences', { 'https://api.example': 5 }],
  ['audiences', { 'https://api.example': audience, 'https://pay.example': null }],
  ['audiences', { 'https://api.example': 'no header' }],
  ['authorizationServers', audience],
  ['authorizationServers', [5]],
  ['authorizationServers', ['https://login.example']],
  ['image', undefined],
  ['image', null],
  ['image', {}],
  ['image', { segments: [null], read: () => undefined }],
  ['image', { segments: 'x', read: () => undefined }],
  ['crypto', {}],
  ['keyStore', {}],
  ['keyStore', { open: () => undefined }],
  ['shared', {}],
  ['evidence', 'x'],
  ['evidence', [null]],
  ['evidence', [{}]],
  ['evidence', new Array(1)],
  ['probes', 'x'],
  ['probes', [{ name: 'a' }]],
  ['live', {}],
  ['fetch', {}],
  ['clock', {}],
  ['random', 5],
  ['timers', {}],
  ['baseUrl', 5],
  ['baseUrl', 'relative/'],
  ['requestTimeout', 0],
  ['requestTimeout', NaN],
  ['requestTimeout', '10'],
  ['requestTimeout', 2 ** 31],
  ['idleAfter', -1],
  ['idleAfter', NaN],
]

describe('createAssayClient', () => {
  it.each(wrong)('refuses a wrong %s when the client is made (%j)', (name, value) => {
    const { another } = fakeWorld()
    expect(() => another({ [name]: value })).toThrow(misuse(name))
  })

  it.each([undefined, null, 5])('refuses %s for options', (options) => {
    expect(() => createAssayClient(options as never)).toThrow(misuse('options'))
  })

  it('takes an option that is undefined for one that is left out', async () => {
    const names = ['shared', 'evidence', 'probes', 'live', 'baseUrl', 'requestTimeout', 'idleAfter']
    const { another } = fakeWorld()
    const client = another(Object.fromEntries(names.map((name) => [name, undefined])))
    expect((await client.getToken()).token).toBe('token-1')
  })

  it('takes ports whose functions are inherited', async () => {
    const { another, time } = fakeWorld()
    class Clock {
      monotonic() {
        return time.clock.monotonic()
      }
      wall() {
        return time.clock.wall()
      }
    }
    expect((await another({ clock: new Clock() }).getToken()).token).toBe('token-1')
  })

  it.each([undefined, null, {}])('tells a key store that gives %s for a key', async (key) => {
    const give = async () => key as never
    const { client } = fakeWorld({ keyStore: { open: give, renew: give } })
    await expect(client.getToken()).rejects.toMatchObject({
      code: 'key_store_failed',
      cause: { message: expect.stringContaining('keyStore: returned no key') as string },
    })
  })
})

describe('the core that web apps use too', () => {
  it.each(wrong.filter(([name]) => name === 'endpoints' || name === 'audiences'))(
    'refuses a wrong %s when the client is made (%j)',
    (name, value) => {
      const good = {
        endpoints: ['https://attest.example'],
        app: 'com.example.app',
        build: '1.0+1',
        audiences: { 'https://api.example': audience },
      }
      const options = { ...good, [name]: value } as unknown as ClientOptions
      expect(() => createClient(options)).toThrow(misuse(name))
    },
  )
})
