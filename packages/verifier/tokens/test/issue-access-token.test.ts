import { createHash, createPublicKey, verify } from 'node:crypto'
import {
  accessTokenTiers,
  decodeCompactJws,
  thumbprintInput,
  type AccessTokenClaims,
  type AccessTokenTier,
  type PublicJwk,
} from '@assay/protocol'
import { expect, test } from 'vitest'
import { generateSigningKey, issueAccessToken, type AccessTokenInput } from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const now = 1_790_000_000
const { x, y } = generateSigningKey('ES256', now, now).jwk as PublicJwk
const key = generateSigningKey('ES256', now, now)

const input: AccessTokenInput = {
  key,
  issuer: 'https://attest.example.com',
  app: 'com.example.app',
  audience: 'https://api.example.com/v1',
  holder: { kty: 'EC', crv: 'P-256', x, y },
  installation: 'A'.repeat(43),
  build: '1.0+1',
  platform: 'android',
  tier: 'warning',
  holderKey: 'software',
  mode: 'bound',
  now,
  lifetime: 300,
  jti: 'abcdefghijklmnopqrstuv',
}
const claims: AccessTokenClaims = {
  iss: 'https://attest.example.com',
  sub: 'A'.repeat(43),
  client_id: 'com.example.app',
  aud: 'https://api.example.com/v1',
  iat: now,
  exp: now + 300,
  jti: 'abcdefghijklmnopqrstuv',
  cnf: { jkt: createHash('sha256').update(thumbprintInput(input.holder)).digest('base64url') },
  build: '1.0+1',
  platform: 'android',
  ear_status: 'warning',
  holder_key: 'software',
}

test('an access token with exactly the claims of RFC 9068 and of the protocol', () => {
  const jws = decodeCompactJws(issueAccessToken(input))
  if (jws === undefined) throw new Error('no compact JWS')
  expect(jws.header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
  expect(jws.payload).toEqual(claims)
  const publicKey = createPublicKey({ key: { ...key.jwk }, format: 'jwk' })
  expect(
    verify('sha256', jws.signingInput, { key: publicKey, dsaEncoding: 'ieee-p1363' }, jws.signature),
  ).toBe(true)
})

test('as bearer it names no key: no resource server could ask for its proof', () => {
  const { cnf: _, ...rest } = claims
  expect(decodeCompactJws(issueAccessToken({ ...input, mode: 'bearer' }))?.payload).toEqual(rest)
})

test('names the channel of a build that is not for production', () => {
  const { payload } = decodeCompactJws(issueAccessToken({ ...input, channel: 'beta' })) ?? {}
  expect(payload?.['channel']).toBe('beta')
})

test.each([
  ['a tier that none may carry', { tier: 'contraindicated' as AccessTokenTier }],
  ['the tier none', { tier: 'none' as AccessTokenTier }],
  ['301 s', { lifetime: 301 }],
  ['301 s as bearer', { lifetime: 301, mode: 'bearer' }],
  ['a private key', { holder: { ...input.holder, d: x } as PublicJwk }],
  ['a key that does not sign yet', { key: generateSigningKey('ES256', now) }],
] as const)('%s is misuse', (_, more) => {
  expect(thrownBy(() => issueAccessToken({ ...input, ...more }))).toEqual(misuse)
})

test('what only a guard would look at cannot be asked for', () => {
  for (const tier of accessTokenTiers) {
    const asked = { ...input, tier, allowed: true, development: true }
    expect(decodeCompactJws(issueAccessToken(asked))?.payload).toEqual({ ...claims, ear_status: tier })
  }
})
