import { describe, expect, it } from 'vitest'
import type { AssayClientOptions } from '../../src/options/options.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { fakeLocks, fakeStore } from '../fake/fake-store.ts'
import { audience, codeOf, fakeWorld } from '../fake/fake-world.ts'

/** The world as two tabs see it: one service, one key, one store, one set of locks. */
function tabs(change: Partial<AssayClientOptions> = {}) {
  const store = fakeStore()
  const shared = webSharedState('test', store, fakeLocks())
  const world = fakeWorld({ shared })
  return { ...world, store, second: () => world.another(change) }
}

describe('two tabs', () => {
  it('share one exchange, when they start at once', async () => {
    const { client, second, service } = tabs()
    const [one, two] = await Promise.all([client.getToken(), second().getToken()])
    expect([one.token, two.token]).toEqual(['token-1', 'token-1'])
    expect(service.calls).toHaveLength(2)
  })

  it('share refreshes', async () => {
    const { client, second, service, time } = tabs()
    const other = second()
    await client.getToken()
    await other.getToken()
    for (let round = 2; round <= 5; round++) {
      await time.advance(151_000)
      expect(service.issued).toHaveLength(round)
      expect((await client.getToken()).token).toBe(`token-${round}`)
      expect((await other.getToken()).token).toBe(`token-${round}`)
    }
  })

  it('make an exchange each where the browser has no locks, and still share what is there', async () => {
    const { another, service } = fakeWorld()
    const shared = webSharedState('test', fakeStore(), undefined)
    await another({ shared }).getToken()
    await another({ shared }).getToken()
    expect(service.issued).toHaveLength(1)
  })

  it('take the key over that the other has renewed', async () => {
    const { client, second, service } = tabs()
    await client.getToken()
    service.mishaps['/v1/attestations'].push(
      () =>
        new Response(JSON.stringify({ code: 'client_data_signature_invalid' }), {
          status: 400,
        }),
    )
    await second().getToken(audience, { forceRefresh: true })
    expect(service.clientData.at(-1)?.key).not.toEqual(service.clientData[0]?.key)
    await client.getToken(audience, { forceRefresh: true })
    expect(service.clientData.at(-1)?.key).toEqual(service.clientData.at(-2)?.key)
  })
})

describe('a tab that waits for one whose code never arrives', () => {
  const never = () => new Promise<never>(() => undefined)

  it('is served when the other has given up', async () => {
    const { second, another, time } = tabs()
    const stuck = codeOf(another({ image: never }).getToken())
    await time.advance(1)
    const waiting = second().getToken()
    await time.advance(120_000)
    expect(await stuck).toBe('measurement_failed')
    expect((await waiting).token).toBe('token-1')
  })

  it('is served when the other is closed', async () => {
    const { second, another, time } = tabs()
    const other = another({ image: never })
    const stuck = codeOf(other.getToken())
    await time.advance(1)
    const waiting = second().getToken()
    other.close()
    expect(await stuck).toBe('closed')
    expect((await waiting).token).toBe('token-1')
  })

  it('ends by `close`, and takes nothing over afterwards', async () => {
    const { client, second, another, time } = tabs()
    const other = another({ image: never })
    const stuck = codeOf(other.getToken())
    await time.advance(1)
    const next = client.getToken()
    const closed = second()
    const heard: string[] = []
    closed.on('token', ({ source }) => heard.push(source))
    const waiting = codeOf(closed.getToken())
    await time.advance(1)
    closed.close()
    expect(await waiting).toBe('closed')
    other.close()
    client.on('token', () => client.close())
    await Promise.all([stuck, next])
    await time.advance(1)
    expect(heard).toEqual([])
    expect(time.pending()).toEqual([])
  })
})

describe('a reload', () => {
  it('finds the token and the offset of the clock', async () => {
    const { client, second, service, time } = tabs()
    time.setWall(-86_400_000)
    await client.getToken()
    client.close()
    await time.advance(100_000)
    const reloaded = second()
    expect(await reloaded.getToken()).toMatchObject({ token: 'token-1', expiresIn: 195 })
    const { DPoP = '' } = await reloaded.proof({ method: 'GET', url: 'https://api.example/' })
    const { iat } = JSON.parse(Buffer.from(DPoP.split('.')[1] as string, 'base64url').toString()) as {
      iat: number
    }
    expect(Math.abs(iat - time.trueSeconds())).toBeLessThanOrEqual(1)
    expect(service.calls).toHaveLength(2)
  })

  it('refreshes at once in the background when half of the life is over', async () => {
    const { client, second, service, time } = tabs()
    await client.getToken()
    client.close()
    await time.advance(200_000)
    expect((await second().getToken()).token).toBe('token-1')
    await time.advance(1)
    expect(service.issued).toHaveLength(2)
  })

  it('does not use what has expired', async () => {
    const { client, second, time } = tabs()
    await client.getToken()
    client.close()
    await time.advance(300_000)
    expect((await second().getToken()).token).toBe('token-2')
  })

  it('does not use what is younger than nothing, after the clock was set back', async () => {
    const { client, second, time } = tabs()
    await client.getToken()
    time.setWall(-10_000)
    expect((await second().getToken()).token).toBe('token-2')
  })

  it.each([
    ['another build', { build: '2.0' }],
    ['another app', { app: 'com.example.other' }],
    ['another API', { audiences: { 'https://b.example': 'https://b.example' } }],
  ])('does not use tokens of %s', async (_, change) => {
    const { client, second, service } = tabs(change)
    await client.getToken()
    const found = await second().getToken()
    expect(found.token).toBe('token-2')
    expect(service.issued).toHaveLength(2)
  })

  it.each([null, 'text', 1, {}, { id: 'x' }])('takes %j in the store for nothing', async (stored) => {
    const { client, store } = tabs()
    store.values.set('tokens', stored)
    expect((await client.getToken()).token).toBe('token-1')
  })

  it('tells that tokens came from there', async () => {
    const { client, second } = tabs()
    await client.getToken()
    const reloaded = second()
    const sources: string[] = []
    reloaded.on('token', ({ source }) => sources.push(source))
    await reloaded.getToken()
    await Promise.resolve()
    expect(sources).toEqual(['shared'])
  })
})

it('a store that is broken is taken for an empty one', async () => {
  const { client, store } = tabs()
  store.broken = true
  expect((await client.getToken()).token).toBe('token-1')
})

it('offline is told by its code, and ends', async () => {
  const { client, second, service, time } = tabs()
  service.down.add('attest.example')
  expect(await codeOf(time.settle(client.getToken()))).toBe('network')
  service.down.clear()
  client.wake()
  await client.getToken()
  service.down.add('attest.example')
  expect((await second().getToken()).token).toBe('token-1')
})

it('goes without locks where the document may not use them', async () => {
  const locks = { request: () => Promise.reject(new DOMException('sandboxed', 'SecurityError')) }
  const shared = webSharedState('test', fakeStore(), locks as unknown as LockManager)
  expect(await shared.exclusively(() => Promise.resolve(1))).toBe(1)
})

it('passes on what the work throws, does it once, and lets the next one begin', async () => {
  let times = 0
  const shared = webSharedState('test', fakeStore(), fakeLocks())
  const work = () => {
    times++
    return Promise.reject(new Error('no'))
  }
  await expect(shared.exclusively(work)).rejects.toThrow('no')
  expect(times).toBe(1)
  expect(await shared.exclusively(() => Promise.resolve(2))).toBe(2)
})
