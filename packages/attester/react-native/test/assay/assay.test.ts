import { clientCodes } from '@assay/client/codes'
import { describe, expect, it } from 'vitest'
import { createAssayOver } from '../../src/assay/assay.ts'
import { bridgeCodes } from '../../src/errors/codes.ts'
import { AssayError, isErrorCode } from '../../src/errors/error.ts'
import type { AssayOptions } from '../../src/options/options.ts'
import { count, token } from '../fake/fake-native.ts'
import { api, idle, options, refusalOf, setWorld } from '../fake/world.ts'

describe('createAssay', () => {
  it('asks for nothing before the first call, and makes the client once', async () => {
    const { assay, calls } = setWorld()
    expect(calls).toEqual([])
    expect(await assay.getToken()).toEqual(token)
    await Promise.all([assay.getToken(), assay.getToken(api, { forceRefresh: true })])
    expect(count(calls, 'create')).toBe(1)
    expect(calls[0]?.request).toEqual({ bridge: 1, options })
    expect(calls.at(-1)?.request).toEqual({ handle: 'h1', audience: api, forceRefresh: true })
  })

  it('crosses the bridge twice for the first token', async () => {
    const { assay, calls } = setWorld()
    await assay.getToken()
    expect(calls.map(({ method }) => method)).toEqual(['create', 'getToken'])
  })

  it('takes the configuration in the app where none is given', async () => {
    const world = setWorld(undefined)
    const { assay, calls } = {
      ...world,
      assay: createAssayOver(world.native, undefined, { fetch, now: () => 0, warn: undefined }),
    }
    await assay.getToken()
    expect(calls[0]?.request).toEqual({ bridge: 1 })
  })

  it('tells the build that the bundle names, unless the options do', async () => {
    const { build: _, ...others } = options
    for (const [given, wanted] of [
      [undefined, { bridge: 1, build: '1.0.r2' }],
      [others, { bridge: 1, options: others, build: '1.0.r2' }],
      [options, { bridge: 1, options }],
    ] as const) {
      const { native, calls } = setWorld()
      await createAssayOver(native, given, {
        fetch,
        now: () => 0,
        warn: undefined,
        build: '1.0.r2',
      }).getToken()
      expect(calls[0]?.request).toEqual(wanted)
    }
  })

  it.each<[string, object, string]>([
    ['no endpoints', { ...options, endpoints: [] }, 'endpoints: missing or wrong'],
    ['audiences as a list', { ...options, audiences: [api] }, 'audiences: missing or wrong'],
    ['no audience', { ...options, audiences: {} }, 'audiences: missing or wrong'],
    ['an unknown option', { ...options, endpoint: api }, 'endpoint: unknown member'],
    ['a secret that is no text', { ...options, developmentSecret: 1 }, 'developmentSecret: missing or wrong'],
    ['another choice', { ...options, withoutToken: 'ignore' }, 'withoutToken: missing or wrong'],
    [
      'a server as a text',
      { ...options, authorizationServers: 'a' },
      'authorizationServers: missing or wrong',
    ],
    ['a negative time', { ...options, requestTimeout: -1 }, 'requestTimeout: missing or wrong'],
    [
      'a client that may follow redirects',
      { ...options, transport: { fetch } },
      'transport: missing or wrong',
    ],
    ['no object', [] as object, 'options: missing or wrong'],
  ])('refuses %s', (_, given, message) => {
    expect(() => setWorld(given as AssayOptions)).toThrow(message)
  })

  it('does not send the transport over the bridge', async () => {
    const { assay, calls } = setWorld({ ...options, transport: { fetch, heedsRedirect: true } })
    await assay.getToken()
    expect(calls[0]?.request).toEqual({ bridge: 1, options })
  })
})

