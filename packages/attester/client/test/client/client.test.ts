import { describe, expect, it } from 'vitest'
import { allowInsecureRequests, AssayClientError } from '../../src/index.ts'
import { clientErrorCodes } from '../../src/errors/codes.ts'
import { audience, codeOf, fakeWorld } from '../fake/fake-world.ts'

const otherAudience = 'https://pay.example/v2'
const twoApis = { 'https://api.example': audience, 'https://pay.example/v2': otherAudience }

describe('getToken', () => {
  it('exchanges evidence for a token', async () => {
    const { client, service } = fakeWorld()
    expect(await client.getToken()).toEqual({
      audience,
      token: service.issued[0],
      expiresIn: 295,
      trace: 'rrrrrrrrrrrrrrrrrrrrrr',
    })
  })

  it('keeps the token', async () => {
    const { client, service } = fakeWorld()
    await client.getToken()
    await client.getToken(audience)
    expect(service.calls).toHaveLength(2)
  })

  it('shares one exchange among all callers and audiences', async () => {
    const { client, service } = fakeWorld({ audiences: twoApis })
    const tokens = await Promise.all([audience, otherAudience, audience].map((one) => client.getToken(one)))
    expect(tokens.map(({ token }) => token)).toEqual(['token-1', 'token-2', 'token-1'])
    expect(service.calls).toHaveLength(2)
    expect(service.clientData[0]?.audiences).toEqual([audience, otherAudience])
  })

  it('makes an exchange for forceRefresh though the token is good', async () => {
    const { client, service } = fakeWorld()
    await client.getToken()
    expect((await client.getToken(audience, { forceRefresh: true })).token).toBe('token-2')
    expect(service.calls).toHaveLength(4)
  })

  it('refuses an audience that is not in the options, and none where there are two', async () => {
    const { client, service } = fakeWorld({ audiences: twoApis })
    expect(await codeOf(client.getToken('https://other.example'))).toBe('ERR_INVALID_ARG_VALUE')
    expect(await codeOf(client.getToken())).toBe('ERR_INVALID_ARG_VALUE')
    expect(service.calls).toHaveLength(0)
  })

  it('denies an audience that the service left out, without asking again before the next refresh', async () => {
    const { client, service, time } = fakeWorld({ audiences: twoApis })
    service.settings.withheld.add(otherAudience)
    await client.getToken(audience)
    expect(await codeOf(client.getToken(otherAudience))).toBe('attestation_denied')
    expect(service.calls).toHaveLength(2)
    expect(await codeOf(client.fetch(otherAudience))).toBe('attestation_denied')
    expect(await codeOf(client.proof({ method: 'GET', url: otherAudience }))).toBe('attestation_denied')
    expect(service.calls).toHaveLength(2)
    service.settings.withheld.clear()
    await time.advance(150_000)
    expect((await client.getToken(otherAudience)).audience).toBe(otherAudience)
  })
})

describe('what goes over the wire', () => {
  it('names app, build, SDK, key and audiences in challenge request and client data', async () => {
    const { client, service } = fakeWorld()
    await client.getToken()
    expect(JSON.parse(service.bodies('/v1/challenges')[0] as string)).toEqual({
      v: 1,
      app: 'com.example.app',
      build: '1.0+1',
      sdk: expect.stringMatching(/^[\w-]+\/\d+\.\d+\.\d+$/),
      key: expect.stringMatching(/^[\w-]{43}$/),
      audiences: [audience],
      purpose: 'enrolment',
      shape: expect.stringMatching(/^[\w-]{11}$/),
      plan: '',
      token_kinds: ['attestation', 'access'],
    })
    expect(service.clientData[0]).toMatchObject({
      v: 1,
      app: 'com.example.app',
      build: '1.0+1',
      evidence: [],
    })
  })

  it('asks the service without cookies, cache or redirects', async () => {
    const seen: RequestInit[] = []
    const world = fakeWorld()
    const client = world.another({
      fetch: (input, init) => {
        seen.push(init as RequestInit)
        return world.service.fetch(input, init)
      },
    })
    await client.getToken()
    for (const init of seen) {
      expect(init).toMatchObject({ redirect: 'error', credentials: 'omit', cache: 'no-store' })
    }
  })
})

