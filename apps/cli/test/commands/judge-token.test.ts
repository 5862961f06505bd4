import { CompactSign, exportJWK } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { guardRefusalCodes } from '@assay/guard/codes'
import type { Jwks } from '@assay/protocol'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { judgeToken, tokenFaults, type TokenExpectations } from '../../src/commands/judge-token.ts'

const issuer = 'https://attest.example.com'
const audience = 'https://api.example.com'
const now = 1_795_600_000
const header = { typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'k1' }
const { privateKey, publicKey } = fixedKeyPair('P-256', 'issuer')
let claims: Record<string, unknown>
let expected: TokenExpectations

beforeAll(async () => {
  const { x, y } = await exportJWK(publicKey)
  const jwk = { kty: 'EC', crv: 'P-256', x, y }
  const jwks = { keys: [{ ...jwk, alg: 'ES256', use: 'sig', kid: 'k1' }] } as Jwks
  expected = { jwks, issuer, audience, now }
  claims = {
    iss: issuer,
    sub: 'com.example.app',
    aud: audience,
    iat: now - 60,
    exp: now + 240,
    jti: 'an-id',
    cnf: { jwk },
    installation: 'a-pseudonym',
    build: '1.0+1',
    platform: 'android',
    ear_status: 'warning',
    mode: 'bound',
  }
})

async function sign(more: object = {}, headerMore: object = {}, key = privateKey): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify({ ...claims, ...more }))
  return new CompactSign(payload)
    .setProtectedHeader({ ...header, ...headerMore })
    .sign(key, { crit: { 'urn:x': true } })
}

const faultsOf = async (token: string, more: Partial<TokenExpectations> = {}) =>
  (await judgeToken(token, { ...expected, ...more })).faults

test('each fault has the name that it has in the log of a guard', () => {
  for (const code of Object.keys(tokenFaults)) expect(guardRefusalCodes as readonly string[]).toContain(code)
})

test('a token that is good is without fault, and its claims are to be had', async () => {
  const judgement = await judgeToken(await sign(), expected)
  expect(judgement).toMatchObject({ authentic: true, faults: [], claims, header })
})

test('without an audience any will do', async () => {
  expect(await faultsOf(await sign({ aud: 'https://other.example.com' }), { audience: undefined })).toEqual(
    [],
  )
})

describe('claims', () => {
  test.each<[string, object, string[]]>([
    ['of another issuer', { iss: 'https://other.example.com' }, ['TOKEN_ISSUER']],
    ['for another API', { aud: 'https://other.example.com' }, ['TOKEN_AUDIENCE']],
    ['for two APIs', { aud: [audience, 'https://b.example.com'] }, ['TOKEN_AUDIENCE', 'TOKEN_CLAIMS']],
    ['without an app', { sub: undefined }, ['TOKEN_CLAIMS']],
    ['with a platform that is none', { platform: 'toaster' }, ['TOKEN_CLAIMS']],
    ['with a time that is text', { exp: '1' }, ['TOKEN_CLAIMS']],
    ['without a key of its holder', { cnf: undefined }, ['TOKEN_CONFIRMATION_KEY']],
    ['past its time', { iat: now - 400, exp: now - 100 }, ['TOKEN_EXPIRED']],
    ['issued in the future', { iat: now + 60, exp: now + 360 }, ['TOKEN_NOT_YET_VALID']],
    ['that lives too long', { exp: now + 3600 }, ['TOKEN_LIFETIME']],
    ['that lives too long for a bearer', { mode: 'bearer', exp: now + 600 }, ['TOKEN_LIFETIME']],
    ['of tier none', { ear_status: 'none' }, ['TIER_NOT_ADMITTED']],
    [
      'with several faults',
      { iss: 'x', aud: 'y', iat: now - 400, exp: now - 100 },
      ['TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_EXPIRED'],
    ],
  ])('%s', async (_name, more, faults) => {
    expect(await faultsOf(await sign(more))).toEqual(faults)
  })
})

describe('an access token', () => {
  const thumbprint = 'A'.repeat(43)
  const access = {
    sub: 'a-pseudonym',
    client_id: 'com.example.app',
    cnf: { jkt: thumbprint },
    installation: undefined,
    mode: undefined,
  }

  test.each<[string, object, string[]]>([
    ['bound', {}, []],
    ['as bearer', { cnf: undefined }, []],
    ['without a client', { client_id: undefined }, ['TOKEN_CLAIMS']],
    ['without a subject', { sub: undefined }, ['TOKEN_CLAIMS']],
    ['that states a mode', { mode: 'bound' }, ['TOKEN_CLAIMS']],
    ['with a thumbprint and more', { cnf: { jkt: thumbprint, kid: 'k' } }, ['TOKEN_CONFIRMATION_KEY']],
    ['that lives too long', { exp: now + 600 }, ['TOKEN_LIFETIME']],
    ['of a tier that it never has', { ear_status: 'contraindicated' }, ['TIER_NOT_ADMITTED']],
  ])('%s', async (_name, more, faults) => {
    expect(await faultsOf(await sign({ ...access, ...more }, { typ: 'at+jwt' }))).toEqual(faults)
  })

  test('whose key is written out, as in the other kind', async () => {
    const token = await sign({ ...access, cnf: claims['cnf'] }, { typ: 'at+jwt' })
    expect(await faultsOf(token)).toEqual(['TOKEN_CONFIRMATION_KEY'])
  })
})

describe('header and signature', () => {
  test.each<[string, object, string]>([
    ['another kind of JWT', { typ: 'JWT' }, 'TOKEN_TYPE'],
    ['an extension that is demanded', { crit: ['urn:x'], 'urn:x': 1 }, 'TOKEN_CRITICAL'],
    ['no key named', { kid: undefined }, 'TOKEN_KEY_ID'],
    ['a key that the service does not publish', { kid: 'k2' }, 'TOKEN_KEY_UNKNOWN'],
  ])('%s', async (_name, more, fault) => {
    const judgement = await judgeToken(await sign({}, more), expected)
    expect(judgement).toMatchObject({ authentic: false, faults: [fault] })
  })

  test('alg none', async () => {
    const [, payload] = (await sign()).split('.')
    const unsigned = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url')
    expect(await faultsOf(`${unsigned}.${payload}.AA`)).toEqual(['TOKEN_ALGORITHM'])
  })

  test('HMAC under the public key', async () => {
    const [, payload] = (await sign()).split('.')
    const hmac = Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url')
    expect(await faultsOf(`${hmac}.${payload}.AA`)).toEqual(['TOKEN_ALGORITHM'])
  })

  test('an algorithm that is not that of the key', async () => {
    const [, payload, signature] = (await sign()).split('.')
    const other = Buffer.from(JSON.stringify({ ...header, alg: 'Ed25519' })).toString('base64url')
    expect(await faultsOf(`${other}.${payload}.${signature}`)).toEqual(['TOKEN_KEY_UNKNOWN'])
  })

  test('the signature of another key', async () => {
    const other = fixedKeyPair('P-256', 'other issuer')
    const judgement = await judgeToken(await sign({}, {}, other.privateKey), expected)
    expect(judgement).toMatchObject({ authentic: false, faults: ['TOKEN_SIGNATURE'] })
  })

  test.each(['', 'x', 'a.b', 'a.b.c', 'e30.e30.'])('no token: %s', async (text) => {
    expect(await faultsOf(text)).toEqual(['TOKEN_MALFORMED'])
  })
})
