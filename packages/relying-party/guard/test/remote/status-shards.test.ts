import { describe, expect, test, vi } from 'vitest'
import { statusListPath } from '@assay/protocol'
import { createGuard, StatusListError, type GuardCrypto, type StaleStatus } from '@assay/guard'
import {
  app,
  audience,
  codeOf,
  cryptos,
  guardOptions,
  issuer,
  mintProof,
  mintStatusList,
  mintToken,
  newRequest,
  now,
} from '../minting.ts'
import { makeShards, namesOf, published } from './shard-making.ts'

const banned = 'pseudonym-9'
const url = issuer + statusListPath(audience)
type Answer = () => Response | Promise<Response>

/** An issuer whose list has shards, a guard, and a clock that the test sets. */
function world(crypto: GuardCrypto = guardOptions().crypto as GuardCrypto) {
  const state = {
    at: now,
    head: (): Response => new Response(null, { status: 404 }),
    files: new Map<string, Uint8Array>(),
    /** In place of the file of this digest. */
    instead: new Map<string, Answer>(),
    asked: [] as string[],
    underWay: 0,
    mostUnderWay: 0,
    stale: [] as StaleStatus[],
  }
  const fetch = async (target: string): Promise<Response> => {
    if (target === url) return state.head()
    const digest = target.slice(url.length + 1)
    state.asked.push(digest)
    state.mostUnderWay = Math.max(state.mostUnderWay, ++state.underWay)
    try {
      await new Promise(setImmediate)
      const file = state.files.get(digest)
      const answer =
        state.instead.get(digest) ??
        (() =>
          new Response(file === undefined ? null : new Uint8Array(file), {
            status: file === undefined ? 404 : 200,
          }))
      return await answer()
    } finally {
      state.underWay--
    }
  }
  const running: Promise<unknown>[] = []
  const statusList = { fetch, timeout: 60, onStale: (stale: StaleStatus) => state.stale.push(stale) }
  const guard = createGuard(guardOptions({ crypto, statusList, clock: () => state.at * 1000 }))
  const decide = async (
    claims = {},
    token = mintToken({ claims: { iat: state.at - 5, exp: state.at + 295, ...claims } }),
  ) => {
    const request = newRequest({ token, proof: mintProof({ claims: { iat: state.at } }) })
    const decision = await guard.verify(request, { waitUntil: (promise) => running.push(promise) })
    await Promise.all(running)
    return decision
  }
  const ask = async (claims = {}) => codeOf(await decide(claims))
  /** From now on the service has these shards. */
  const publish = (shards: readonly Uint8Array[], claims = {}) => {
    const { claims: said, files } = published(shards)
    state.files = files
    state.head = () =>
      new Response(mintStatusList({ iat: state.at - 5, exp: state.at + 3595, ...said, ...claims }))
    return said.shards
  }
  return { state, ask, decide, publish }
}

const eight = () => makeShards([...namesOf(1_500), banned], 3)

