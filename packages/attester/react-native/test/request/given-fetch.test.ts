import { describe, expect, it } from 'vitest'
import { api, idle, options, refusalOf, setWorld } from '../fake/world.ts'

type Sent = { readonly input: unknown; readonly init: RequestInit }

/** A client that was given, which answers with what is next. */
function setTransport(...responses: (() => Response)[]) {
  return setServer(false, ...responses)
}

/** The same, and the API is an authorization server if `authorizationServer`. */
function setServer(authorizationServer: boolean, ...responses: (() => Response)[]) {
  const sent: Sent[] = []
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    sent.push({ input, init })
    return (responses.length > 1 ? responses.shift() : responses[0])?.() ?? new Response('good')
  }
  const world = setWorld({ ...options, transport: { fetch, heedsRedirect: true } })
  let made = 0
  world.answers.proof = ({ url }: { url?: string }) =>
    url?.startsWith(api)
      ? {
          value: {
            audience: api,
            authorizationServer,
            headers: { 'OAuth-Client-Attestation': `t${++made}`, DPoP: `p${made}` },
          },
        }
      : { value: {} }
  return { world, sent }
}

const refusing = (error: string) => () =>
  new Response('', {
    status: 401,
    headers: { 'WWW-Authenticate': `DPoP error="${error}"`, 'DPoP-Nonce': 'n' },
  })