describe('the native part', () => {
  it('that is missing is told, with what to do, and can be tried again', async () => {
    const warnings: string[] = []
    const assay = createAssayOver(null, options, { fetch, now: () => 0, warn: (text) => warnings.push(text) })
    for (let i = 0; i < 2; i++) {
      expect(await refusalOf(assay.getToken())).toMatchObject({ code: 'module_missing', retryable: false })
    }
    expect(warnings).toEqual([expect.stringContaining('npm exec --no expo prebuild')])
    expect(assay.status()).toMatchObject({ state: 'unavailable', error: { code: 'module_missing' } })
    assay.wake()
    assay.close()
  })

  it.each<[string, object | string, string]>([
    ['of another version', { value: { bridge: 2, handle: 'h' } }, 'module_outdated'],
    ['that tells no version', { value: {} }, 'module_outdated'],
    ['that answers with no JSON', 'no JSON', 'native_failed'],
    ['that answers with nothing', { other: 1 }, 'native_failed'],
    ['with a code of another release', { error: { code: 'new_code' } }, 'native_failed'],
  ])('%s is an error with a code', async (_, create, code) => {
    const { assay, answers } = setWorld()
    answers.create = create
    expect(await refusalOf(assay.getToken())).toMatchObject({ name: 'AssayError', code })
  })

  it('that lacks a method is of another version', async () => {
    const { native } = setWorld()
    const older = { ...native, getToken: undefined as never, onEvent: undefined as never }
    const assay = createAssayOver(older, options, { fetch, now: () => 0, warn: undefined })
    expect(await refusalOf(assay.getToken())).toMatchObject({ code: 'module_outdated' })
  })

  it('whose promise is rejected is a malfunction, with the cause', async () => {
    const { assay, answers } = setWorld()
    answers.getToken = () => Promise.reject(new Error('from native'))
    const error = await refusalOf(assay.getToken())
    expect(error).toMatchObject({ code: 'native_failed', retryable: true })
    expect((error.cause as Error).message).toBe('from native')
  })

  it('that could not make a client is asked again by the next call', async () => {
    const { assay, answers, calls } = setWorld()
    const good = answers.create as object
    answers.create = { error: { code: 'native_failed', vendorCode: 'NoClassDefFoundError' } }
    const error = await refusalOf(assay.getToken())
    expect(error).toMatchObject({ code: 'native_failed', vendorCode: 'NoClassDefFoundError' })
    answers.create = good
    await assay.getToken()
    expect(count(calls, 'create')).toBe(2)
  })

  it('that knows the handle no longer, after a reload, is given the options once more', async () => {
    const { assay, answers, calls } = setWorld()
    await assay.getToken()
    answers.getToken = ({ handle }: { handle?: unknown }) =>
      handle === 'h1' ? { stale: true } : { value: token }
    expect(await Promise.all([assay.getToken(), assay.getToken()])).toEqual([token, token])
    expect(count(calls, 'create')).toBe(2)
  })

  it('that forgets each handle at once ends the call', async () => {
    const { assay, answers, calls } = setWorld()
    answers.getToken = { stale: true }
    expect(await refusalOf(assay.getToken())).toMatchObject({ code: 'closed' })
    expect(count(calls, 'create')).toBe(2)
  })
})

describe('errors', () => {
  it('are those of the other SDKs, and those of the bridge', () => {
    const others = Object.entries(clientCodes).filter(([code]) => code !== 'page_refused')
    for (const [code, { retryable }] of [...others, ...Object.entries(bridgeCodes)]) {
      expect(isErrorCode(code) && new AssayError(code).retryable, code).toBe(retryable)
    }
    expect(['page_refused', 'toString', undefined].filter(isErrorCode)).toEqual([])
  })

  it('carry what the native part tells, and nothing else', async () => {
    const { assay, answers, warnings } = setWorld()
    answers.getToken = {
      error: {
        code: 'attestation_denied',
        trace: 'T',
        problem: 'denied',
        retryAfter: 3,
        vendorCode: '-74',
        token: 'secret',
      },
    }
    const error = await refusalOf(assay.getToken())
    expect(error).toBeInstanceOf(AssayError)
    expect({ ...error }).toEqual({
      name: 'AssayError',
      code: 'attestation_denied',
      retryable: false,
      trace: 'T',
      problem: 'denied',
      retryAfter: 3,
      vendorCode: '-74',
    })
    expect(error.message).toBe('attestation_denied: see the trace (-74)')
    await refusalOf(assay.getToken())
    expect(warnings).toEqual([expect.stringContaining('Trace: T')])
    expect(assay.status()).toMatchObject({ state: 'denied' })
  })

  it('of misuse are TypeErrors', async () => {
    const { assay, answers } = setWorld()
    answers.getToken = { misuse: 'audience: missing or wrong' }
    const error = await refusalOf(assay.getToken('x'))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', message: 'audience: missing or wrong' })
    expect(assay.status().state).toBe('idle')
  })
})

