import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AssayClientOptions } from '../../src/options.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { attestationPop } from '../../src/request/attestation-pop.ts'
import { problem } from '../fake/fake-service.ts'
import { fakeApi, proofOf, refused, sha256 } from '../fake/fake-api.ts'
import { audience, codeOf, fakeWorld } from '../fake/fake-world.ts'

/** As an authorization server says it: status 400 and JSON (RFC 6749 section 5.2). */
function refusedByServer(error: string, headers: Record<string, string> = {}): () => Response {
  return () => Response.json({ error }, { status: 400, headers })
}

/** A client whose `fetch` reaches the fake service, and a fake API at every other host. */
function world(options: Partial<AssayClientOptions> = {}) {
  const api = fakeApi()
  const made = fakeWorld()
  const client = made.another({
    fetch: (input, init) => {
      const { host } = new URL(input instanceof Request ? input.url : input)
      return host === 'attest.example' ? made.service.fetch(input, init) : api.fetch(input, init)
    },
    ...options,
  })
  return { ...made, client, api }
}

describe('a protected request', () => {
  it('carries token and proof', async () => {
    const { client, api, service, time } = world()
    const response = await client.fetch('https://api.example/orders?page=2#top', {
      headers: { 'X-Own': '1' },
    })
    expect(await response.text()).toBe('ok')
    const [{ headers, url }] = api.seen as [(typeof api.seen)[0]]
    expect(url).toBe('https://api.example/orders?page=2#top')
    expect(headers.get('X-Own')).toBe('1')
    expect(headers.get('OAuth-Client-Attestation')).toBe('token-1')
    const { header, claims } = proofOf(headers)
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: service.clientData[0]?.key })
    expect(claims).toEqual({
      jti: expect.stringMatching(/^[\w-]{22}$/),
      htm: 'GET',
      htu: 'https://api.example/orders',
      iat: expect.any(Number),
    })
    expect(Math.abs(claims.iat - time.trueSeconds())).toBeLessThanOrEqual(1)
  })

  it('has another jti each time', async () => {
    const { client, api } = world()
    await client.fetch('https://api.example/')
    await client.fetch('https://api.example/')
    expect(new Set(api.seen.map(({ headers }) => proofOf(headers).claims.jti)).size).toBe(2)
  })

  it.each(['Bearer', 'bearer', 'DPoP'])(
    'is bound to the user token in Authorization (%s)',
    async (scheme) => {
      const { client, api } = world()
      await client.fetch('https://api.example/', { headers: { Authorization: `${scheme} user.token` } })
      expect(proofOf(api.seen[0]!.headers).claims.ath).toBe(sha256('user.token'))
      expect(api.seen[0]!.headers.get('Authorization')).toBe(`${scheme} user.token`)
    },
  )

  it('has no ath where Authorization carries no token', async () => {
    const { client, api } = world()
    await client.fetch('https://api.example/', { headers: { Authorization: 'Basic dXNlcjpwYXNz' } })
    expect(proofOf(api.seen[0]!.headers).claims).not.toHaveProperty('ath')
  })

  it.each([
    ['post', 'POST'],
    ['Patch', 'Patch'],
  ])('names the method as it is sent: %s', async (given, sent) => {
    const { client, api } = world()
    await client.fetch('https://api.example/', { method: given, body: 'x' })
    expect(proofOf(api.seen[0]!.headers).claims.htm).toBe(sent)
  })

  it('can be a Request', async () => {
    const { client, api } = world()
    const request = new Request('https://api.example/a', {
      method: 'PUT',
      body: 'body',
      headers: { 'X-Own': '1' },
    })
    await client.fetch(request)
    expect(api.seen[0]).toMatchObject({ body: 'body' })
    expect(api.seen[0]!.headers.get('X-Own')).toBe('1')
    expect(proofOf(api.seen[0]!.headers).claims).toMatchObject({ htm: 'PUT', htu: 'https://api.example/a' })
  })

  it('is relative to the base URL', async () => {
    const { client, api } = world({ baseUrl: 'https://api.example/app/' })
    await client.fetch('../a')
    expect(proofOf(api.seen[0]!.headers).claims.htu).toBe('https://api.example/a')
  })

  it('is not sent without a token', async () => {
    const { client, api, service, time } = world()
    service.down.add('attest.example')
    expect(await codeOf(time.settle(client.fetch('https://api.example/')))).toBe('network')
    expect(api.seen).toHaveLength(0)
  })
})

