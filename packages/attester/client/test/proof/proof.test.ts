import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { attestationPop } from '../../src/proof/proof.ts'
import { proofOf, sha256 } from '../fake/fake-api.ts'
import { audience, codeOf } from '../fake/fake-world.ts'
import { protectedWorld, refusedByServer } from '../fake/protected-world.ts'

describe('the PoP JWT of the draft', () => {
  it('is for the audience, with the challenge that the server gave', async () => {
    const { client, api, service } = protectedWorld({
      proof: attestationPop,
      authorizationServers: [audience],
    })
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
    const { client } = protectedWorld()
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
    const { client } = protectedWorld()
    const headers = await client.proof(new Request('https://api.example/a', { method: 'PUT' }))
    expect(proofOf(new Headers({ ...headers })).claims).toMatchObject({ htm: 'PUT' })
  })

  it('is refused for other URLs', async () => {
    const { client } = protectedWorld()
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
    const { client, service } = protectedWorld({ keyStore })
    await client.getToken()
    gone = true
    const headers = new Headers({ ...(await client.proof({ method: 'GET', url: 'https://api.example/' })) })
    expect(headers.get('OAuth-Client-Attestation')).toBe('token-2')
    expect(proofOf(headers).header.jwk).toEqual(service.clientData[1]?.key)
    expect(service.clientData[1]?.key).not.toEqual(service.clientData[0]?.key)
  })
})
