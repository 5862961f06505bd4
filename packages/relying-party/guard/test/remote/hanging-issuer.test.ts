import { afterEach, describe, expect, test, vi } from 'vitest'
import { jwks, mintToken, newKey, now, publishedKey } from '../minting.ts'
import { outage, world } from './issuer-world.ts'

afterEach(() => void vi.useRealTimers())

describe('an issuer that hangs', () => {
  const hang = () => new Promise<Response>(() => undefined)

  test('holds nobody up whose key is at hand, for the whole stale hour', async () => {
    const { state, ask, background } = world({ maxAge: 600, staleIfError: 3600, timeout: 60 })
    expect(await ask()).toBe('ok')
    let giveUp: () => void = () => undefined
    state.answer = () => new Promise((_, reject) => (giveUp = () => reject(new Error('timed out'))))
    for (let age = 301; age <= 4200; age += 90) {
      state.at = now + age
      // Whoever waited for the fetch would wait for a minute: it ends below.
      expect(await ask()).toBe('ok')
      giveUp()
      await background()
    }
    state.at = now + 4201
    state.answer = outage
    expect(await ask()).toBe('KEY_SOURCE_FAILED')
  })

  test('is asked again at growing distances from the end of the attempt before', async () => {
    const { state, ask, background } = world({ maxAge: 600, cooldown: 60, timeout: 0.05 })
    expect(await ask()).toBe('ok')
    state.answer = async () => {
      // The clock goes on while the fetch hangs.
      state.at += 4
      return hang()
    }
    state.at += 601
    const times: number[] = []
    for (let second = 0; second < 200; second++, state.at++) {
      const before = state.fetches
      expect(await ask()).toBe('ok')
      if (state.fetches === before) continue
      times.push(state.at)
      await background()
    }
    const pauses = times.slice(1).map((at, i) => at - (times[i] as number))
    expect(pauses.slice(0, 5)).toEqual([9, 14, 24, 44, 64])
  })

  test('is found out of once it answers', async () => {
    const { state, ask, background } = world({ maxAge: 600, timeout: 0.05 })
    const good = state.answer
    expect(await ask()).toBe('ok')
    state.answer = hang
    state.at += 601
    expect(await ask()).toBe('ok')
    await background()
    state.answer = good
    state.at += 30
    await ask()
    await background()
    const { fetches } = state
    state.at += 200
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(fetches)
  })

  test('a withdrawn key is not served on by a guard that had nothing to do meanwhile', async () => {
    const { state, ask } = world({ maxAge: 60, cooldown: 30 })
    const token = mintToken({ claims: { iat: now, exp: now + 900 } })
    expect(await ask(token)).toBe('ok')
    state.answer = async () => Response.json({ keys: [jwks.keys[1]] })
    state.at += 600
    expect(await ask(token)).toBe('TOKEN_KEY_UNKNOWN')
  })

  test.each<[string, () => object, string]>([
    ['a withdrawn key is refused', () => ({ keys: [jwks.keys[1]] }), 'TOKEN_KEY_UNKNOWN'],
    ['one that is still published serves', () => jwks, 'ok'],
  ])(
    '%s after a pause, however long the set takes, also if a fetch failed before',
    async (_, published, expected) => {
      const { state, ask, background } = world()
      expect(await ask()).toBe('ok')
      state.answer = outage
      state.at += 301
      expect(await ask()).toBe('ok')
      await background()
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      let answer: (response: Response) => void = () => undefined
      state.answer = () => new Promise((resolve) => (answer = resolve))
      state.at += 301
      const asked = ask()
      await vi.waitUntil(() => state.fetches === 3)
      await vi.advanceTimersByTimeAsync(1000)
      answer(Response.json(published()))
      expect(await asked).toBe(expected)
    },
  )

  test('holds up requests after a pause for two seconds at most', async () => {
    const { state, ask } = world({ timeout: 60 })
    expect(await ask()).toBe('ok')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    state.answer = hang
    state.at += 3960
    const asked = ask()
    await vi.waitUntil(() => state.fetches === 2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await asked).toBe('ok')
    state.at += 2
    // No timer runs: whoever waited would wait forever.
    expect(await ask()).toBe('ok')
    expect(state.fetches).toBe(2)
  })

  test('an attempt that the runtime has dropped is made anew, and seen through by whoever makes it', async () => {
    const { state, ask } = world({ maxAge: 600, timeout: 60 })
    expect(await ask()).toBe('ok')
    // Neither the fetch nor the timer that bounds it goes on: what a worker's request leaves behind.
    const { setTimeout: real } = globalThis
    globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
    state.answer = hang
    state.at += 301
    expect(await ask()).toBe('ok')
    globalThis.setTimeout = real
    const next = newKey('ES256', 'next issuer')
    state.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      return Response.json({ keys: [publishedKey(next, 'key-3')] })
    }
    state.at += 400
    expect(await ask()).toBe('TOKEN_KEY_UNKNOWN')
    expect(state.fetches).toBe(3)
  })
})