describe('other requests', () => {
  it.each([
    'https://other.example/',
    'https://api.example.evil.example/',
    'https://api.example:8443/',
    'http://api.example/',
    'https://evil.example/https://api.example/',
    'https://api.example@evil.example/',
  ])('to %s carry neither token nor proof', async (url) => {
    const { client, api, service } = world()
    await client.getToken()
    const passed: unknown[] = []
    const other = world({
      fetch: (input, init) => (passed.push(input, init), Promise.resolve(new Response())),
    })
    const init = { headers: { 'X-Own': '1' } }
    await other.client.fetch(url, init)
    expect(passed).toEqual([url, init])
    expect(api.seen).toHaveLength(0)
    expect(service.calls).toHaveLength(2)
  })

  it('under a prefix of the protected one only', async () => {
    const audiences = {
      'https://api.example/v1': audience,
      'https://api.example/v1/pay/': 'https://pay.example',
    }
    const { client, api } = world({ audiences })
    for (const path of [
      '/v1',
      '/v1/',
      '/v1/a',
      '/v1?x',
      '/v10',
      '/v2',
      '/v1/../v2',
      '/v1/pay',
      '/v1/pay/a',
      '/V1',
    ]) {
      await client.fetch(`https://api.example${path}`)
    }
    expect(api.seen.map(({ headers }) => headers.get('OAuth-Client-Attestation'))).toEqual([
      'token-1',
      'token-1',
      'token-1',
      'token-1',
      null,
      null,
      null,
      'token-2',
      'token-2',
      null,
    ])
  })
})

describe('a redirect', () => {
  const redirect = (status: number) => () =>
    new Response('', { status, headers: { Location: 'https://evil.example/' } })

  it.each([301, 302, 303, 307, 308])('of a protected API is not followed: %i', async (status) => {
    const { client, api } = world()
    api.answers.push(redirect(status))
    expect(await codeOf(client.fetch('https://api.example/'))).toBe('redirect_refused')
    expect(api.seen).toHaveLength(1)
  })

  it('of a protected API goes to the caller who wants to see it', async () => {
    const { client, api } = world()
    api.answers.push(redirect(302))
    expect((await client.fetch('https://api.example/', { redirect: 'manual' })).status).toBe(302)
    expect(api.seen).toHaveLength(1)
  })

  it('that a browser hides is not taken for an answer', async () => {
    const hidden = Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' })
    const made = fakeWorld()
    const other = made.another({
      fetch: (input, init) =>
        new URL(input as string).host === 'attest.example'
          ? made.service.fetch(input, init)
          : Promise.resolve(hidden),
    })
    expect(await codeOf(other.fetch('https://api.example/'))).toBe('redirect_refused')
  })

  describe('where the platform knows of no redirects', () => {
    class RequestWithoutRedirect extends Request {
      override get redirect() {
        return undefined as never
      }
    }
    const stub = () => {
      vi.stubGlobal('Request', RequestWithoutRedirect)
      onTestFinished(() => void vi.unstubAllGlobals())
    }

    it('takes nothing along, because nothing is sent', async () => {
      const { client, api } = world()
      stub()
      expect(await codeOf(client.fetch('https://api.example/'))).toBe('ERR_INVALID_ARG_VALUE')
      expect(api.seen).toHaveLength(0)
      await client.fetch('https://other.example/')
      expect(api.seen).toHaveLength(1)
    })

    it('is not followed by a `fetch` that is said to heed them', async () => {
      const { client, api } = world({ heedsRedirect: true })
      stub()
      api.answers.push(redirect(302))
      expect(await codeOf(client.fetch('https://api.example/'))).toBe('redirect_refused')
    })
  })

  it('is never left to fetch', async () => {
    const made = fakeWorld()
    const modes: unknown[] = []
    const client = made.another({
      fetch: (input, init) => {
        if (new URL(input as string).host === 'attest.example') return made.service.fetch(input, init)
        modes.push(init?.redirect)
        return Promise.resolve(new Response())
      },
    })
    for (const redirect of [undefined, 'follow', 'manual', 'error'] as const) {
      await client.fetch('https://api.example/', redirect === undefined ? {} : { redirect })
    }
    expect(modes).toEqual(['manual', 'manual', 'manual', 'error'])
  })
})

