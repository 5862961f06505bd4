import { expect, test } from 'vitest'
import type { GuardOptions, GuardRequest } from '@assay/guard'
import { guardRefusalCodes } from '@assay/guard/codes'
import { app, audience, issuer, mintProof, mintToken, newGuard, newRequest, now } from '../minting.ts'

async function detailOf(request: GuardRequest, options: Partial<GuardOptions> = {}) {
  const decision = await newGuard(options).verify(request)
  if (decision.ok || decision.kind !== 'refused') throw new Error('expected a refusal')
  // Nothing of it is for the caller.
  expect(JSON.stringify([decision.body, decision.headers])).not.toContain(decision.detail ?? '\0')
  return [decision.code, decision.detail]
}

const withClaims = (claims: object) => newRequest({ token: mintToken({ claims: { ...claims } }) })
const withProof = (claims: object) => newRequest({ proof: mintProof({ claims: { ...claims } }) })
const ofThisClock = 'by the clock of this guard'

test.each([
  [
    'TOKEN_AUDIENCE',
    withClaims({ aud: `${audience}/` }),
    `expected audience ${audience}, got ${audience}/: they differ only in a trailing slash`,
  ],
  [
    'TOKEN_AUDIENCE',
    withClaims({ aud: `${audience}:8443` }),
    `expected audience ${audience}, got ${audience}:8443: they differ only in the port`,
  ],
  [
    'TOKEN_AUDIENCE',
    withClaims({ aud: 'https://API.example.com' }),
    `expected audience ${audience}, got https://API.example.com: they differ only in upper and lower case`,
  ],
  [
    'TOKEN_AUDIENCE',
    withClaims({ aud: 'https://other.example/a?secret#x' }),
    `expected audience ${audience}, got https://other.example/a`,
  ],
  ['TOKEN_AUDIENCE', withClaims({ aud: [audience] }), `expected audience ${audience}, got a list`],
  ['TOKEN_AUDIENCE', withClaims({ aud: undefined }), `expected audience ${audience}, got nothing`],
  [
    'TOKEN_ISSUER',
    withClaims({ iss: 'https://evil.example\r\nX: 1\u202e' }),
    `expected issuer ${issuer}, got https://evil.example\\u000d\\u000aX:\\u00201\\u202e`,
  ],
  ['TOKEN_MODE', withClaims({ mode: 'bearer' }), 'expected mode bound, got bearer'],
  ['TOKEN_EXPIRED', withClaims({ iat: now - 300, exp: now - 20 }), `expired 20 s ago ${ofThisClock}`],
  [
    'TOKEN_NOT_YET_VALID',
    withClaims({ iat: now + 40, exp: now + 300 }),
    `issued 40 s from now ${ofThisClock}`,
  ],
  [
    'APP_NOT_ADMITTED',
    withClaims({ sub: 'com.example.other' }),
    `expected app ${app}, got com.example.other`,
  ],
  [
    'TIER_NOT_ADMITTED',
    withClaims({ ear_status: 'contraindicated' }),
    'expected tier affirming|warning, got contraindicated',
  ],
  [
    'PROOF_HTU',
    withProof({ htu: `${audience}/v1/orders/?token=1` }),
    `expected htu ${audience}/v1/orders, got ${audience}/v1/orders/: they differ only in a trailing slash`,
  ],
  ['PROOF_HTM', withProof({ htm: 'GET' }), 'expected method POST, got GET'],
  ['PROOF_TOO_OLD', withProof({ iat: now - 90 }), `made 90 s ago ${ofThisClock}`],
  ['PROOF_FROM_FUTURE', withProof({ iat: now + 90 }), `made 90 s from now ${ofThisClock}`],
] as const)('%s says what was expected and what came', async (code, request, detail) => {
  expect(await detailOf(request)).toEqual([code, detail])
})

test('a long value is cut, so that all is within 200 characters', async () => {
  const long = `https://api.example.com/${'\u0001'.repeat(600)}`
  const [, detail] = await detailOf(withClaims({ aud: long }), { audience: `${audience}/${'a'.repeat(150)}` })
  expect(detail).toMatch(
    /^expected audience https:\/\/api\.example\.com\/a+…, got https:\/\/api\.example\.com\/[\\u01]+…$/,
  )
  expect((detail as string).length).toBeLessThanOrEqual(200)
})

test('where no two values disagree there is none', async () => {
  expect(guardRefusalCodes).toContain('PROOF_SIGNATURE')
  expect(await detailOf(newRequest({ token: undefined }))).toEqual(['TOKEN_MISSING', null])
  expect(await detailOf(newRequest({ token: 'x.y.z' }))).toEqual(['TOKEN_MALFORMED', null])
})
