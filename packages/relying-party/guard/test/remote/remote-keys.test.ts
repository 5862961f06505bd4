import { afterEach, describe, expect, test, vi } from 'vitest'
import { createGuard } from '@assay/guard'
import {
  guardOptions,
  installation,
  issuerKey,
  jwks,
  mintToken,
  newKey,
  newRequest,
  now,
  publicJwkOf,
  publishedKey,
} from '../minting.ts'
import { outage, world } from './issuer-world.ts'

afterEach(() => void vi.useRealTimers())

describe('fetching', () => {
  test('one fetch for many requests at once', async () => {
    const { state, ask } = world()
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['ok', 'ok', 'ok'])
    expect(state.fetches).toBe(1)
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(1)
  })

  test('asks for JSON at the configured URL, follows no redirect and can be aborted', async () => {
    const seen: unknown[] = []
    const { ask } = world({
      fetch: async (url, init) => {
        seen.push(url, init.redirect, init.headers['Accept'], init.signal instanceof AbortSignal)
        return Response.json(jwks)
      },
    })
    expect(await ask()).toBe('ok')
    expect(seen).toEqual([
      'https://attest.example/jwks',
      'manual',
      'application/jwk-set+json, application/json',
      true,
    ])
  })

  test.each<[string, () => Promise<Response>]>([
    ['rejects', outage],
    [
      'throws',
      () => {
        throw new Error('no network')
      },
    ],
    ['never settles', () => new Promise<Response>(() => undefined)],
    ['answers 500', async () => Response.json(jwks, { status: 500 })],
    [
      'redirects',
      async () => new Response(null, { status: 302, headers: { Location: 'https://evil.example' } }),
    ],
    ['answers no JSON', async () => new Response('<html>')],
    ['answers a duplicate member', async () => new Response('{"keys":[],"keys":[]}')],
    ['answers what is not UTF-8', async () => new Response(new Uint8Array([0xff, 0xfe]))],
    ['answers an empty set', async () => Response.json({ keys: [] })],
    ['answers an empty body', async () => new Response(null)],
    [
      'answers a private key',
      async () => Response.json({ keys: [issuerKey.privateKey.export({ format: 'jwk' })] }),
    ],
    ['answers too much', async () => Response.json({ ...jwks, pad: 'x'.repeat(70_000) })],
    ['answers without end', async () => new Response(endless())],
    ['answers a body that stops halfway', async () => new Response(broken())],
    ['answers a body that never comes', async () => new Response(new ReadableStream({}))],
    [
      'answers a point off the curve',
      async () => Response.json({ keys: [{ ...jwks.keys[0], y: publicJwkOf(issuerKey).x }] }),
    ],
  ])('an issuer that %s is a malfunction, and passes once it answers', async (_, answer) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { state, ask } = world()
    const good = state.answer
    state.answer = answer
    const asked = ask()
    await vi.advanceTimersByTimeAsync(61_000)
    expect(await asked).toBe('KEY_SOURCE_FAILED')
    state.answer = good
    expect(await ask()).toBe('KEY_SOURCE_FAILED')
    state.at += 5
    expect(await ask()).toBe('ok')
  })

  test('after a failure the next attempt waits, whatever comes in', async () => {
    const { state, ask } = world()
    state.answer = outage
    for (let i = 0; i < 5; i++) expect(await ask()).toBe('KEY_SOURCE_FAILED')
    expect(state.fetches).toBe(1)
    state.at += 5
    expect(await ask()).toBe('KEY_SOURCE_FAILED')
    expect(state.fetches).toBe(2)
  })
})