describe('when the API wants', () => {
  it.each([
    ['DPoP-Nonce', 'use_dpop_nonce'],
    ['OAuth-Client-Attestation-Challenge', 'use_dpop_nonce'],
    ['DPoP-Nonce', 'use_attestation_challenge'],
  ])('a nonce (%s, %s): once more with it, and with it from then on', async (header, error) => {
    const { client, api } = world()
    api.answers.push(refused(error, { [header]: 'n1' }))
    expect((await client.fetch('https://api.example/', { method: 'POST', body: 'b' })).status).toBe(200)
    await client.fetch('https://api.example/other')
    expect(api.seen.map(({ headers }) => proofOf(headers).claims.nonce)).toEqual([undefined, 'n1', 'n1'])
    expect(api.seen.map(({ body }) => body)).toEqual(['b', 'b', ''])
    expect(new Set(api.seen.map(({ headers }) => proofOf(headers).claims.jti)).size).toBe(3)
  })

  it.each([
    ['use_dpop_nonce', 'DPoP-Nonce'],
    ['use_attestation_challenge', 'OAuth-Client-Attestation-Challenge'],
  ])('a nonce as authorization servers say it (%s): once more with it', async (error, header) => {
    const { client, api } = world()
    api.answers.push(refusedByServer(error, { [header]: 'n1' }))
    const response = await client.fetch('https://api.example/token', { method: 'POST', body: 'b' })
    expect(response.status).toBe(200)
    expect(api.seen.map(({ headers }) => proofOf(headers).claims.nonce)).toEqual([undefined, 'n1'])
    expect(api.seen.map(({ body }) => body)).toEqual(['b', 'b'])
  })

  it('a fresh token as authorization servers say it: once more with another', async () => {
    const { client, api } = world()
    api.answers.push(refusedByServer('use_fresh_attestation'), refusedByServer('use_fresh_attestation'))
    const response = await client.fetch('https://api.example/token')
    expect(api.seen.map(({ headers }) => headers.get('OAuth-Client-Attestation'))).toEqual([
      'token-1',
      'token-2',
    ])
    expect(await response.json()).toEqual({ error: 'use_fresh_attestation' })
  })

  it.each([
    ['another error', refusedByServer('invalid_grant')],
    ['an error without JSON', () => new Response('use_dpop_nonce', { status: 400 })],
    [
      'JSON that is none',
      () => new Response('{', { status: 400, headers: { 'Content-Type': 'application/json' } }),
    ],
    ['JSON that is no object', () => Response.json(null, { status: 400 })],
    ['a name that every object has', refusedByServer('constructor')],
    ['another status', () => Response.json({ error: 'use_dpop_nonce' }, { status: 403 })],
  ] as const)('nothing by a status 400 with %s: its answer is the answer', async (_name, answer) => {
    const { client, api } = world()
    api.answers.push(answer)
    expect((await client.fetch('https://api.example/')).status).toBeGreaterThan(399)
    expect(api.seen).toHaveLength(1)
  })

  it('a nonce again and again: once more only', async () => {
    const { client, api } = world()
    const answer = refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' })
    api.answers.push(answer, answer, answer)
    expect((await client.fetch('https://api.example/')).status).toBe(401)
    expect(api.seen).toHaveLength(2)
  })

  it('another nonce, it is taken from any answer, DPoP-Nonce first, for that server only', async () => {
    const { client, api } = world({
      audiences: { 'https://api.example': audience, 'https://b.example': audience },
    })
    const headers = { 'DPoP-Nonce': 'n2', 'OAuth-Client-Attestation-Challenge': 'c2' }
    api.answers.push(() => new Response('', { headers }))
    await client.fetch('https://api.example/')
    await client.fetch('https://api.example/')
    await client.fetch('https://b.example/')
    expect(api.seen.map(({ headers: sent }) => proofOf(sent).claims.nonce)).toEqual([
      undefined,
      'n2',
      undefined,
    ])
  })

  it.each(['use_fresh_attestation', 'invalid_client_attestation', 'invalid_dpop_proof'])(
    'another token (%s): an exchange and once more',
    async (error) => {
      const { client, api } = world()
      api.answers.push(refused(error), refused(error))
      expect((await client.fetch('https://api.example/')).status).toBe(401)
      expect(api.seen.map(({ headers }) => headers.get('OAuth-Client-Attestation'))).toEqual([
        'token-1',
        'token-2',
      ])
    },
  )

  it('another token from many requests at once: one exchange', async () => {
    const { client, api, service } = world()
    await client.getToken()
    api.answers.push(...Array.from({ length: 5 }, () => refused('use_fresh_attestation')))
    const all = await Promise.all(Array.from({ length: 5 }, () => client.fetch('https://api.example/')))
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(service.issued).toHaveLength(2)
  })

  it('another token whatever it is sent: no exchange with every request', async () => {
    const { client, api, service, time } = world()
    api.answers.push(...Array.from({ length: 9 }, () => refused('invalid_dpop_proof')))
    for (let i = 0; i < 5; i++) expect((await client.fetch('https://api.example/')).status).toBe(401)
    expect(service.issued).toHaveLength(2)
    expect(api.seen).toHaveLength(6)
    await time.advance(60_001)
    await client.fetch('https://api.example/')
    expect(service.issued).toHaveLength(3)
  })

  it('both: each once', async () => {
    const { client, api } = world()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }), refused('use_fresh_attestation'))
    expect((await client.fetch('https://api.example/')).status).toBe(200)
    expect(api.seen).toHaveLength(3)
  })

  it.each(['invalid_token', 'insufficient_scope'])(
    'something else (%s): its answer is the answer',
    async (error) => {
      const { client, api, service } = world()
      api.answers.push(refused(error))
      expect((await client.fetch('https://api.example/')).status).toBe(401)
      expect(api.seen).toHaveLength(1)
      expect(service.issued).toHaveLength(1)
    },
  )

  it('something while the body is a stream: its answer is the answer, and the nonce is kept', async () => {
    const { client, api } = world()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }))
    const body = new Blob(['a']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect((await client.fetch('https://api.example/', init)).status).toBe(401)
    expect(api.seen).toHaveLength(1)
    await client.fetch('https://api.example/')
    expect(proofOf(api.seen[1]!.headers).claims.nonce).toBe('n')
  })

  it('something of a Request with a body: once more with the body', async () => {
    const { client, api } = world()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }))
    await client.fetch(new Request('https://api.example/', { method: 'POST', body: 'b' }))
    expect(api.seen.map(({ body }) => body)).toEqual(['b', 'b'])
  })

  it('a fresh token and none can be had, the reason is told', async () => {
    const { client, api, service, time } = world()
    await client.getToken()
    service.down.add('attest.example')
    api.answers.push(refused('use_fresh_attestation'))
    expect(await codeOf(time.settle(client.fetch('https://api.example/')))).toBe('network')
  })
})