describe('a list with shards', () => {
  test.each(cryptos)('refuses the names in them, and builds, by %s', async (_, crypto) => {
    const { ask, publish, state } = world(crypto())
    const digests = publish(eight(), { retired: [{ app, build: '1.0.0' }] })
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(await ask({ installation: 'n-0' })).toBe('TOKEN_BANNED')
    expect(await ask({ installation: 'n-1499' })).toBe('TOKEN_BANNED')
    expect(await ask({ installation: 'n-1500' })).toBe('ok')
    expect(await ask({ build: '1.0.0' })).toBe('TOKEN_BUILD_RETIRED')
    expect(await ask({ build: '1.0.0', installation: banned })).toBe('TOKEN_BANNED')
    expect(state.asked.toSorted()).toEqual([...digests].sort())
  })

  test.each([0, 10])('may have 2^%i of them', async (k) => {
    const { ask, publish } = world()
    publish(makeShards([...namesOf(1_500), banned], k))
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(await ask()).toBe('ok')
  })

  test('still refuses a name that it lists itself', async () => {
    const { ask, publish } = world()
    publish(eight(), { banned: ['pseudonym-7'] })
    expect(await ask({ installation: 'pseudonym-7' })).toBe('TOKEN_BANNED')
  })

  test('is asked once about a token that the guard knows, until there is another list', async () => {
    const plain = guardOptions().crypto as GuardCrypto
    const hashed: unknown[] = []
    const { state, publish, decide } = world({
      ...plain,
      sha256: (data) => {
        if (typeof data === 'string') hashed.push(data)
        return plain.sha256(data)
      },
    })
    publish(eight())
    const token = mintToken({ claims: { iat: now - 5, exp: now + 295 } })
    const ofName = () => hashed.filter((data) => data === 'pseudonym-1').length
    for (let i = 0; i < 3; i++) expect(await decide({}, token)).toMatchObject({ ok: true })
    expect(ofName()).toBe(1)
    publish(makeShards([...namesOf(1_500), 'pseudonym-1'], 3))
    state.at += 21
    for (let i = 0; i < 2; i++) expect(await decide({}, token)).toMatchObject({ code: 'TOKEN_BANNED' })
    expect(ofName()).toBe(2)
  })

  test('is fetched with few requests at a time, and only where it has changed', async () => {
    const { ask, publish, state } = world()
    const before = publish(eight())
    expect(await ask()).toBe('ok')
    expect(state.asked).toHaveLength(8)
    expect(state.mostUnderWay).toBe(4)
    state.asked = []
    state.at += 21
    const after = publish(makeShards([...namesOf(1_500), banned, 'pseudonym-1'], 3))
    expect(await ask()).toBe('TOKEN_BANNED')
    expect(state.asked).toEqual(after.filter((digest) => !before.includes(digest)))
    expect(state.asked).toHaveLength(1)
  })

  test('that has not changed is not fetched again', async () => {
    const { ask, publish, state } = world()
    publish(eight())
    await ask()
    state.asked = []
    state.at += 21
    state.head = () =>
      new Response(mintStatusList({ iat: state.at, exp: state.at + 3600, ...published(eight()).claims }))
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(state.asked).toEqual([])
  })

  test('needs none any more once its names fit into it', async () => {
    const { ask, publish, state } = world()
    publish(eight())
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    state.at += 21
    publish([], { shards: undefined, banned: ['pseudonym-2'] })
    expect(await ask({ installation: banned })).toBe('ok')
    expect(await ask({ installation: 'pseudonym-2' })).toBe('TOKEN_BANNED')
  })

  test('comes in parts: what a failed attempt has fetched is not fetched again', async () => {
    const { ask, publish, state } = world()
    const digests = publish(eight())
    state.instead.set(digests[0] as string, () => new Response(null, { status: 503 }))
    expect(await ask()).toBe('STATUS_LIST_FAILED')
    expect(new Set(state.asked).size).toBe(8)
    state.asked = []
    state.instead.clear()
    state.at += 5
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(state.asked).toEqual([digests[0]])
  })
})

describe('a shard that is not taken', () => {
  const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 8)
  const flipped = (bytes: Uint8Array) => Buffer.from(bytes).fill((bytes[9] as number) ^ 1, 9, 10)
  const older = makeShards(namesOf(1_000), 3)
  test.each<[string, (shards: readonly Uint8Array[]) => Uint8Array, string]>([
    ['forged', ([first]) => flipped(first as Uint8Array), 'STATUS_SHARD_DIGEST'],
    ['cut', ([first]) => cut(first as Uint8Array), 'STATUS_SHARD_DIGEST'],
    ['cut within a prefix', ([first]) => (first as Uint8Array).subarray(1), 'STATUS_SHARD_DIGEST'],
    ['empty', () => new Uint8Array(), 'STATUS_SHARD_DIGEST'],
    ['swapped for another one', ([, second]) => second as Uint8Array, 'STATUS_SHARD_DIGEST'],
    ['older', () => older[0] as Uint8Array, 'STATUS_SHARD_DIGEST'],
    ['longer than any', () => new Uint8Array(65_537), 'STATUS_SHARD_SIZE'],
    ['endless', () => new Uint8Array(4_000_000), 'STATUS_SHARD_SIZE'],
  ])('%s: the guard keeps what it has, or judges nothing, and its twin is taken', async (_, forged, code) => {
    const { ask, decide, publish, state } = world()
    const shards = [...eight()]
    const digests = publish(shards)
    state.instead.set(digests[0] as string, () => new Response(new Uint8Array(forged(shards))))
    const first = await decide()
    expect(first).toMatchObject({ ok: false, code: 'STATUS_LIST_FAILED' })
    expect((first as { cause?: unknown }).cause).toBeInstanceOf(StatusListError)
    expect(first).toMatchObject({ cause: { code } })
    state.instead.clear()
    state.at += 5
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    // Now there is a good one: a bad one does not replace it.
    state.at += 21
    const next = publish(makeShards(namesOf(1_501), 3))
    for (const digest of next) state.instead.set(digest, () => new Response(new Uint8Array(forged(shards))))
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(state.stale).toMatchObject([{ decisions: 1, cause: { code } }])
  })

  test.each<[string, (shards: Buffer[]) => Buffer[]]>([
    ['in another order', ([first, ...rest]) => [Buffer.from(first as Buffer).reverse(), ...rest]],
    [
      'with a prefix twice',
      ([first = Buffer.of(), ...rest]) => [Buffer.concat([first.subarray(0, 8), first]), ...rest],
    ],
    ['of broken prefixes', ([first = Buffer.of(), ...rest]) => [first.subarray(0, 12), ...rest]],
    [
      'in places that are swapped',
      ([first = Buffer.of(), second = Buffer.of(), ...rest]) => [second, first, ...rest],
    ],
    [
      'with what belongs to the next',
      ([first = Buffer.of(), second = Buffer.of(), ...rest]) => [
        Buffer.concat([first, second]),
        second,
        ...rest,
      ],
    ],
  ])('signed for, but %s', async (_, change) => {
    const { ask, decide, publish, state } = world()
    publish(change(eight()))
    expect(await decide()).toMatchObject({
      code: 'STATUS_LIST_FAILED',
      cause: { code: 'STATUS_SHARD_CONTENT' },
    })
    publish(eight())
    state.at += 5
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
  })

  test('that the service does not have', async () => {
    const { decide, publish, state } = world()
    publish(eight())
    state.files.clear()
    expect(await decide()).toMatchObject({
      code: 'STATUS_LIST_FAILED',
      cause: { code: 'STATUS_SHARD_ANSWER' },
    })
  })

  test('that never comes: the attempt ends with its time', async () => {
    const fetch = vi.fn(async (target: string): Promise<Response> => {
      if (target === url) return new Response(mintStatusList(published(eight()).claims))
      return new Promise(() => undefined)
    })
    const guard = createGuard(guardOptions({ statusList: { fetch, timeout: 0.05 } }))
    expect(codeOf(await guard.verify(newRequest()))).toBe('STATUS_LIST_FAILED')
    expect(fetch).toHaveBeenCalledTimes(5)
  })
})

