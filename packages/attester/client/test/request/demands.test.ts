import { describe, expect, it } from 'vitest'
import { proofOf, refused } from '../fake/fake-api.ts'
import { audience, codeOf } from '../fake/fake-world.ts'
import { protectedWorld, refusedByServer } from '../fake/protected-world.ts'

describe('when the API wants', () => {
  it.each([
    ['DPoP-Nonce', 'use_dpop_nonce'],
    ['OAuth-Client-Attestation-Challenge', 'use_dpop_nonce'],
    ['DPoP-Nonce', 'use_attestation_challenge'],
  ])('a nonce (%s, %s): once more with it, and with it from then on', async (header, error) => {
    const { client, api } = protectedWorld()
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
    const { client, api } = protectedWorld({ authorizationServers: [audience] })
    api.answers.push(refusedByServer(error, { [header]: 'n1' }))
    const response = await client.fetch('https://api.example/token', { method: 'POST', body: 'b' })
    expect(response.status).toBe(200)
    expect(api.seen.map(({ headers }) => proofOf(headers).claims.nonce)).toEqual([undefined, 'n1'])
    expect(api.seen.map(({ body }) => body)).toEqual(['b', 'b'])
  })

  it('a fresh token as authorization servers say it: once more with another', async () => {
    const { client, api } = protectedWorld({ authorizationServers: [audience] })
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
    const { client, api } = protectedWorld({ authorizationServers: [audience] })
    api.answers.push(answer)
    expect((await client.fetch('https://api.example/')).status).toBeGreaterThan(399)
    expect(api.seen).toHaveLength(1)
  })

  it.each(['use_dpop_nonce', 'use_fresh_attestation', 'invalid_client_attestation', 'invalid_dpop_proof'])(
    'nothing, though the body of its 400 says %s: it is sent once, and the app reads that body',
    async (error) => {
      const { client, api, service } = protectedWorld()
      api.answers.push(refusedByServer(error, { 'DPoP-Nonce': 'n1' }))
      const response = await client.fetch('https://api.example/', { method: 'POST', body: 'b' })
      expect(await response.json()).toEqual({ error })
      expect(api.seen).toHaveLength(1)
      expect(service.issued).toHaveLength(1)
    },
  )

  it('nothing in JSON, and another API is an authorization server: it is sent once', async () => {
    const { client, api } = protectedWorld({
      audiences: { 'https://api.example': audience, 'https://login.example': 'login' },
      authorizationServers: ['login'],
    })
    const answer = refusedByServer('use_dpop_nonce', { 'DPoP-Nonce': 'n1' })
    api.answers.push(answer, answer)
    expect((await client.fetch('https://api.example/')).status).toBe(400)
    expect((await client.fetch('https://login.example/token')).status).toBe(200)
    expect(api.seen).toHaveLength(3)
  })

  it('a nonce again and again: once more only', async () => {
    const { client, api } = protectedWorld()
    const answer = refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' })
    api.answers.push(answer, answer, answer)
    expect((await client.fetch('https://api.example/')).status).toBe(401)
    expect(api.seen).toHaveLength(2)
  })

  it('another nonce, it is taken from any answer, DPoP-Nonce first, for that server only', async () => {
    const { client, api } = protectedWorld({
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
      const { client, api } = protectedWorld()
      api.answers.push(refused(error), refused(error))
      expect((await client.fetch('https://api.example/')).status).toBe(401)
      expect(api.seen.map(({ headers }) => headers.get('OAuth-Client-Attestation'))).toEqual([
        'token-1',
        'token-2',
      ])
    },
  )

  it('another token from many requests at once: one exchange', async () => {
    const { client, api, service } = protectedWorld()
    await client.getToken()
    api.answers.push(...Array.from({ length: 5 }, () => refused('use_fresh_attestation')))
    const all = await Promise.all(Array.from({ length: 5 }, () => client.fetch('https://api.example/')))
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(service.issued).toHaveLength(2)
  })

  it('another token whatever it is sent: no exchange with every request', async () => {
    const { client, api, service, time } = protectedWorld()
    api.answers.push(...Array.from({ length: 9 }, () => refused('invalid_dpop_proof')))
    for (let i = 0; i < 5; i++) expect((await client.fetch('https://api.example/')).status).toBe(401)
    expect(service.issued).toHaveLength(2)
    expect(api.seen).toHaveLength(6)
    await time.advance(60_001)
    await client.fetch('https://api.example/')
    expect(service.issued).toHaveLength(3)
  })

  it('both: each once', async () => {
    const { client, api } = protectedWorld()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }), refused('use_fresh_attestation'))
    expect((await client.fetch('https://api.example/')).status).toBe(200)
    expect(api.seen).toHaveLength(3)
  })

  it.each(['invalid_token', 'insufficient_scope'])(
    'something else (%s): its answer is the answer',
    async (error) => {
      const { client, api, service } = protectedWorld()
      api.answers.push(refused(error))
      expect((await client.fetch('https://api.example/')).status).toBe(401)
      expect(api.seen).toHaveLength(1)
      expect(service.issued).toHaveLength(1)
    },
  )

  it('something while the body is a stream: its answer is the answer, and the nonce is kept', async () => {
    const { client, api } = protectedWorld()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }))
    const body = new Blob(['a']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect((await client.fetch('https://api.example/', init)).status).toBe(401)
    expect(api.seen).toHaveLength(1)
    await client.fetch('https://api.example/')
    expect(proofOf(api.seen[1]!.headers).claims.nonce).toBe('n')
  })

  it('something of a Request with a body: once more with the body', async () => {
    const { client, api } = protectedWorld()
    api.answers.push(refused('use_dpop_nonce', { 'DPoP-Nonce': 'n' }))
    await client.fetch(new Request('https://api.example/', { method: 'POST', body: 'b' }))
    expect(api.seen.map(({ body }) => body)).toEqual(['b', 'b'])
  })

  it('a fresh token and none can be had, the reason is told', async () => {
    const { client, api, service, time } = protectedWorld()
    await client.getToken()
    service.down.add('attest.example')
    api.answers.push(refused('use_fresh_attestation'))
    expect(await codeOf(time.settle(client.fetch('https://api.example/')))).toBe('network')
  })
})
