import { describe, expect, it } from 'vitest'
import { memoryImage } from '../../src/image/memory-image.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import type { InstallationKey, KeyStore } from '../../src/runtime/ports.ts'
import { problem } from '../fake/fake-service.ts'
import { audience, code, codeOf, fakeWorld } from '../fake/fake-world.ts'

const unavailable = problem(503, 'temporarily_unavailable')

describe('a lost answer or a fault of the service', () => {
  it.each([
    ['lost', 'lost'],
    ['503', unavailable],
    ['a page of a proxy', () => new Response('<html>', { status: 200 })],
    ['no connection', 'network'],
  ] as const)('%s: the same bytes are sent again and give the same token', async (_, mishap) => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/attestations'].push(mishap, mishap)
    expect((await time.settle(client.getToken())).token).toBe('token-1')
    const bodies = service.bodies('/v1/attestations')
    expect(bodies).toHaveLength(3)
    expect(new Set(bodies).size).toBe(1)
    expect(service.bodies('/v1/challenges')).toHaveLength(1)
  })

  it('keeps key and body for the next call', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/attestations'].push('lost', 'lost', 'lost')
    expect(await codeOf(time.settle(client.getToken()))).toBe('network')
    await time.advance(5_000)
    expect((await client.getToken()).token).toBe('token-1')
    expect(new Set(service.bodies('/v1/attestations')).size).toBe(1)
    expect(service.bodies('/v1/challenges')).toHaveLength(1)
  })

  it('does not send a body again whose challenge is past its time', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/attestations'].push('lost', 'lost', 'lost')
    await codeOf(time.settle(client.getToken()))
    await time.advance(121_000)
    await client.getToken()
    expect(service.bodies('/v1/challenges')).toHaveLength(2)
    expect(new Set(service.bodies('/v1/attestations')).size).toBe(2)
  })

  it('counts the life of a token from when it was asked for', async () => {
    const { client, service, time } = fakeWorld({ requestTimeout: 1000 })
    service.mishaps['/v1/attestations'].push('lost')
    const { expiresIn } = await time.settle(client.getToken())
    const left = 300 - (time.trueSeconds() - 1_790_000_005)
    expect(expiresIn).toBeLessThanOrEqual(left)
  })

  it('gives up on an endpoint that does not answer', async () => {
    const { client, service, time } = fakeWorld({ requestTimeout: 2000 })
    service.mishaps['/v1/challenges'].push('hang', 'hang', 'hang')
    expect(await codeOf(time.settle(client.getToken()))).toBe('timeout')
    expect(service.calls).toHaveLength(3)
  })

  it('aborts the request it has given up', async () => {
    const signals: AbortSignal[] = []
    const world = fakeWorld()
    const client = world.another({
      fetch: (_, init) => {
        signals.push(init?.signal as AbortSignal)
        return new Promise(() => undefined)
      },
    })
    await codeOf(world.time.settle(client.getToken()))
    expect(signals.length).toBeGreaterThan(1)
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
  })

  it('takes no longer than 30 s together', async () => {
    const { client, service, time } = fakeWorld({ requestTimeout: 20_000 })
    service.mishaps['/v1/challenges'].push('hang', 'hang', 'hang')
    const before = time.clock.monotonic()
    await codeOf(time.settle(client.getToken()))
    expect(time.clock.monotonic() - before).toBeLessThan(50_000)
    expect(service.calls.length).toBeLessThan(3)
  })
})

describe('several endpoints', () => {
  const endpoints = ['https://a.example', 'https://b.example/base/']

  it('are tried in turn, and the one that answered is kept', async () => {
    const { client, service, time } = fakeWorld({ endpoints })
    service.down.add('a.example')
    await time.settle(client.getToken())
    expect(service.calls.map(({ url }) => url)).toEqual([
      'https://a.example/v1/challenges',
      'https://b.example/base/v1/challenges',
      'https://b.example/base/v1/attestations',
    ])
  })

  it('get the same bytes', async () => {
    const { client, service, time } = fakeWorld({ endpoints })
    service.mishaps['/v1/attestations'].push('lost')
    expect((await time.settle(client.getToken())).token).toBe('token-1')
    expect(new Set(service.bodies('/v1/attestations')).size).toBe(1)
  })

  it('are not tried for what one of them refuses', async () => {
    const { client, service } = fakeWorld({ endpoints })
    service.mishaps['/v1/attestations'].push(problem(403, 'attestation_denied'))
    expect(await codeOf(client.getToken())).toBe('attestation_denied')
    expect(service.bodies('/v1/attestations')).toHaveLength(1)
  })
})

describe('a challenge that is refused', () => {
  it.each([
    ['challenge_expired', 400],
    ['challenge_invalid', 400],
    ['challenge_used', 409],
  ])('%s: one new one at once', async (refused, status) => {
    const { client, service } = fakeWorld()
    service.mishaps['/v1/attestations'].push(problem(status, refused))
    await client.getToken()
    expect(service.bodies('/v1/challenges')).toHaveLength(2)
  })

  it('is not replaced a second time', async () => {
    const { client, service } = fakeWorld()
    service.mishaps['/v1/attestations'].push(
      problem(400, 'challenge_expired'),
      problem(400, 'challenge_expired'),
    )
    expect(await codeOf(client.getToken())).toBe('challenge_stale')
    expect(service.bodies('/v1/challenges')).toHaveLength(2)
  })
})