describe('a list whose shards are not asked for', () => {
  const digest = 'A'.repeat(43)
  test.each<[string, object, string]>([
    [
      'names a hundred thousand',
      { shards: Array.from({ length: 100_000 }, () => digest) },
      'STATUS_LIST_FAILED',
    ],
    ['names 2,048', { shards: Array.from({ length: 2_048 }, () => digest) }, 'STATUS_LIST_SHARDS'],
    ['names three', { shards: [digest, digest, digest] }, 'STATUS_LIST_SHARDS'],
    ['names none, but says so', { shards: [] }, 'STATUS_LIST_SHARDS'],
    ['names them by an object', { shards: { 0: digest } }, 'STATUS_LIST_SHARDS'],
    ['names a digest that is too short', { shards: ['A'.repeat(42)] }, 'STATUS_LIST_MALFORMED'],
    ['names a digest with unused bits', { shards: ['A'.repeat(42) + 'B'] }, 'STATUS_LIST_MALFORMED'],
    ['names a path', { shards: ['../../../v1/apps/com.example.app/builds/123/'] }, 'STATUS_LIST_MALFORMED'],
    ['names a number', { shards: [7] }, 'STATUS_LIST_MALFORMED'],
    ['is older than the current one', { iat: now - 6, ...published(eight()).claims }, 'STATUS_LIST_OLDER'],
  ])('%s', async (_, claims, code) => {
    const { ask, publish, state } = world()
    publish(eight())
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    state.asked = []
    state.at += 21
    publish([], { iat: state.at, ...claims })
    expect(await ask({ installation: banned })).toBe('TOKEN_BANNED')
    expect(state.asked).toEqual([])
    if (code !== 'STATUS_LIST_FAILED') expect(state.stale).toMatchObject([{ cause: { code } }])
    else expect(state.stale).toHaveLength(1)
  })

  test('a hundred thousand fit into no list by default, and are refused where one may be longer', async () => {
    const shards = Array.from({ length: 100_000 }, () => digest)
    const asked: string[] = []
    const fetch = async (target: string) => {
      asked.push(target)
      return new Response(mintStatusList({ shards }))
    }
    for (const [maxBytes, code] of [
      [undefined, undefined],
      [16_777_216, 'STATUS_LIST_SHARDS'],
    ] as const) {
      const guard = createGuard(
        guardOptions({ statusList: { fetch, ...(maxBytes === undefined ? {} : { maxBytes }) } }),
      )
      const decision = await guard.verify(newRequest())
      expect(decision).toMatchObject({ ok: false, code: 'STATUS_LIST_FAILED' })
      expect((decision as { cause?: { code?: string } }).cause?.code).toBe(code)
    }
    expect(asked).toEqual([url, url])
  })
})
