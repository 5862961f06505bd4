import type { TokenType } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { attestationPop } from '../../src/proof/proof.ts'
import { webSocketRequest } from '../../src/request/web-socket-request.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { proofOf, refused, sha256 } from '../fake/fake-api.ts'
import { audience, codeOf } from '../fake/fake-world.ts'
import { protectedWorld, refusedByServer } from '../fake/protected-world.ts'

const url = 'https://api.example/a'
const withLogin = { headers: { Authorization: 'Bearer user' } }

/** A world whose API takes the kind `access`. */
function accessWorld(type: TokenType = 'DPoP', options: Parameters<typeof protectedWorld>[0] = {}) {
  const world = protectedWorld(options)
  world.service.settings.tokenTypes.set(audience, type)
  return world
}

describe('an API of the kind access', () => {
  it('gets the token in Authorization alone, with a proof that is bound to it', async () => {
    const { client, api } = accessWorld()
    await client.fetch(url, { method: 'POST', body: 'b' })
    const { headers } = api.seen[0] as (typeof api.seen)[0]
    expect(headers.get('Authorization')).toBe('DPoP token-1')
    expect(headers.has('OAuth-Client-Attestation')).toBe(false)
    expect(proofOf(headers).claims).toMatchObject({ htm: 'POST', htu: url, ath: sha256('token-1') })
    expect(await client.getToken()).toMatchObject({ token: 'token-1', tokenType: 'DPoP' })
  })

  it('gets no proof in bearer mode', async () => {
    const { client, api } = accessWorld('Bearer')
    await client.fetch(url)
    const { headers } = api.seen[0] as (typeof api.seen)[0]
    expect([...headers].filter(([name]) => /auth|dpop/.test(name))).toEqual([
      ['authorization', 'Bearer token-1'],
    ])
    expect(await client.proof({ method: 'GET', url })).toEqual({ Authorization: 'Bearer token-1' })
  })

  it.each<[string, TokenType, Parameters<typeof protectedWorld>[0]]>([
    ['in bound mode', 'DPoP', {}],
    ['in bearer mode', 'Bearer', {}],
    ['of an app that sends without a token', 'DPoP', { withoutToken: 'send' }],
  ])('gets no request with an Authorization of its own: %s', async (_name, type, options) => {
    const { client, api, service } = accessWorld(type, options)
    expect(await codeOf(client.fetch(url, withLogin))).toBe('authorization_present')
    expect(await codeOf(client.fetch(new Request(url, withLogin)))).toBe('authorization_present')
    const proof = client.proof({ method: 'GET', url, authorization: 'Basic dTpw' })
    await expect(proof).rejects.toMatchObject({
      code: 'authorization_present',
      retryable: false,
      message: 'authorization_present: send it without Authorization',
    })
    expect(api.seen).toEqual([])
    // Nothing is wrong with key or token.
    expect(service.issued).toHaveLength(1)
  })

  it('is healed once by another token after invalid_token, and not again for a minute', async () => {
    const { client, api, service, time } = accessWorld()
    const no = refused('invalid_token')
    api.answers.push(no, no, no)
    expect((await client.fetch(url)).status).toBe(401)
    await time.advance(59_000)
    expect((await client.fetch(url)).status).toBe(401)
    expect(service.issued).toHaveLength(2)
    const sent = api.seen.map(({ headers }) => headers.get('Authorization'))
    expect(sent).toEqual(['DPoP token-1', 'DPoP token-2', 'DPoP token-2'])
  })

  it.each([
    ['of the other kind', false, refused('invalid_token')],
    ['that says it in JSON', true, refusedByServer('invalid_token')],
  ])('alone heeds invalid_token: not one %s', async (_name, isAccess, answer) => {
    const { client, api } = isAccess ? accessWorld() : protectedWorld()
    api.answers.push(answer)
    expect((await client.fetch(url)).ok).toBe(false)
    expect(api.seen).toHaveLength(1)
  })

  it('keeps its kind where another client takes the grant over', async () => {
    let state: unknown
    const shared = {
      load: async () => state,
      save: async (next: unknown) => void (state = next),
      exclusively: <T>(work: () => Promise<T>) => work(),
    }
    const keyStore = nodeKeyStore()
    const first = accessWorld('DPoP', { shared, keyStore })
    await first.client.getToken()
    const second = protectedWorld({ shared, keyStore })
    await second.client.fetch(url)
    expect(second.api.seen[0]?.headers.get('Authorization')).toBe('DPoP token-1')
    expect(second.service.issued).toEqual([])
  })

  it('has DPoP proofs of a client that proves by PoP JWT elsewhere, and the nonces of each', async () => {
    const other = 'https://as.example'
    const audiences = { 'https://api.example': audience, [other]: other }
    const { client, api } = accessWorld('DPoP', { proof: attestationPop, audiences })
    const both = { 'DPoP-Nonce': 'n1', 'OAuth-Client-Attestation-Challenge': 'c1' }
    api.answers.push(
      () => new Response('', { headers: both }),
      () => new Response('', { headers: both }),
    )
    for (const each of [url, other, url, other]) await client.fetch(each)
    const [, , bound, pop] = api.seen
    expect(proofOf(bound?.headers as Headers).claims).toMatchObject({ ath: sha256('token-1'), nonce: 'n1' })
    expect(pop?.headers.get('OAuth-Client-Attestation')).toBe('token-2')
    expect(pop?.headers.has('DPoP')).toBe(false)
    const [, claims = ''] = pop?.headers.get('OAuth-Client-Attestation-PoP')?.split('.') ?? []
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ challenge: 'c1' })
  })

  it('is reached by the handshake of a WebSocket alike, which has no login either', async () => {
    const { client } = accessWorld()
    const { headers } = await webSocketRequest(client, 'wss://api.example/feed')
    expect(headers).toEqual({ Authorization: 'DPoP token-1', DPoP: expect.any(String) as string })
    const login = webSocketRequest(client, 'wss://api.example/feed', { authorization: 'Bearer user' })
    expect(await codeOf(login)).toBe('authorization_present')
  })

  it('may become one while a token of the other kind is in use', async () => {
    const { client, api, service } = protectedWorld()
    api.answers.push(refused('use_fresh_attestation'))
    await client.getToken()
    service.settings.tokenTypes.set(audience, 'DPoP')
    expect(await codeOf(client.fetch(url, withLogin))).toBe('authorization_present')
    expect(api.seen).toHaveLength(1)
  })
})
