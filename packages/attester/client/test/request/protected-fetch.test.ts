import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { problem } from '../fake/fake-service.ts'
import { proofOf, refused, sha256 } from '../fake/fake-api.ts'
import { audience, codeOf, fakeWorld } from '../fake/fake-world.ts'
import { protectedWorld } from '../fake/protected-world.ts'

describe('a protected request', () => {
  it('carries token and proof', async () => {
    const { client, api, service, time } = protectedWorld()
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
    const { client, api } = protectedWorld()
    await client.fetch('https://api.example/')
    await client.fetch('https://api.example/')
    expect(new Set(api.seen.map(({ headers }) => proofOf(headers).claims.jti)).size).toBe(2)
  })

  it.each(['Bearer', 'bearer', 'DPoP'])(
    'is bound to the user token in Authorization (%s)',
    async (scheme) => {
      const { client, api } = protectedWorld()
      await client.fetch('https://api.example/', { headers: { Authorization: `${scheme} user.token` } })
      expect(proofOf(api.seen[0]!.headers).claims.ath).toBe(sha256('user.token'))
      expect(api.seen[0]!.headers.get('Authorization')).toBe(`${scheme} user.token`)
    },
  )

  it('has no ath where Authorization carries no token', async () => {
    const { client, api } = protectedWorld()
    await client.fetch('https://api.example/', { headers: { Authorization: 'Basic dXNlcjpwYXNz' } })
    expect(proofOf(api.seen[0]!.headers).claims).not.toHaveProperty('ath')
  })

  it.each([
    ['post', 'POST'],
    ['Patch', 'Patch'],
  ])('names the method as it is sent: %s', async (given, sent) => {
    const { client, api } = protectedWorld()
    await client.fetch('https://api.example/', { method: given, body: 'x' })
    expect(proofOf(api.seen[0]!.headers).claims.htm).toBe(sent)
  })

  it('can be a Request', async () => {
    const { client, api } = protectedWorld()
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
    const { client, api } = protectedWorld({ baseUrl: 'https://api.example/app/' })
    await client.fetch('../a')
    expect(proofOf(api.seen[0]!.headers).claims.htu).toBe('https://api.example/a')
  })

  it.each(['https:evil.example/a', 'HTTPS:/evil.example/a', ' https:evil.example/a'])(
    'goes nowhere but to the base URL: %j',
    async (url) => {
      const { client, api } = protectedWorld({ baseUrl: 'https://api.example/' })
      await client.fetch(url)
      expect(api.seen[0]).toMatchObject({ url: 'https://api.example/evil.example/a' })
    },
  )

  it.each(['init', 'Request'])('is given up where its signal says so, in %s', async (where) => {
    const { client, api, service } = protectedWorld()
    service.mishaps['/v1/challenges'].push('hang')
    const giveUp = new AbortController()
    const init = { signal: giveUp.signal }
    const url = 'https://api.example/'
    const sent = where === 'init' ? client.fetch(url, init) : client.fetch(new Request(url, init))
    const reason = new Error('the user went on')
    giveUp.abort(reason)
    await expect(sent).rejects.toBe(reason)
    await expect(client.fetch(url, init)).rejects.toBe(reason)
    expect(api.seen).toHaveLength(0)
  })

  it('is not sent without a token', async () => {
    const { client, api, service, time } = protectedWorld()
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
    const { client, api, service } = protectedWorld()
    await client.getToken()
    const passed: unknown[] = []
    const other = protectedWorld({
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
    const { client, api } = protectedWorld({ audiences })
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
    const { client, api } = protectedWorld()
    api.answers.push(redirect(status))
    expect(await codeOf(client.fetch('https://api.example/'))).toBe('redirect_refused')
    expect(api.seen).toHaveLength(1)
  })

  it('of a protected API goes to the caller who wants to see it', async () => {
    const { client, api } = protectedWorld()
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
      const { client, api } = protectedWorld()
      stub()
      expect(await codeOf(client.fetch('https://api.example/'))).toBe('ERR_INVALID_ARG_VALUE')
      expect(api.seen).toHaveLength(0)
      await client.fetch('https://other.example/')
      expect(api.seen).toHaveLength(1)
    })

    it('is not followed by a `fetch` that is said to heed them', async () => {
      const { client, api } = protectedWorld({ heedsRedirect: true })
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

describe('without a token', () => {
  const without = () => {
    const made = protectedWorld({ withoutToken: 'send' })
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

  it('a refusal is reported too', async () => {
    const { client, api, service } = protectedWorld({ withoutToken: 'send' })
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
    const { client, api, service, time } = protectedWorld({ withoutToken: 'send' })
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
