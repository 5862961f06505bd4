import { describe, expect, it } from 'vitest'
import { api, options, refusalOf, setWorld } from '../fake/world.ts'

type Sent = { readonly input: unknown; readonly init: RequestInit }

/** A client that was given, which answers with what is next. */
function setTransport(...responses: (() => Response)[]) {
  const sent: Sent[] = []
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    sent.push({ input, init })
    return (responses.length > 1 ? responses.shift() : responses[0])?.() ?? new Response('good')
  }
  const world = setWorld({ ...options, transport: { fetch, heedsRedirect: true } })
  let made = 0
  world.answers.proof = ({ url }: { url?: string }) =>
    url?.startsWith(api)
      ? { value: { audience: api, headers: { 'OAuth-Client-Attestation': `t${++made}`, DPoP: `p${made}` } } }
      : { value: {} }
  return { world, sent }
}

const refusing = (error: string) => () =>
  new Response('', {
    status: 401,
    headers: { 'WWW-Authenticate': `DPoP error="${error}"`, 'DPoP-Nonce': 'n' },
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

  it('does not repeat a stream', async () => {
    const { world, sent } = setTransport(refusing('use_dpop_nonce'))
    const body = new ReadableStream()
    await world.assay.fetch(api, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(sent).toHaveLength(1)
  })
})
