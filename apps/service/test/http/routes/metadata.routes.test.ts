import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const publicUrl = 'https://attest.example.com/tenant'

beforeAll(async () => {
  service = await runService({ publicUrl: `${publicUrl}/` })
})
afterAll(() => service.close())

const well = '/.well-known/oauth-authorization-server'

it('describes the service under its issuer, at the place of RFC 8414 and without the path', async () => {
  for (const place of [well, `${well}/tenant`]) {
    const answer = await service.call('GET', place, { key: null })
    expect(answer.headers.get('cache-control')).toBe('max-age=300')
    expect(answer.json).toEqual({
      issuer: publicUrl,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      challenge_endpoint: `${publicUrl}/v1/challenges`,
      attestation_endpoint: `${publicUrl}/v1/attestations`,
      client_attestation_signing_alg_values_supported: ['ES256', 'Ed25519'],
      client_attestation_pop_signing_alg_values_supported: ['ES256'],
      dpop_signing_alg_values_supported: ['ES256'],
      client_attestation_pop_methods_supported: ['dpop_combined', 'attestation_pop_jwt'],
    })
  }
  expect((await service.problem('GET', `${well}/other`)).code).toBe('not_found')
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
