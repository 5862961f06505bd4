import { describe, expect, test } from 'vitest'
import type { GuardProblemCode, GuardRefusalCode } from '@assay/guard'
import { guardProblemCodes, guardRefusalCodes } from '@assay/guard/codes'
import { malfunction, refuse } from '../../src/guard/decision.ts'
import { GuardMalfunction } from '../../src/faults/malfunction.ts'

const bound = { kind: 'attestation', mode: 'bound', method: 'dpop_combined', attested: null } as const
const access = { ...bound, kind: 'access', method: 'dpop' } as const

/** What goes over the wire, code by code: the table of the standards, read the other way round. */
const outward: [GuardProblemCode, number, GuardRefusalCode[]][] = [
  ['attestation_required', 401, ['TOKEN_MISSING']],
  ['use_fresh_attestation', 401, ['TOKEN_EXPIRED']],
  [
    'invalid_token',
    401,
    [
      'TOKEN_KIND',
      'TOKEN_SCHEME',
      'TOKEN_MODE',
      'TOKEN_DENIED',
      'TOKEN_BUILD_RETIRED',
      'TOKEN_BANNED',
      'PROOF_MISSING',
      'AUTHORIZATION_REPEATED',
      'AUTHORIZATION_MALFORMED',
    ],
  ],
  ['insufficient_attestation', 403, ['APP_NOT_ADMITTED', 'TIER_NOT_ADMITTED']],
  ['fields_too_large', 431, ['REQUEST_FIELDS_TOO_LARGE']],
  ['too_many_requests', 429, ['PROOF_SHARE_SPENT']],
  ['use_dpop_nonce', 401, ['NONCE_MISSING', 'NONCE_INVALID']],
  [
    'invalid_dpop_proof',
    401,
    [
      ...guardRefusalCodes.filter(
        (code) =>
          code.startsWith('PROOF_') &&
          !['PROOF_MISSING', 'PROOF_METHOD_NOT_ADMITTED', 'PROOF_SHARE_SPENT'].includes(code),
      ),
      'REQUEST_TARGET_UNUSABLE',
      'REQUEST_ORIGIN_UNKNOWN',
    ],
  ],
  [
    'invalid_client_attestation',
    401,
    [
      ...guardRefusalCodes.filter(
        (code) =>
          code.startsWith('TOKEN_') &&
          ![
            'TOKEN_MISSING',
            'TOKEN_EXPIRED',
            'TOKEN_KIND',
            'TOKEN_SCHEME',
            'TOKEN_MODE',
            'TOKEN_DENIED',
            'TOKEN_BUILD_RETIRED',
            'TOKEN_BANNED',
          ].includes(code),
      ),
      'PROOF_METHOD_NOT_ADMITTED',
    ],
  ],
]

test.each(outward)('%s (%i)', (problem, status, codes) => {
  for (const code of codes)
    expect(refuse(code, bound)).toMatchObject({ code, status, body: { code: problem, status } })
})

test('the table above has every code once', () => {
  expect(outward.flatMap(([, , codes]) => codes).sort()).toEqual([...guardRefusalCodes].sort())
})

describe('challenges', () => {
  test('every 401 has one, nothing else has', () => {
    for (const code of guardRefusalCodes) {
      const { status, headers } = refuse(code, bound)
      expect(headers['WWW-Authenticate'] !== undefined).toBe(status === 401)
    }
  })

  test('names the scheme, the algorithms and the error; no error where no token came', () => {
    expect(refuse('PROOF_HTM', bound).headers['WWW-Authenticate']).toBe(
      'DPoP algs="ES256", error="invalid_dpop_proof"',
    )
    expect(refuse('TOKEN_MISSING', bound).headers['WWW-Authenticate']).toBe('DPoP algs="ES256"')
    const bearer = { ...bound, mode: 'bearer' } as const
    expect(refuse('TOKEN_SIGNATURE', bearer).headers['WWW-Authenticate']).toBe(
      'Bearer error="invalid_client_attestation"',
    )
    expect(refuse('TOKEN_MISSING', bearer).headers['WWW-Authenticate']).toBe('Bearer')
  })

  test('an access token has the codes of RFC 6750 and RFC 9449 alone', () => {
    expect(refuse('TOKEN_EXPIRED', access).headers['WWW-Authenticate']).toBe(
      'DPoP algs="ES256", error="invalid_token"',
    )
    expect(refuse('TOKEN_MISSING', access).headers['WWW-Authenticate']).toBe('DPoP algs="ES256"')
    const bearer = { ...access, mode: 'bearer' } as const
    expect(refuse('TOKEN_KIND', bearer).headers['WWW-Authenticate']).toBe('Bearer error="invalid_token"')
    const outwardCodes = new Set(guardRefusalCodes.map((code) => refuse(code, access).body.code))
    expect([...outwardCodes].sort()).toEqual([
      'attestation_required',
      'fields_too_large',
      'insufficient_attestation',
      'invalid_dpop_proof',
      'invalid_token',
      'too_many_requests',
      'use_dpop_nonce',
    ])
  })

  test('the PoP JWT has the codes of its own draft', () => {
    const pop = { ...bound, method: 'attestation_pop_jwt' } as const
    expect(refuse('PROOF_SIGNATURE', pop).body.code).toBe('invalid_client_attestation')
    expect(refuse('NONCE_MISSING', pop).body.code).toBe('use_attestation_challenge')
  })
})

test('a malfunction is a 503 that says when to come back and nothing else', () => {
  const cause = new Error('secret detail of the store')
  const decision = malfunction(new GuardMalfunction('REPLAY_STORE_FAILED', { cause }))
  expect(decision).toMatchObject({
    ok: false,
    kind: 'malfunction',
    status: 503,
    code: 'REPLAY_STORE_FAILED',
    cause,
    detail: null,
  })
  expect(decision.headers['Retry-After']).toMatch(/^[0-9]+$/)
  expect(JSON.stringify([decision.headers, decision.body])).not.toContain('secret')
  expect(decision.body.code).toBe('temporarily_unavailable')
})

test('no refusal may be cached, and its body is a problem document', () => {
  for (const decision of [
    refuse('TOKEN_EXPIRED', bound),
    malfunction(new GuardMalfunction('CLOCK_FAILED')),
  ]) {
    expect(decision.headers).toMatchObject({
      'Cache-Control': 'no-store',
      'Content-Type': 'application/problem+json',
    })
    expect(decision.body.type).toBe(`urn:assay:problem:${decision.body.code}`)
    expect(decision.body.status).toBe(decision.status)
    expect(guardProblemCodes).toContain(decision.body.code)
    expect(decision.body.title.length).toBeGreaterThan(0)
  }
})

test('the precise code never leaves', () => {
  for (const code of guardRefusalCodes) {
    const { headers, body } = refuse(code, bound)
    expect(JSON.stringify([headers, body]).toUpperCase()).not.toContain(`"${code}"`)
  }
})
