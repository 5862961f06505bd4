import { afterEach, describe, expect, test, vi } from 'vitest'
import { statusListPath } from '@assay/protocol'
import { createGuard, type GuardOptions, type StaleStatus, type StatusListOptions } from '@assay/guard'
import {
  app,
  audience,
  codeOf,
  guardOptions,
  issuer,
  issuerEd25519Key,
  mintProof,
  mintStatusList,
  mintToken,
  newKey,
  newRequest,
  now,
} from '../minting.ts'

/** An issuer whose status list and whose clock the test sets. */
function world(settings: Partial<StatusListOptions> = {}, options: Partial<GuardOptions> = {}) {
  const state = {
    at: now,
    asked: [] as Record<string, string>[],
    stale: [] as StaleStatus[],
    answer: async (): Promise<Response> => list(),
  }
  const statusList: StatusListOptions = {
    fetch: async (url, { headers }) => {
      state.asked.push({ url, ...headers })
      return state.answer()
    },
    timeout: 60,
    onStale: (stale) => state.stale.push(stale),
    ...settings,
  }
  const running: Promise<unknown>[] = []
  const guard = createGuard(guardOptions({ statusList, clock: () => state.at * 1000, ...options }))
  const decide = (claims = {}) => {
    const token = mintToken({ claims: { iat: state.at - 5, exp: state.at + 295, ...claims } })
    const request = newRequest({ token, proof: mintProof({ claims: { iat: state.at } }) })
    return guard.verify(request, { waitUntil: (promise) => running.push(promise) })
  }
  const ask = async (claims = {}) => codeOf(await decide(claims))
  /** Until whatever requests have set off is done. */
  const background = () => Promise.all(running)
  return { state, ask, decide, background }
}

const list = (claims = {}, etag = '"1"', minting = {}) =>
  new Response(mintStatusList(claims, minting), { headers: { ETag: etag } })
const outage = async (): Promise<Response> => {
  throw new TypeError('fetch failed')
}

afterEach(() => void vi.useRealTimers())

describe('a list', () => {
  test('lies at the issuer, under the name of the API', async () => {
    const { state, ask } = world()
    expect(await ask()).toBe('ok')
    expect(state.asked).toEqual([
      { url: issuer + statusListPath(audience), Accept: 'application/assay-status+jwt' },
    ])
  })

  test('refuses tokens of a retired build of that app, and of banned installations', async () => {
    const { state, ask } = world()
    state.answer = async () => list({ retired: [{ app, build: '1.0.0' }], banned: ['pseudonym-9'] })
    expect(await ask({ build: '1.0.0' })).toBe('TOKEN_BUILD_RETIRED')
    expect(await ask({ installation: 'pseudonym-9' })).toBe('TOKEN_BANNED')
    expect(await ask({ build: '1.0.1' })).toBe('ok')
    state.answer = async () => list({ retired: [{ app: 'com.example.other', build: '1.4.2+142' }] })
    state.at += 21
    expect(await ask()).toBe('ok')
    expect(await ask({ build: '1.0.0' })).toBe('ok')
  })

  test('holds thousands of installations', async () => {
    const { state, ask } = world()
    const banned = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(43, 'p'))
    state.answer = async () => list({ banned })
    expect(await ask({ installation: banned[9999] })).toBe('TOKEN_BANNED')
    expect(await ask()).toBe('ok')
  })

  test('reaches a guard within twenty seconds, a busy one without that a request waits', async () => {
    const { state, ask, background } = world()
    expect(await ask()).toBe('ok')
    state.answer = async () => list({ banned: ['pseudonym-1'] })
    state.at += 11
    expect(await ask()).toBe('ok')
    await background()
    expect(await ask()).toBe('TOKEN_BANNED')
  })

  test('holds for bearer tokens as well', async () => {
    const { state, ask } = world({}, { mode: 'bearer' })
    state.answer = async () => list({ banned: ['pseudonym-1'] })
    expect(await ask({ mode: 'bearer' })).toBe('TOKEN_BANNED')
  })

  test('is asked for by its ETag; what has not changed is not sent again', async () => {
    const { state, ask } = world()
    state.answer = async () => list({ banned: ['pseudonym-1'] }, '"7"')
    expect(await ask()).toBe('TOKEN_BANNED')
    state.answer = async () => new Response(null, { status: 304 })
    state.at += 21
    expect(await ask()).toBe('TOKEN_BANNED')
    expect(state.asked[1]).toMatchObject({ 'If-None-Match': '"7"' })
    // After its own end the whole list is requested.
    state.answer = async () => list({ iat: now + 3600, exp: now + 7200 })
    state.at = now + 3601
    expect(await ask()).toBe('ok')
    expect(state.asked[2]).not.toHaveProperty('If-None-Match')
  })
})