describe('an API of the kind access', () => {
  /** As the native part answers for such an API. */
  function setAccess(scheme: 'DPoP' | 'Bearer', ...responses: (() => Response)[]) {
    const made = setTransport(...responses)
    let count = 0
    made.world.answers.proof = ({ authorization }) => {
      if (authorization) return { error: { code: 'authorization_present' } }
      const Authorization = `${scheme} t${++count}`
      const headers = scheme === 'DPoP' ? { Authorization, DPoP: `p${count}` } : { Authorization }
      return { value: { audience: api, headers } }
    }
    return made
  }
  const fieldsOf = ({ init }: Sent) => init.headers

  it('gets the token in Authorization, and another one once after invalid_token', async () => {
    const { world, sent } = setAccess('DPoP', refusing('invalid_token'))
    expect((await world.assay.fetch(api, { headers: { authorization: '' } })).status).toBe(401)
    expect(sent.map(fieldsOf)).toEqual([
      { Authorization: 'DPoP t1', DPoP: 'p1' },
      { Authorization: 'DPoP t2', DPoP: 'p2' },
    ])
    const proofs = world.calls.filter(({ method }) => method === 'proof')
    expect(proofs.map(({ request }) => request['unwanted'])).toEqual([undefined, 't1'])
  })

  it('is healed in bearer mode alike', async () => {
    const { world, sent } = setAccess('Bearer', refusing('invalid_token'), () => new Response('good'))
    expect((await world.assay.fetch(api)).status).toBe(200)
    expect(sent.map(fieldsOf)).toEqual([{ Authorization: 'Bearer t1' }, { Authorization: 'Bearer t2' }])
  })

  it('gets no request with an Authorization of its own', async () => {
    const { world, sent } = setAccess('DPoP')
    const request = { headers: { Authorization: 'Bearer user' } }
    expect(await refusalOf(world.assay.fetch(api, request))).toMatchObject({
      code: 'authorization_present',
      retryable: false,
    })
    expect(sent).toEqual([])
  })

  it('alone heeds invalid_token', async () => {
    const { world, sent } = setTransport(refusing('invalid_token'))
    expect((await world.assay.fetch(api)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })
})

describe('assay.fetch by a client that was given', () => {
  it('adds token and proof, and follows no redirect', async () => {
    const { world, sent } = setTransport()
    const headers = { A: 'b', DPoP: 'mine', Authorization: 'Bearer x' }
    await world.assay.fetch(`${api}/a`, { method: 'post', headers })
    expect(sent).toEqual([
      {
        input: `${api}/a`,
        init: {
          method: 'POST',
          redirect: 'manual',
          headers: { A: 'b', Authorization: 'Bearer x', 'OAuth-Client-Attestation': 't1', DPoP: 'p1' },
        },
      },
    ])
    expect(world.calls.at(-1)?.request).toMatchObject({
      method: 'POST',
      authorization: 'Bearer x',
      heedsRedirect: true,
    })
  })

  it('leaves other URLs alone', async () => {
    const { world, sent } = setTransport()
    await world.assay.fetch('https://other.example/')
    await world.assay.fetch('/relative')
    expect(sent.map(({ init }) => init)).toEqual([{}, {}])
  })

  it.each([301, 302, 303, 307, 308])(
    'refuses a redirect with status %i, unless the caller wants to see it',
    async (status) => {
      const { world, sent } = setTransport(
        () => new Response('', { status, headers: { Location: 'https://evil.example' } }),
      )
      expect(await refusalOf(world.assay.fetch(api))).toMatchObject({ code: 'redirect_refused' })
      expect(sent).toHaveLength(1)
      expect((await world.assay.fetch(api, { redirect: 'manual' })).status).toBe(status)
    },
  )

  const answered = (url: string, redirected = false, status = 200) => {
    const response = new Response('', { status, headers: { 'DPoP-Nonce': 'n' } })
    return Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } })
  }

  it.each([
    ['says so', 'https://api.example/b', true],
    ['answers with another host', 'https://evil.example/a', false],
    ['answers with another port', 'https://api.example:8443/a', false],
    ['answers with another scheme', 'http://api.example/a', false],
    ['answers with what is no name', 'https://[::1]/a', false],
  ])(
    'refuses an answer, and its nonce, of a client that has followed a redirect and %s',
    async (_, url, redirected) => {
      const { world, sent } = setTransport(() => answered(url, redirected))
      for (const redirect of ['follow', 'manual'] as const)
        expect(await refusalOf(world.assay.fetch(`${api}/a`, { redirect }))).toMatchObject({
          code: 'redirect_refused',
        })
      expect(sent).toHaveLength(2)
      expect(world.calls.map(({ method }) => method)).not.toContain('learn')
    },
  )

  it.each([
    ['https://api.example/a', 'https://api.example:443/a'],
    ['https://API.example:443?a', 'https://api.example/?a'],
    ['https://api.example/a', ''],
    ['https://u:p@api.example/a', 'https://api.example/a'],
    ['https://api.example\\a', 'https://api.example/a'],
    ['https://äpi.example/a', 'https://xn--pi-uia.example/a'],
  ])('takes the answer to %s from %s', async (url, from) => {
    const { world } = setTransport(() => answered(from))
    world.answers.proof = { value: { audience: api, headers: {} } }
    expect((await world.assay.fetch(url)).status).toBe(200)
  })

  it('gives the redirect itself, which expo/fetch on Android calls redirected', async () => {
    const { world } = setTransport(() => answered(`${api}/a`, true, 302))
    expect((await world.assay.fetch(`${api}/a`, { redirect: 'manual' })).status).toBe(302)
  })

  it('repeats a request once with a nonce, and once with another token', async () => {
    const { world, sent } = setTransport(
      refusing('use_dpop_nonce'),
      refusing('use_fresh_attestation'),
      () => new Response('good'),
    )
    expect(await (await world.assay.fetch(api, { method: 'POST', body: 'x' })).text()).toBe('good')
    expect(sent).toHaveLength(3)
    const proofs = world.calls
      .filter(({ method }) => method === 'proof')
      .map(({ request }) => request['unwanted'])
    expect(proofs).toEqual([undefined, undefined, 't2'])
    expect(world.calls.filter(({ method }) => method === 'learn')).toHaveLength(2)
  })

  it('obtains no other token for a minute at the wish of an API that refuses a fresh one', async () => {
    const { world, sent } = setTransport(refusing('use_fresh_attestation'))
    expect((await world.assay.fetch(api)).status).toBe(401)
    expect(sent).toHaveLength(2)
    await world.assay.fetch(api)
    expect(sent).toHaveLength(3)
    world.time = 60_001
    await world.assay.fetch(api)
    expect(sent).toHaveLength(5)
  })

  it.each([
    'Bearer error="invalid_token", DPoP error="use_dpop_nonce"',
    'DPoP error=invalid_token, DPoP algs="ES256", error=use_dpop_nonce',
  ])('finds what the API wants among several challenges: %s', async (challenges) => {
    const headers = { 'WWW-Authenticate': challenges, 'DPoP-Nonce': 'n' }
    const { world, sent } = setTransport(
      () => new Response('', { status: 401, headers }),
      () => new Response('good'),
    )
    expect((await world.assay.fetch(api)).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  const inJson = (body: string, type = 'application/json') =>
    new Response(body, { status: 400, headers: { 'Content-Type': type, 'DPoP-Nonce': 'n' } })

  it('repeats what an authorization server refuses in JSON', async () => {
    const { world, sent } = setServer(
      true,
      () => inJson('{"error":"use_dpop_nonce"}'),
      () => inJson('{"error":"invalid_client_attestation"}', 'application/problem+json; charset=utf-8'),
      () => new Response('good'),
    )
    expect((await world.assay.fetch(api)).status).toBe(200)
    expect(sent).toHaveLength(3)
    expect(world.calls.findLast(({ method }) => method === 'proof')?.request['unwanted']).toBe('t2')
  })

  it.each([
    ['{"error":"invalid_grant"}', 'application/json'],
    ['{"error":"toString"}', 'application/json'],
    ['{"error":["use_dpop_nonce"]}', 'application/json'],
    ['null', 'application/json'],
    ['no JSON', 'application/json'],
    ['{"error":"use_dpop_nonce"}', 'text/plain'],
  ])('repeats nothing else, and leaves the answer readable: %s as %s', async (body, type) => {
    const { world, sent } = setServer(true, () => inJson(body, type))
    expect(await (await world.assay.fetch(api)).text()).toBe(body)
    expect(sent).toHaveLength(1)
  })

  it('gives the answer back of a client whose answers cannot be copied', async () => {
    const { world, sent } = setServer(true, () =>
      Object.assign(inJson('{"error":"use_dpop_nonce"}'), {
        clone() {
          throw new Error('not implemented')
        },
      }),
    )
    expect(await (await world.assay.fetch(api)).text()).toBe('{"error":"use_dpop_nonce"}')
    expect(sent).toHaveLength(1)
  })

  it.each(['use_dpop_nonce', 'invalid_client_attestation'])(
    'sends once what an API refuses in a body that says %s',
    async (error) => {
      const body = JSON.stringify({ error })
      const { world, sent } = setTransport(() => inJson(body))
      expect(await (await world.assay.fetch(api, { method: 'POST', body: 'x' })).text()).toBe(body)
      expect(sent).toHaveLength(1)
    },
  )

  it('says to the API why there is no token, and takes no wish for another', async () => {
    const { world, sent } = setTransport(refusing('use_fresh_attestation'))
    world.answers.proof = { value: { audience: api, headers: { 'Assay-Status': 'network' } } }
    expect((await world.assay.fetch(api)).status).toBe(401)
    expect(sent.map(({ init }) => init.headers)).toEqual([{ 'Assay-Status': 'network' }])
  })

  it('is aborted before a token is asked for, and while one is obtained', async () => {
    const { world, sent } = setTransport()
    const before = world.assay.fetch(api, { signal: AbortSignal.abort() })
    expect(await refusalOf(before)).toMatchObject({ name: 'AbortError' })
    expect(world.calls).toEqual([])
    const controller = new AbortController()
    world.answers.proof = () => new Promise(() => undefined)
    const waiting = refusalOf(world.assay.fetch(new Request(api, { signal: controller.signal })))
    await idle()
    controller.abort()
    expect(await waiting).toMatchObject({ name: 'AbortError' })
    expect(sent).toEqual([])
  })

  it('does not repeat a stream', async () => {
    const { world, sent } = setTransport(refusing('use_dpop_nonce'))
    const body = new ReadableStream()
    await world.assay.fetch(api, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(sent).toHaveLength(1)
  })
})
