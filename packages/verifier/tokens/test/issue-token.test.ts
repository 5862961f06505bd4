import { createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import {
  channels,
  decodeCompactJws,
  platforms,
  tokenAlgorithms,
  tokenModes,
  type Channel,
  type PublicJwk,
  type TokenClaims,
} from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  generateSigningKey,
  issueToken,
  withRetirement,
  type SigningKey,
  type TokenInput,
} from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const now = 1_790_000_000
const holderKey = generateSigningKey('ES256', now, now).jwk
const holder = { kty: 'EC', crv: 'P-256', x: holderKey.x, y: (holderKey as PublicJwk).y } as const
const key = generateSigningKey('ES256', now, now)

const input: TokenInput = {
  key,
  issuer: 'https://attest.example.com',
  app: 'com.example.app',
  audience: 'https://api.example.com/v1',
  holder,
  installation: 'A'.repeat(43),
  build: '1.0+1',
  platform: 'android',
  tier: 'warning',
  holderKey: 'software',
  mode: 'bound',
  now,
  lifetime: 900,
  jti: 'abcdefghijklmnopqrstuv',
}

function decoded(token: string) {
  const jws = decodeCompactJws(token)
  if (jws === undefined) throw new Error('no compact JWS')
  return jws
}

function verifies(token: string, { jwk, alg }: SigningKey): boolean {
  const { signingInput, signature } = decoded(token)
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  return alg === 'ES256'
    ? verify('sha256', signingInput, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, signingInput, publicKey, signature)
}

describe.each(tokenAlgorithms)('%s', (alg) => {
  const signer = generateSigningKey(alg, now, now)

  test('a client attestation JWT with exactly the claims of the protocol', () => {
    const token = issueToken({ ...input, key: signer })
    const { header, payload } = decoded(token)
    expect(header).toEqual({ alg, typ: 'oauth-client-attestation+jwt', kid: signer.kid })
    const claims: TokenClaims = {
      iss: 'https://attest.example.com',
      sub: 'com.example.app',
      aud: 'https://api.example.com/v1',
      iat: now,
      exp: now + 900,
      jti: 'abcdefghijklmnopqrstuv',
      cnf: { jwk: holder },
      installation: 'A'.repeat(43),
      build: '1.0+1',
      platform: 'android',
      ear_status: 'warning',
      holder_key: 'software',
      mode: 'bound',
    }
    expect(payload).toEqual(claims)
    expect(verifies(token, signer)).toBe(true)
  })

  test('names the channel of a build that is not for production', () => {
    const channelIn = (channel: Channel) =>
      decoded(issueToken({ ...input, key: signer, channel })).payload['channel']
    expect(channels.map(channelIn)).toEqual([undefined, 'beta', 'internal'])
    expect(() => channelIn('canary' as Channel)).toThrow('there is no such channel')
  })

  test('a signature of 64 bytes, good for this key and these bytes only', () => {
    const token = issueToken({ ...input, key: signer })
    expect(decoded(token).signature).toHaveLength(64)
    expect(verifies(token, generateSigningKey(alg, now, now))).toBe(false)
    const [header, , signature] = token.split('.')
    const other = issueToken({ ...input, key: signer, tier: 'affirming' }).split('.')[1]
    expect(verifies(`${header}.${other}.${signature}`, signer)).toBe(false)
  })
})

test('a token fits into a header field beside its proof', () => {
  const longest = {
    app: 'a'.repeat(255),
    audience: `https://${'a'.repeat(247)}`,
    build: 'b'.repeat(128),
    jti: 'j'.repeat(128),
  }
  expect(issueToken({ ...input, ...longest }).length).toBeLessThan(3072)
})