describe('options', () => {
  const options = (change: object) => {
    const { another } = fakeWorld()
    return () => another(change)
  }
  it.each([
    ['no endpoint', { endpoints: [] }],
    ['an endpoint without https', { endpoints: ['http://attest.example'] }],
    ['an endpoint with a query', { endpoints: ['https://attest.example/?a=1'] }],
    ['an endpoint with a user', { endpoints: ['https://user@attest.example/'] }],
    ['an endpoint that is no URL', { endpoints: ['attest.example'] }],
    ['no audience', { audiences: {} }],
    [
      'nine audiences',
      { audiences: Object.fromEntries([...'123456789'].map((n) => [`https://a.example/${n}`, n])) },
    ],
    ['a protected origin without https', { audiences: { 'http://api.example': audience } }],
    ['a protected URL with a fragment', { audiences: { 'https://api.example/#a': audience } }],
    ['an app id out of form', { app: 'a b' }],
    ['a build id out of form', { build: '' }],
  ])('refuses %s', (_, change) => {
    expect(options(change)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }) as Error)
  })

  it('says that https is missing where nothing else is', () => {
    expect(options({ endpoints: ['http://attest.example'] })).toThrow(
      /^endpoints \(https only\): missing or wrong$/,
    )
    expect(options({ endpoints: ['attest.example'] })).toThrow(/^endpoints: missing or wrong$/)
  })

  it('admits http on this machine, and elsewhere only with the marked switch', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      options({ endpoints: [`http://${host}:8080`], audiences: { [`http://${host}:3000`]: audience } })()
    }
    options({ endpoints: ['http://attest.example'], [allowInsecureRequests]: true })()
    expect(options({ endpoints: ['ftp://attest.example'], [allowInsecureRequests]: true })).toThrow(TypeError)
    expect(options({ endpoints: ['http://127.0.0.1.example'] })).toThrow(TypeError)
  })
})

describe('close', () => {
  it('ends what is waiting, and every later call', async () => {
    const { client, service, time } = fakeWorld()
    service.mishaps['/v1/challenges'].push('hang')
    const waiting = codeOf(client.getToken())
    await time.advance(1)
    client.close()
    expect(await waiting).toBe('closed')
    expect(await codeOf(client.getToken())).toBe('closed')
    expect(await codeOf(client.fetch('https://api.example/'))).toBe('closed')
  })

  it('ends the background', async () => {
    const { client, time } = fakeWorld()
    await client.getToken()
    expect(time.pending()).toHaveLength(1)
    client.close()
    expect(time.pending()).toHaveLength(0)
  })

  it('leaves no background behind when it comes in the middle of an exchange', async () => {
    const { client, time } = fakeWorld()
    const waiting = codeOf(client.getToken())
    client.close()
    expect(await waiting).toBe('closed')
    await time.advance(1000)
    expect(time.pending()).toHaveLength(0)
  })
})

describe('AssayClientError', () => {
  it.each(clientErrorCodes)('%s: says the code and a way out of it', (code) => {
    const error = new AssayClientError(code, { cause: 1 })
    expect(error).toMatchObject({ name: 'AssayClientError', code, cause: 1 })
    expect(error.message).toMatch(/^[a-z_]+: [a-z][^:]{10,}/)
    expect(error.message.startsWith(`${code}: `)).toBe(true)
    expect(/try again/.test(error.message)).toBe(error.retryable)
  })

  it('tells refusals from what may pass', () => {
    expect(new AssayClientError('network').retryable).toBe(true)
    expect(new AssayClientError('attestation_denied').retryable).toBe(false)
  })
})