describe('unknown keys', () => {
  let madeUp = 0
  const unknown = () => mintToken({ header: { kid: `made-up-${madeUp++}` } })

  test('cause one fetch per cooldown, however many come', async () => {
    const { state, ask } = world()
    expect(await ask()).toBe('ok')
    for (let i = 0; i < 10; i++) expect(await ask(unknown())).toBe('TOKEN_KEY_UNKNOWN')
    expect(state.fetches).toBe(1)
    state.at += 30
    for (let i = 0; i < 10; i++) expect(await ask(unknown())).toBe('TOKEN_KEY_UNKNOWN')
    expect(state.fetches).toBe(2)
  })

  test('a new key of the issuer is found by one refetch', async () => {
    const { state, ask } = world()
    expect(await ask()).toBe('ok')
    const next = newKey('ES256', 'next issuer')
    state.answer = async () => Response.json({ keys: [...jwks.keys, publishedKey(next, 'key-3')] })
    state.at += 30
    const claims = { iat: state.at, exp: state.at + 300 }
    expect(await ask(mintToken({ header: { kid: 'key-3' }, claims, key: next }))).toBe('ok')
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(2)
  })

  test('while fetching fails, nobody can say whether a kid exists: a malfunction, not a denial', async () => {
    const { state, ask } = world()
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 30
    expect(await ask(unknown())).toBe('KEY_SOURCE_FAILED')
    expect(await ask()).toBe('ok')
  })
})

describe('age', () => {
  test('renews in the background from half the age on, and waits for nobody', async () => {
    const { state, ask } = world()
    expect(await ask()).toBe('ok')
    let release = () => undefined as void
    state.answer = () =>
      new Promise((resolve) => {
        release = () => resolve(Response.json(jwks))
      })
    state.at += 301
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(2)
    release()
  })

  test('a withdrawn key takes its tokens with it, those in the cache too', async () => {
    const { state, ask } = world({ maxAge: 60, cooldown: 30 })
    const token = mintToken()
    expect(await ask(token)).toBe('ok')
    state.answer = async () => Response.json({ keys: [jwks.keys[1]] })
    state.at += 61
    expect(await ask(token)).toBe('TOKEN_KEY_UNKNOWN')
  })

  test('a replaced key under the same kid does so as well', async () => {
    const { state, ask } = world({ maxAge: 60, cooldown: 30 })
    const token = mintToken()
    expect(await ask(token)).toBe('ok')
    state.answer = async () => Response.json({ keys: [publishedKey(installation, 'key-1')] })
    state.at += 61
    expect(await ask(token)).toBe('TOKEN_SIGNATURE')
  })

  test('an unchanged key keeps its tokens', async () => {
    const { state, ask } = world({ maxAge: 60, cooldown: 30 })
    const token = mintToken()
    expect(await ask(token)).toBe('ok')
    state.at += 61
    expect(await ask(token)).toBe('ok')
    expect(state.fetches).toBe(2)
  })

  test('stale if error: up to the configured time beyond its age, and not a second longer', async () => {
    const { state, ask } = world({ maxAge: 600, staleIfError: 3600 })
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at = now + 600 + 3600
    expect(await ask()).toBe('ok')
    state.at += 1
    expect(await ask()).toBe('KEY_SOURCE_FAILED')
    state.answer = async () => Response.json(jwks)
    state.at += 5
    expect(await ask()).toBe('ok')
  })

  test('without stale-if-error a set that is too old is none', async () => {
    const { state, ask } = world({ staleIfError: 0 })
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 601
    expect(await ask()).toBe('KEY_SOURCE_FAILED')
  })

  test('a clock that was set back makes the set fetched anew', async () => {
    const { state, ask } = world({}, { replayStore: { shared: true, addIfAbsent: () => true } })
    expect(await ask()).toBe('ok')
    state.at -= 3600
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(2)
  })
})

test('what goes on in the background is given to a runtime that wants to know', async () => {
  const state = { at: now }
  const guard = createGuard(
    guardOptions({
      jwks: {
        url: 'https://attest.example/jwks',
        fetch: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          return Response.json(jwks)
        },
      },
      clock: () => state.at * 1000,
    }),
  )
  const kept: Promise<unknown>[] = []
  const context = {
    waitUntil(promise: Promise<unknown>) {
      // Workers refuse to be called without their object.
      if (this !== context) throw new TypeError('Illegal invocation')
      kept.push(promise)
    },
  }
  await guard.verify(newRequest(), context)
  expect(kept).toEqual([])
  state.at += 301
  await guard.verify(newRequest(), context)
  expect(kept).toHaveLength(1)
  await kept[0]
})

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4096).fill(32)) })
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(10).fill(32))
      controller.error(new Error('reset'))
    },
  })
}