describe('a refusal', () => {
  it('is what a changed byte leads to, carries the trace, and is not tried again at once', async () => {
    const bytes = new Uint8Array(await code.read('classes.dex', 0, 70_000))
    bytes[60_000] = (bytes[60_000] as number) ^ 1
    const script = new Uint8Array(await code.read('assets/index.android.bundle', 0, 5_000))
    const image = memoryImage([
      { name: 'classes.dex', kind: 'dex', bytes },
      { name: 'assets/index.android.bundle', kind: 'script', bytes: script },
    ])
    const { client, service, events } = fakeWorld({ image })
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'attestation_denied',
      problem: 'attestation_denied',
      retryable: false,
      trace: 'tttttttttttttttttttttt',
    })
    expect(service.bodies('/v1/attestations')).toHaveLength(1)
    expect(events.map(({ name }) => name)).toEqual(['refresh-failed', 'denied'])
    expect(events[1]?.event).toMatchObject({ trace: 'tttttttttttttttttttttt' })
  })
})

it.each([
  [403, 'build_not_registered', 'build_refused', false],
  [403, 'build_retired', 'build_refused', false],
  [403, 'build_below_minimum', 'build_refused', false],
  [403, 'app_not_registered', 'not_registered', false],
  [403, 'audience_not_registered', 'not_registered', false],
  [400, 'request_invalid', 'request_refused', false],
  [413, 'body_too_large', 'request_refused', false],
  [429, 'rate_limited', 'rate_limited', true],
])('%i %s is reported as %s', async (status, refused, expected, retryable) => {
  const { client, service } = fakeWorld()
  service.mishaps['/v1/challenges'].push(problem(status, refused))
  const error = await client.getToken().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: expected, problem: refused, retryable })
  expect(service.calls).toHaveLength(1)
})

it.each([
  ['text', () => new Response('ok')],
  ['another object', () => Response.json({})],
  ['null', () => Response.json(null)],
  [
    'a challenge of another type',
    () => Response.json({ attestation_challenge: 1, plan: 'AAAA', expires_in: 1 }),
  ],
  ['a 404 that is no problem document', () => new Response('', { status: 404 })],
])('an answer of another form is a malfunction: %s', async (_, answer) => {
  const { client, service, time } = fakeWorld()
  service.mishaps['/v1/challenges'].push(answer, answer, answer)
  expect(await codeOf(time.settle(client.getToken()))).toBe('response_invalid')
})

it('takes no token that could add a header', async () => {
  const { client, service, time } = fakeWorld()
  const answer = () =>
    Response.json({
      tokens: [{ audience, token: 'a\r\nX: y', expires_in: 300 }],
      refresh_after: 150,
      server_time: 1,
      trace: 't',
    })
  service.mishaps['/v1/attestations'].push(answer, answer, answer)
  expect(await codeOf(time.settle(client.getToken()))).toBe('response_invalid')
})

describe('the installation key', () => {
  function failing(times: { open?: number; sign?: number; renew?: boolean }): KeyStore & { renewed: number } {
    const inner = nodeKeyStore()
    let { open = 0, sign = 0 } = times
    const wrap = (key: InstallationKey): InstallationKey => ({
      publicJwk: key.publicJwk,
      sign: (data) => {
        if (sign-- > 0) throw new Error('the key has gone')
        return key.sign(data)
      },
    })
    return {
      renewed: 0,
      async open() {
        if (open-- > 0) throw new Error('the store is locked')
        return wrap(await inner.open())
      },
      async renew() {
        this.renewed++
        if (times.renew === false) throw new Error('no key can be made')
        return wrap(await inner.renew())
      },
    }
  }

  it.each([
    ['cannot be opened', { open: 1 }],
    ['cannot sign', { sign: 1 }],
  ])('that %s is replaced once', async (_, times) => {
    const keyStore = failing(times)
    const { client, events } = fakeWorld({ keyStore })
    expect((await client.getToken()).token).toBe('token-1')
    expect(keyStore.renewed).toBe(1)
    expect(events.map(({ name }) => name)).toContain('key-renewed')
  })

  it('that still cannot sign is not replaced again', async () => {
    const keyStore = failing({ sign: 9 })
    const { client } = fakeWorld({ keyStore })
    expect(await codeOf(client.getToken())).toBe('key_store_failed')
    expect(keyStore.renewed).toBe(1)
  })

  it('that cannot be replaced is reported with its cause', async () => {
    const { client } = fakeWorld({ keyStore: failing({ open: 1, renew: false }) })
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'key_store_failed', retryable: true })
    expect((error as Error).cause).toEqual(new Error('no key can be made'))
  })

  it('whose signature the service refuses is replaced once', async () => {
    const inner = nodeKeyStore()
    let wrong = true
    const keyStore: KeyStore = {
      async open() {
        const key = await inner.open()
        return {
          publicJwk: key.publicJwk,
          sign: (data) => (wrong ? new Uint8Array(64).fill(1) : key.sign(data)),
        }
      },
      async renew() {
        wrong = false
        return inner.renew()
      },
    }
    const { client } = fakeWorld({ keyStore })
    expect((await client.getToken()).token).toBe('token-1')
  })

  it('stays the same over exchanges', async () => {
    const { client, service } = fakeWorld()
    await client.getToken()
    await client.getToken(audience, { forceRefresh: true })
    const [first, second] = service.clientData
    expect(second?.key).toEqual(first?.key)
  })
})