describe('the holder', () => {
  test('is named by the public members and nothing else', () => {
    const more = { ...holder, kid: 'x', alg: 'ES256', note: 'a name' }
    expect(decoded(issueToken({ ...input, holder: more })).payload.cnf).toEqual({ jwk: holder })
  })

  test.each([
    ['a private key', { ...holder, d: holder.x }],
    ['a key of another type', { kty: 'OKP', crv: 'Ed25519', x: holder.x }],
    ['a coordinate cut', { ...holder, y: holder.y.slice(1) }],
    ['nothing', undefined],
  ])('%s is misuse', (_, wrong) => {
    expect(thrownBy(() => issueToken({ ...input, holder: wrong as PublicJwk }))).toEqual(misuse)
  })
})

describe('lifetime', () => {
  test.each([
    ['bound', 900],
    ['bearer', 300],
  ] as const)('%s lives at most %d s', (mode, longest) => {
    expect(decoded(issueToken({ ...input, mode, lifetime: longest })).payload.exp).toBe(now + longest)
    expect(thrownBy(() => issueToken({ ...input, mode, lifetime: longest + 1 }))).toEqual(misuse)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d s is misuse', (lifetime) => {
    expect(thrownBy(() => issueToken({ ...input, lifetime }))).toEqual(misuse)
  })
})

describe('the key', () => {
  test('signs from its time on', () => {
    expect(thrownBy(() => issueToken({ ...input, now: now - 1 }))).toEqual(misuse)
  })

  test('is published until the token has expired', () => {
    expect(verifies(issueToken({ ...input, key: withRetirement(key, now + 900) }), key)).toBe(true)
    expect(thrownBy(() => issueToken({ ...input, key: withRetirement(key, now + 899) }))).toEqual(misuse)
  })
})

test('a token never carries the tier none', () => {
  // @ts-expect-error: the type has no such tier
  const none: TokenInput['tier'] = 'none'
  expect(thrownBy(() => issueToken({ ...input, tier: none }))).toEqual(misuse)
  expectTypeOf<TokenInput['tier']>().toEqualTypeOf<'affirming' | 'warning' | 'contraindicated'>()
})

test.each([
  ['an issuer that is no URL', { issuer: 'attest' }],
  ['an issuer with a query', { issuer: 'https://attest.example.com?x' }],
  ['an app id out of form', { app: 'a b' }],
  ['no audience', { audience: '' }],
  ['two audiences', { audience: ['https://a.example', 'https://b.example'] }],
  ['an audience with a fragment', { audience: 'https://api.example.com/#a' }],
  ['a pseudonym out of form', { installation: 'A'.repeat(42) }],
  ['a build id out of form', { build: '' }],
  ['another platform', { platform: 'windows' }],
  ['another mode', { mode: 'free' }],
  ['another tier', { tier: 'splendid' }],
  ['a short token id', { jti: 'a'.repeat(15) }],
  ['a long token id', { jti: 'a'.repeat(129) }],
  ['a token id with a line end', { jti: `${'a'.repeat(20)}\n` }],
  ['a time in milliseconds', { now: now * 1000 }],
  ['a time with a fraction', { now: now + 0.5 }],
])('%s is misuse', (_, change) => {
  const error = thrownBy(() => issueToken({ ...input, ...change } as TokenInput))
  expect(error).toEqual(misuse)
  for (const value of Object.values(change)) {
    if (String(value).length > 3) expect((error as Error).message).not.toContain(String(value))
  }
})

test('whatever it says, a token decodes to what was asked for', () => {
  const letters = 'abcXYZ019'.split('')
  const word = (min: number, max: number) =>
    fc.string({ unit: fc.constantFrom(...letters), minLength: min, maxLength: max })
  const any = fc.record({
    app: word(3, 255),
    build: word(1, 128),
    jti: word(16, 128),
    installation: word(43, 43),
    platform: fc.constantFrom(...platforms),
    mode: fc.constantFrom(...tokenModes),
    lifetime: fc.integer({ min: 1, max: 300 }),
    now: fc.integer({ min: now, max: now + 1e9 }),
  })
  fc.assert(
    fc.property(any, (changes) => {
      const { payload } = decoded(issueToken({ ...input, ...changes }))
      const { app: sub, lifetime, now: iat, ...same } = changes
      expect(payload).toMatchObject({ sub, iat, exp: iat + lifetime, ...same })
    }),
  )
})