describe('without a token', () => {
  const without = () => {
    const made = world({ withoutToken: 'send' })
    made.service.down.add('attest.example')
    return made
  }

  it('a request goes with the code in place of token and proof, where the app wants that', async () => {
    const { client, api, time } = without()
    const sent = client.fetch('https://api.example/', {
      method: 'POST',
      body: 'b',
      headers: { 'X-Own': '1' },
    })
    expect((await time.settle(sent)).status).toBe(200)
    expect(Object.fromEntries(api.seen[0]!.headers)).toMatchObject({
      'assay-status': 'network',
      'x-own': '1',
    })
    expect(api.seen[0]!.headers.has('OAuth-Client-Attestation')).toBe(false)
    expect(api.seen[0]!.headers.has('DPoP')).toBe(false)
    expect(api.seen[0]!.body).toBe('b')
  })

  it('a denial is told so too', async () => {
    const { client, api, service } = world({ withoutToken: 'send' })
    service.mishaps['/v1/attestations'].push(problem(403, 'attestation_denied'))
    await client.fetch('https://api.example/')
    expect(api.seen[0]!.headers.get('Assay-Status')).toBe('attestation_denied')
  })

  it('its answer is the answer, whatever the API wants to see', async () => {
    const { client, api, time } = without()
    api.answers.push(refused('use_fresh_attestation'))
    expect((await time.settle(client.fetch('https://api.example/'))).status).toBe(401)
    expect(api.seen).toHaveLength(1)
  })

  it('a second attempt leaves out what the first one carried', async () => {
    const { client, api, service, time } = world({ withoutToken: 'send' })
    await client.getToken()
    service.down.add('attest.example')
    api.answers.push(refused('use_fresh_attestation'))
    expect((await time.settle(client.fetch('https://api.example/'))).status).toBe(200)
    const [, second] = api.seen
    expect(second?.headers.get('Assay-Status')).toBe('network')
    expect(second?.headers.has('OAuth-Client-Attestation')).toBe(false)
  })

  it('nothing is sent by a client that is closed, and none follows a redirect', async () => {
    const { client, api, time } = without()
    api.answers.push(
      () => new Response(null, { status: 302, headers: { Location: 'https://evil.example/' } }),
    )
    expect(await codeOf(time.settle(client.fetch('https://api.example/')))).toBe('redirect_refused')
    client.close()
    expect(await codeOf(client.fetch('https://api.example/'))).toBe('closed')
    expect(api.seen).toHaveLength(1)
  })
})