describe('after a pause', () => {
  /** Asks while a list with these bans takes a second to come. */
  async function askedSlowly({ state, ask }: ReturnType<typeof world>, banned: string[]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { length } = state.asked
    let answer: (response: Response) => void = () => undefined
    state.answer = () => new Promise((resolve) => (answer = resolve))
    const asked = ask()
    await vi.waitUntil(() => state.asked.length === length + 1)
    await vi.advanceTimersByTimeAsync(1000)
    answer(list({ banned }))
    return asked
  }

  test.each<[string, string[], string]>([
    ['a banned installation is refused', ['pseudonym-1'], 'TOKEN_BANNED'],
    ['another one is served', ['pseudonym-9'], 'ok'],
  ])('%s, however long the list takes', async (_, banned, expected) => {
    const asking = world()
    expect(await asking.ask()).toBe('ok')
    asking.state.at += 840
    expect(await askedSlowly(asking, banned)).toBe(expected)
    expect(asking.state.stale).toEqual([])
  })

  test('a failure before it does not let through a banned installation', async () => {
    const asking = world()
    const { state, ask, background } = asking
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 11
    expect(await ask()).toBe('ok')
    await background()
    state.at += 840
    expect(await askedSlowly(asking, ['pseudonym-1'])).toBe('TOKEN_BANNED')
  })

  test('the operator is told of each decision by the old list, also if nothing has failed yet', async () => {
    const { state, ask } = world({ maxAge: 5, timeout: 60 })
    state.answer = async () => {
      // The list is too old when it comes.
      state.at += 8
      return list()
    }
    expect(await ask()).toBe('ok')
    expect(await ask()).toBe('ok')
    expect(state.stale).toMatchObject([{ age: 8, decisions: 1, cause: undefined }])
  })
})

describe('requests that overtake each other', () => {
  test('share one attempt, also if the later one began it', async () => {
    const waiting: (() => void)[] = []
    const denies = () => new Promise<boolean>((resolve) => waiting.push(() => resolve(false)))
    const { state, ask } = world({}, { denyList: { denies } })
    let answer: (response: Response) => void = () => undefined
    state.answer = () => new Promise((resolve) => (answer = resolve))
    const earlier = ask()
    await vi.waitUntil(() => waiting.length === 1)
    state.at += 0.001
    const later = ask()
    await vi.waitUntil(() => waiting.length === 2)
    waiting[1]?.()
    await vi.waitUntil(() => state.asked.length === 1)
    waiting[0]?.()
    await new Promise(setImmediate)
    answer(list())
    expect(await Promise.all([earlier, later])).toEqual(['ok', 'ok'])
    expect(state.asked).toHaveLength(1)
  })
})