describe('status and events', () => {
  it('serves a listener that asks for a token, because JavaScript cannot wait for itself', async () => {
    const { assay, emit } = setWorld()
    const got: unknown[] = []
    assay.on(() => void assay.getToken().then((each) => got.push(each)))
    await assay.getToken()
    emit({ handle: 'h1', state: 'attested', name: 'refreshed' })
    await idle()
    expect(got).toEqual([token])
  })

  it('follow the native part, for the own handle only', async () => {
    const { assay, emit } = setWorld()
    await assay.debugLog()
    const seen: unknown[] = []
    const end = assay.on((event) => seen.push(event))
    let changes = 0
    assay.onStatus(() => changes++)
    emit({
      handle: 'h1',
      state: 'attested',
      name: 'token',
      audiences: [api],
      expiresIn: 300,
      trace: 'T',
      clockOffset: 0,
      source: 'exchange',
    })
    emit({ handle: 'h2', state: 'denied', name: 'denied' })
    await idle()
    expect(seen).toEqual([
      {
        name: 'token',
        audiences: [api],
        expiresIn: 300,
        trace: 'T',
        clockOffset: 0,
        source: 'exchange',
        state: undefined,
      },
    ])
    expect(assay.status()).toEqual({ state: 'attested', error: undefined })
    emit({ handle: 'h1', state: 'failing', name: 'refresh-failed', retryIn: 5, error: { code: 'network' } })
    await idle()
    expect(seen[1]).toMatchObject({
      name: 'refresh-failed',
      retryIn: 5,
      error: { code: 'network', retryable: true },
    })
    expect(assay.status()).toMatchObject({ state: 'failing', error: { code: 'network' } })
    expect(changes).toBe(2)
    end()
    emit({ handle: 'h1', state: 'attested', name: 'refreshed' })
    await idle()
    expect(seen).toHaveLength(2)
  })

  it('stay the same object until something changes', async () => {
    const { assay } = setWorld()
    await assay.getToken()
    const before = assay.status()
    await assay.getToken()
    expect(assay.status()).toBe(before)
  })

  it('text that is no JSON is no event', async () => {
    const { assay, listeners } = setWorld()
    await assay.getToken()
    listeners.forEach((listener) => listener('{'))
    expect(assay.status().state).toBe('attested')
  })
})

describe('close', () => {
  it('ends the client, and each later call', async () => {
    const { assay, calls, listeners } = setWorld()
    await assay.getToken()
    assay.close()
    assay.close()
    expect(calls.filter(({ method }) => method === 'close').map(({ request }) => request)).toEqual([
      { handle: 'h1' },
    ])
    expect(listeners.size).toBe(0)
    expect(await refusalOf(assay.getToken())).toMatchObject({ code: 'closed' })
    expect(assay.status().state).toBe('closed')
  })

  it('while the client is made ends that one too', async () => {
    const { assay, calls } = setWorld()
    const waiting = refusalOf(assay.getToken())
    assay.close()
    expect(await waiting).toMatchObject({ code: 'closed' })
    expect(calls.at(-1)).toMatchObject({ method: 'close', request: { handle: 'h1' } })
  })
})

it('a WebSocket has the proof of a GET with https, and the native part decides about a bearer token', async () => {
  const { assay, answers, calls } = setWorld()
  const headers = { 'OAuth-Client-Attestation': 'a', DPoP: 'b' }
  answers.proof = { value: { audience: api, headers } }
  const url = `${api}/feed?a=1`.replace('https:', 'wss:')
  expect(await assay.webSocketRequest(url)).toEqual({ url, headers })
  expect(calls.at(-1)).toEqual({
    method: 'proof',
    request: { handle: 'h1', method: 'GET', url: `${api}/feed?a=1`, heedsRedirect: false },
  })
  for (const wrong of ['/feed', 'ftp://api.example/', ''])
    await expect(assay.webSocketRequest(wrong)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
})

it('proof, learn, wake and reset go to the native part', async () => {
  const { assay, answers, calls } = setWorld()
  const headers = { 'OAuth-Client-Attestation': 'a', DPoP: 'b' }
  answers.proof = { value: { audience: api, headers } }
  expect(await assay.proof({ method: 'GET', url: `${api}/a` })).toEqual(headers)
  assay.learn(`${api}/a`, new Response('', { headers: { 'DPoP-Nonce': 'n' } }))
  assay.learn(`${api}/a`, new Response(''))
  assay.wake()
  await assay.reset()
  await assay.refresh()
  expect(await assay.debugLog()).toEqual(['one'])
  expect(calls.slice(1)).toEqual([
    { method: 'proof', request: { handle: 'h1', method: 'GET', url: `${api}/a`, heedsRedirect: false } },
    { method: 'learn', request: { handle: 'h1', url: `${api}/a`, nonce: 'n' } },
    { method: 'wake', request: { handle: 'h1' } },
    { method: 'reset', request: { handle: 'h1' } },
    { method: 'getToken', request: { handle: 'h1', any: true, forceRefresh: true } },
    { method: 'debugLog', request: { handle: 'h1' } },
  ])
})
