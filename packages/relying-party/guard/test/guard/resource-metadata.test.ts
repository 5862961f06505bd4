import { describe, expect, test } from 'vitest'
import { createResourceMetadata } from '@assay/guard'
import { audience, issuer, mintToken, newGuard, newRequest } from '../minting.ts'

describe('metadata of the protected resource (RFC 9728)', () => {
  test('lies between host and path, and says what the API takes', () => {
    expect(createResourceMetadata({ audience, issuer })).toEqual({
      path: '/.well-known/oauth-protected-resource',
      url: 'https://api.example.com/.well-known/oauth-protected-resource',
      document: {
        resource: audience,
        bearer_methods_supported: ['header'],
        dpop_signing_alg_values_supported: ['ES256'],
        client_attestation_signing_alg_values_supported: ['ES256', 'Ed25519'],
        client_attestation_pop_signing_alg_values_supported: ['ES256'],
        client_attestation_pop_methods_supported: ['dpop_combined'],
        assay_issuer: issuer,
      },
    })
    const { path, url, document } = createResourceMetadata({
      audience: 'https://api.example.com/v1',
      issuer,
      authorizationServers: ['https://login.example.com'],
      proofs: ['attestation_pop_jwt'],
      dpopBoundAccessTokensRequired: true,
      name: 'Orders',
      documentation: 'https://example.com/docs',
    })
    expect(path).toBe('/.well-known/oauth-protected-resource/v1')
    expect(url).toBe('https://api.example.com/.well-known/oauth-protected-resource/v1')
    expect(document).toMatchObject({
      resource: 'https://api.example.com/v1',
      authorization_servers: ['https://login.example.com'],
      client_attestation_pop_methods_supported: ['attestation_pop_jwt'],
      dpop_bound_access_tokens_required: true,
      resource_name: 'Orders',
      resource_documentation: 'https://example.com/docs',
    })
  })

  test('says nothing of the draft where the tokens are access tokens', () => {
    const settings = { audience, issuer, tokenKind: 'access', dpopBoundAccessTokensRequired: true } as const
    expect(createResourceMetadata(settings).document).toEqual({
      resource: audience,
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: true,
      assay_issuer: issuer,
    })
  })

  test.each<[string, object]>([
    ['tokenKind must be', { tokenKind: 'both' }],
    ['proofs must be', { tokenKind: 'access', proofs: ['dpop_combined'] }],
    ['audience must be', { audience: 'api' }],
    ['issuer must be', { issuer: undefined }],
    ['authorizationServers must be', { authorizationServers: [] }],
    ['authorizationServers[0] must be', { authorizationServers: ['login'] }],
    ['proofs[0] must be', { proofs: ['jwt'] }],
    ['dpop_bound_access_tokens_required must be', { dpopBoundAccessTokensRequired: 'yes' }],
    ['takes no tiers', { tiers: ['affirming'] }],
  ])('%s …', (message, change) => {
    expect(() => createResourceMetadata({ audience, issuer, ...change })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: expect.stringContaining(message) }),
    )
  })
})

test('each 401 says where the metadata lies, and nothing else does', async () => {
  const { url } = createResourceMetadata({ audience, issuer })
  const guard = newGuard({ resourceMetadata: url })
  const missing = await guard.verify(newRequest({ token: undefined }))
  expect(missing).toMatchObject({
    headers: { 'WWW-Authenticate': `DPoP algs="ES256", resource_metadata="${url}"` },
  })
  const stale = await guard.verify(newRequest({ token: mintToken({ claims: { mode: 'bearer' } }) }))
  expect(stale).toMatchObject({
    headers: { 'WWW-Authenticate': `DPoP algs="ES256", error="invalid_token", resource_metadata="${url}"` },
  })
  const bearer = newGuard({ mode: 'bearer', resourceMetadata: url })
  expect(await bearer.verify(newRequest({ token: undefined }))).toMatchObject({
    headers: { 'WWW-Authenticate': `Bearer resource_metadata="${url}"` },
  })
  const low = await guard.verify(
    newRequest({ token: mintToken({ claims: { ear_status: 'contraindicated' } }) }),
  )
  expect(low).toMatchObject({
    status: 403,
    headers: expect.not.objectContaining({ 'WWW-Authenticate': expect.anything() }),
  })
  expect(() => newGuard({ resourceMetadata: 'https://a.example/"x' })).toThrow('resourceMetadata must be')
})