describe('a list that is not taken', () => {
  const stranger = newKey('ES256', 'stranger')
  test.each<[string, () => Response]>([
    ['of another issuer', () => list({ iss: 'https://other.example' })],
    ['for another API', () => list({ aud: `${audience}/` })],
    ['for several APIs', () => list({ aud: [audience] })],
    ['past its time', () => list({ iat: now - 4000, exp: now - 10 })],
    ['from the future', () => list({ iat: now + 11 })],
    ['without builds', () => list({ retired: undefined })],
    ['without installations', () => list({ banned: null })],
    ['with a build that names no app', () => list({ retired: [{ build: '1' }] })],
    ['with an installation that is no text', () => list({ banned: [5] })],
    ['by a stranger', () => list({}, '"1"', { key: stranger })],
    ['under a kid that is not published', () => list({}, '"1"', { header: { kid: 'key-9' } })],
    ["under another key's kid", () => list({}, '"1"', { key: issuerEd25519Key, header: { kid: 'key-2' } })],
    ['without algorithm', () => list({}, '"1"', { header: { alg: 'none' } })],
    ['with a demand', () => list({}, '"1"', { header: { crit: ['x'] } })],
    ['that is a token', () => new Response(mintToken())],
    ['that is no JWT', () => new Response('{}')],
    ['that is too long', () => new Response('x'.repeat(2_000_000))],
    ['that has not changed since never', () => new Response(null, { status: 304 })],
  ])('%s: a malfunction, and its twin serves', async (_, answer) => {
    const { state, ask } = world()
    const good = state.answer
    state.answer = async () => answer()
    expect(await ask()).toBe('STATUS_LIST_FAILED')
    state.answer = good
    state.at += 5
    expect(await ask()).toBe('ok')
  })

  test.each([404, 304, 500, 206])('one with status %i says so, and its twin serves', async (status) => {
    const { state, decide } = world()
    const good = state.answer
    state.answer = async () => new Response(null, { status })
    const refused = await decide()
    expect(refused).toMatchObject({ code: 'STATUS_LIST_FAILED', cause: { code: 'STATUS_LIST_ANSWER' } })
    expect((refused as { cause?: Error }).cause?.message).toContain(`status ${status}`)
    state.answer = good
    state.at += 5
    expect(codeOf(await decide())).toBe('ok')
  })

  test('one that comes too late: the next is not asked for by its ETag', async () => {
    const { state, ask, background } = world({ timeout: 0.05 })
    expect(await ask()).toBe('ok')
    let answer: (response: Response) => void = () => undefined
    state.answer = () => new Promise((resolve) => (answer = resolve))
    state.at += 21
    expect(await ask()).toBe('ok')
    await background()
    answer(list({ banned: ['pseudonym-1'] }, '"2"'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    state.answer = async () => list({ banned: ['pseudonym-1'] }, '"2"')
    state.at += 10
    await ask()
    await background()
    expect(state.asked[2]).toMatchObject({ 'If-None-Match': '"1"' })
    expect(await ask()).toBe('TOKEN_BANNED')
  })

  test('one that is older than the current one: a ban is not lifted by what was true before', async () => {
    const { state, ask } = world()
    state.answer = async () => list({ banned: ['pseudonym-1'] })
    expect(await ask()).toBe('TOKEN_BANNED')
    state.answer = async () => list({ iat: now - 6 })
    state.at += 21
    expect(await ask()).toBe('TOKEN_BANNED')
  })
})

describe('when it cannot be renewed', () => {
  test('it serves for an hour, which the operator is told once a minute, and not a second longer', async () => {
    const { state, ask, background } = world({ maxAge: 20, staleIfError: 3600 })
    state.answer = async () => list({ exp: now + 10_000, banned: ['pseudonym-9'] })
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 21
    expect(await ask()).toBe('ok')
    await background()
    expect(await ask()).toBe('ok')
    expect(await ask({ installation: 'pseudonym-9' })).toBe('TOKEN_BANNED')
    expect(state.stale).toHaveLength(1)
    expect(state.stale[0]).toMatchObject({ age: 21, decisions: 1, cause: expect.any(TypeError) })
    state.at += 60
    expect(await ask()).toBe('ok')
    expect(state.stale[1]).toMatchObject({ age: 81, decisions: 4 })
    state.at = now + 3620
    expect(await ask()).toBe('ok')
    state.at += 1
    expect(await ask()).toBe('STATUS_LIST_FAILED')
    state.answer = async () => list({ iat: state.at, exp: state.at + 3600 })
    state.at += 10
    expect(await ask()).toBe('ok')
  })

  test('a clock that throws fails the attempt, and no request that was dated before', async () => {
    const dates: (() => number)[] = []
    const read = () => (dates.shift() ?? (() => state.at * 1000))()
    const { state, ask, background } = world({}, { clock: read })
    expect(await ask()).toBe('ok')
    state.at += 11
    // The request is dated, and then its renewal of the list is not.
    dates.push(
      () => state.at * 1000,
      () => {
        throw new Error('clock')
      },
    )
    expect(await ask()).toBe('ok')
    await background()
    expect(dates).toEqual([])
    state.at += 10
    expect(await ask()).toBe('ok')
    expect(state.asked).toHaveLength(2)
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('log')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('log')
      },
    ],
  ])('a hook that %s changes no decision, and is told', async (_, onStale) => {
    const faults: unknown[] = []
    const { state, ask, background } = world({ onStale }, { onFault: (fault) => faults.push(fault) })
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 21
    expect(await ask()).toBe('ok')
    await background()
    expect(await ask()).toBe('ok')
    expect(faults).toEqual([new Error('log')])
  })

  test('or it fails closed, where the operator wants it so', async () => {
    const { state, ask, background } = world({ whenStale: 'fail' })
    expect(await ask()).toBe('ok')
    state.answer = outage
    state.at += 20
    expect(await ask()).toBe('ok')
    await background()
    state.at += 1
    expect(await ask()).toBe('STATUS_LIST_FAILED')
    expect(state.stale).toEqual([])
    state.answer = async () => list()
    state.at += 10
    expect(await ask()).toBe('ok')
  })
})

test.each<[string, object]>([
  ['statusList takes no cooldown', { cooldown: 5 }],
  ['statusList.fetch must be', { fetch: undefined }],
  ['statusList.url must be', { url: 'http://attest.example/status' }],
  ['statusList.maxAge must be', { maxAge: 4 }],
  ['statusList.whenStale must be', { whenStale: 'ignore' }],
  ['statusList.onStale must be', { onStale: 'log' }],
])('%s …', (message, change) => {
  expect(() => world(change)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }))
})
