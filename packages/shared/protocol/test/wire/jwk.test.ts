import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readPublicJwk, thumbprintInput } from '@assay/protocol'

/** The key of RFC 9449, whose thumbprint the RFC states. */
const jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
  y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
} as const

test('the thumbprint is that of RFC 7638', () => {
  const thumbprint = createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')
  expect(thumbprint).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I')
})

test('members that do not change the key are dropped', () => {
  expect(readPublicJwk({ ...jwk, alg: 'ES256', kid: 'a', use: 'sig' })).toEqual({ ok: true, jwk })
})

test.each([
  ['private', { ...jwk, d: 'AAAA' }],
  ['private', { ...jwk, k: 'AAAA' }],
  ['private', { ...jwk, priv: 'AAAA' }],
  ['not_ec_p256', { ...jwk, kty: 'OKP' }],
  ['not_ec_p256', { ...jwk, crv: 'P-384' }],
  ['not_ec_p256', { ...jwk, alg: 'HS256' }],
  ['not_ec_p256', null],
  ['not_ec_p256', [jwk]],
  ['not_ec_p256', undefined],
  ['coordinates', { ...jwk, x: jwk.x.slice(2) }],
  ['coordinates', { ...jwk, y: `${jwk.y}A` }],
  ['coordinates', { kty: 'EC', crv: 'P-256', x: jwk.x }],
])('refuses with %s', (fault, value) => {
  expect(readPublicJwk(value)).toEqual({ ok: false, fault })
})
