import { webcrypto } from 'node:crypto'
import { expect, it } from 'vitest'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { webKeyStore } from '../../src/web/key-store.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { fakeStore } from '../fake/fake-store.ts'
import { fakeWorld } from '../fake/fake-world.ts'

const subtle = webcrypto.subtle as unknown as SubtleCrypto

it('keeps one key that cannot be exported', async () => {
  const store = fakeStore()
  const key = await webKeyStore(store, subtle).open()
  expect(Object.keys(key.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  const { privateKey } = store.values.get('key') as { privateKey: CryptoKey }
  expect(privateKey.extractable).toBe(false)
  expect(privateKey.usages).toEqual(['sign'])
  await expect(subtle.exportKey('pkcs8', privateKey)).rejects.toThrow()
  store.values.set('tokens', { id: `com.example.app ${JSON.stringify(key.publicJwk)}` })
  expect((await webKeyStore(store, subtle).open()).publicJwk).toEqual(key.publicJwk)
})

it.each([
  ['no tokens', undefined],
  ['tokens of another key', { id: 'com.example.app {"x":"other"}' }],
])('replaces a key that lay there before the page beside %s', async (_name, tokens) => {
  const store = fakeStore()
  const planted = await webKeyStore(store, subtle).open()
  if (tokens) store.values.set('tokens', tokens)
  const keys = webKeyStore(store, subtle)
  const { publicJwk } = await keys.open()
  expect(publicJwk).not.toEqual(planted.publicJwk)
  expect((store.values.get('key') as { publicJwk: unknown }).publicJwk).toEqual(publicJwk)
  expect((await keys.open()).publicJwk).toEqual(publicJwk)
})

it('signs ES256 so that the service can verify it', async () => {
  const { client } = fakeWorld({ keyStore: webKeyStore(fakeStore(), subtle) })
  expect((await client.getToken()).token).toBe('token-1')
})

it('keeps its key over updates of the page, also where tokens of another build lie beside it', async () => {
  const store = fakeStore()
  const world = fakeWorld({ keyStore: nodeKeyStore() })
  for (let version = 0; version <= 13; version++) {
    const shared = webSharedState('test', store, undefined)
    const page = world.another({ build: `1.${version}`, keyStore: webKeyStore(store, subtle), shared })
    await page.getToken()
    page.close()
  }
  expect(world.service.clientData.map(({ build }) => build)).toHaveLength(14)
  expect(new Set(world.service.clientData.map(({ key }) => key.x)).size).toBe(1)
})

it('sees a key that another tab has renewed', async () => {
  const store = fakeStore()
  const [one, two] = [webKeyStore(store, subtle), webKeyStore(store, subtle)]
  await one.open()
  const renewed = await two.renew()
  expect((await one.open()).publicJwk).toEqual(renewed.publicJwk)
})

it('sees it also after it has renewed one itself', async () => {
  const store = fakeStore()
  const [one, two] = [webKeyStore(store, subtle), webKeyStore(store, subtle)]
  await one.renew()
  const renewed = await two.renew()
  expect((await one.open()).publicJwk).toEqual(renewed.publicJwk)
})

it('keeps a renewed key as long as the page lives where the browser keeps nothing', async () => {
  const store = fakeStore()
  store.broken = true
  const keys = webKeyStore(store, subtle)
  await expect(keys.open()).rejects.toThrow()
  const { publicJwk } = await keys.renew()
  expect((await keys.open()).publicJwk).toEqual(publicJwk)
  const { client, events } = fakeWorld({ keyStore: webKeyStore(store, subtle) })
  expect((await client.getToken()).token).toBe('token-1')
  expect(events.map(({ name }) => name)).toContain('key-renewed')
})

it('makes another key where what is kept is none', async () => {
  const store = fakeStore()
  store.values.set('key', 'rubbish')
  const { client } = fakeWorld({ keyStore: webKeyStore(store, subtle) })
  expect((await client.getToken()).token).toBe('token-1')
})