describe('the URL that is sent', () => {
  it.each(['https://API.example/a/../orders', 'https://api.example:443/v1', 'https://api.example'])(
    'is the one that was given: %s',
    async (given) => {
      const urls: unknown[] = []
      const made = fakeWorld()
      const client = made.another({
        fetch: (input, init) => {
          if (`${input as string | URL}`.startsWith('https://attest.example'))
            return made.service.fetch(input, init)
          urls.push(input)
          return Promise.resolve(new Response())
        },
      })
      await client.fetch(given)
      await client.fetch(new URL(given))
      expect(urls).toEqual([given, new URL(given)])
    },
  )
})

describe('the PoP JWT of the draft', () => {
  it('is for the audience, with the challenge that the server gave', async () => {
    const { client, api, service } = world({ proof: attestationPop })
    api.answers.push(
      refusedByServer('use_attestation_challenge', {
        'OAuth-Client-Attestation-Challenge': 'c1',
        'DPoP-Nonce': 'd1',
      }),
    )
    await client.fetch('https://api.example/token', { method: 'POST', body: 'b' })
    const read = (headers: Headers) =>
      (headers.get('OAuth-Client-Attestation-PoP') ?? '')
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object)
    const [first, second] = api.seen.map(({ headers }) => read(headers))
    expect(first).toEqual([
      { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' },
      { aud: audience, jti: expect.stringMatching(/^[\w-]{22}$/), iat: expect.any(Number) },
    ])
    expect(second?.[1]).toMatchObject({ challenge: 'c1' })
    expect(api.seen.some(({ headers }) => headers.has('DPoP'))).toBe(false)
    const [head = '', body = '', signature = ''] = (
      api.seen[0]!.headers.get('OAuth-Client-Attestation-PoP') ?? ''
    ).split('.')
    const key = createPublicKey({ key: { ...service.clientData[0]!.key }, format: 'jwk' })
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    expect(isSigned).toBe(true)
  })
})

describe('proof', () => {
  it('gives the headers for another HTTP client', async () => {
    const { client } = world()
    const request = {
      method: 'POST',
      url: new URL('https://api.example/a?b'),
      authorization: 'DPoP t',
      nonce: 'n',
    }
    const headers = await client.proof(request)
    expect(Object.keys(headers)).toEqual(['OAuth-Client-Attestation', 'DPoP'])
    expect(proofOf(new Headers({ ...headers })).claims).toMatchObject({
      htm: 'POST',
      htu: 'https://api.example/a',
      ath: sha256('t'),
      nonce: 'n',
    })
  })

  it('takes a Request for what it says', async () => {
    const { client } = world()
    const headers = await client.proof(new Request('https://api.example/a', { method: 'PUT' }))
    expect(proofOf(new Headers({ ...headers })).claims).toMatchObject({ htm: 'PUT' })
  })

  it('is refused for other URLs', async () => {
    const { client } = world()
    expect(await codeOf(client.proof({ method: 'GET', url: 'https://other.example/' }))).toBe(
      'ERR_INVALID_ARG_VALUE',
    )
  })

  it('is made with another key when the first has gone', async () => {
    const inner = nodeKeyStore()
    let gone = false
    const keyStore = {
      async open() {
        const key = await inner.open()
        return {
          publicJwk: key.publicJwk,
          sign: (data: Uint8Array) => {
            if (gone) throw new Error('the key has gone')
            return key.sign(data)
          },
        }
      },
      async renew() {
        gone = false
        return inner.renew()
      },
    }
    const { client, service } = world({ keyStore })
    await client.getToken()
    gone = true
    const headers = new Headers({ ...(await client.proof({ method: 'GET', url: 'https://api.example/' })) })
    expect(headers.get('OAuth-Client-Attestation')).toBe('token-2')
    expect(proofOf(headers).header.jwk).toEqual(service.clientData[1]?.key)
    expect(service.clientData[1]?.key).not.toEqual(service.clientData[0]?.key)
  })
})
