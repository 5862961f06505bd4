import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const publicUrl = 'https://attest.example.com/tenant'

beforeAll(async () => {
  service = await runService({ publicUrl: `${publicUrl}/` })
})
afterAll(() => service.close())

describe('the service describes itself', () => {
  it('under its own name, with the algorithms of its keys', async () => {
    const answer = await service.call('GET', '/.well-known/assay', { key: null })
    expect(answer.headers.get('cache-control')).toBe('max-age=300')
    expect(answer.json).toEqual({
      issuer: publicUrl,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      challenges_uri: `${publicUrl}/v1/challenges`,
      attestations_uri: `${publicUrl}/v1/attestations`,
      status_list_uri_template: `${publicUrl}/v1/status/{api}`,
      token_signing_algs: ['ES256'],
      proof_signing_algs: ['ES256'],
      proof_methods: ['dpop_combined', 'attestation_pop_jwt'],
    })
  })

  it('to gateways that look for a JWKS, without an endpoint to log in at', async () => {
    const answer = await service.call('GET', '/.well-known/openid-configuration', { key: null })
    expect(answer.json).toEqual({
      issuer: publicUrl,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    })
  })

  it('and not as an authorization server, which it is not', async () => {
    const problem = await service.problem('GET', '/.well-known/oauth-authorization-server', { key: null })
    expect(problem.code).toBe('not_found')
  })
})

it('publishes the keys of its tokens', async () => {
  const answer = await service.call('GET', '/.well-known/jwks.json', { key: null })
  expect(answer.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
  expect(answer.json).toEqual({
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        use: 'sig',
        kid: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        x: expect.any(String),
        y: expect.any(String),
      },
    ],
  })
})
