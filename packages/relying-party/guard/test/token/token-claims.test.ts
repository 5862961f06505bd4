import { expect, test } from 'vitest'
import type { JsonObject } from '@assay/protocol'
import { GuardRefusal } from '../../src/faults/refusal.ts'
import { isTime } from '../../src/token/jwt-form.ts'
import { readTokenClaims } from '../../src/token/token-claims.ts'
import { app, audience, issuer, now, tokenClaims } from '../minting.ts'

const expected = {
  issuer,
  audience,
  kind: 'attestation',
  mode: 'bound',
  clockTolerance: 10,
  development: false,
} as const
const read = (changes: object) => {
  try {
    return readTokenClaims({ ...tokenClaims, ...changes } as JsonObject, expected, now)
  } catch (fault) {
    if (fault instanceof GuardRefusal) return fault.code
    throw fault
  }
}

test('says what the token says', () => {
  expect(read({ unknown: 'ignored' })).toMatchObject({
    attested: { app, tier: 'warning', jti: 'token-0001' },
  })
})

test('a token that names no channel is of a build for production', () => {
  expect(read({})).toMatchObject({ attested: { channel: 'production' } })
  expect(read({ channel: 'beta' })).toMatchObject({ attested: { channel: 'beta' } })
})

test.each<[string, unknown[]]>([
  ['channel', [null, 1, '', 'Beta', 'canary', 'toString', ['beta']]],
  ['sub', [undefined, null, 5, '', 'ab', 'a b c', '../etc', 'x'.repeat(256), [app], { app }]],
  ['build', [undefined, null, 142, '', '-1', 'a b', 'x'.repeat(129), ['1']]],
  ['jti', [undefined, null, 5, '', 'a b', 'ä', 'x'.repeat(129), {}]],
  ['installation', [undefined, null, 5, '', 'a b', '\u0000', 'x'.repeat(129), []]],
  ['platform', [undefined, null, 'Android', 'windows', ['android']]],
  ['holder_key', [undefined, null, 1, 'Hardware', 'toString', ['software']]],
  ['ear_status', [undefined, null, 2, 'Warning', 'toString', ['warning']]],
  ['mode', [undefined, null, 'Bound', 'none', true]],
  ['iat', [undefined, null, '0', -1, 2 ** 53, [now]]],
  ['exp', [undefined, null, '0', -1, Infinity, NaN, [now]]],
])('%s that has not its form', (name, values) => {
  for (const value of values) expect(read({ [name]: value })).toBe('TOKEN_CLAIMS')
})

test.each([
  ['iss', 'TOKEN_ISSUER', [undefined, null, '', `${issuer}/`, issuer.toUpperCase(), [issuer]]],
  [
    'aud',
    'TOKEN_AUDIENCE',
    [undefined, null, '', `${audience}/`, [audience], [audience, 'x'], { [audience]: 1 }],
  ],
  [
    'cnf',
    'TOKEN_CONFIRMATION_KEY',
    [undefined, null, {}, [], 'jwk', { jkt: 'x' }, { jwk: null }, { jwk: [] }],
  ],
] as const)('%s that is not the expected one', (name, code, values) => {
  for (const value of values) expect(read({ [name]: value })).toBe(code)
})

test('a lifetime is longer than nothing and no longer than the mode allows', () => {
  expect(read({ iat: now, exp: now })).toBe('TOKEN_LIFETIME')
  expect(read({ iat: now, exp: now + 1 })).toMatchObject({ attested: {} })
  expect(read({ iat: now, exp: now + 900 })).toMatchObject({ attested: {} })
  expect(read({ iat: now, exp: now + 901 })).toBe('TOKEN_LIFETIME')
})

test('the app may be an OAuth client whose id is a URL', () => {
  const sub = 'https://client.example/metadata.json'
  expect(read({ sub })).toMatchObject({ attested: { app: sub } })
  for (const other of ['http://client.example', 'https://', 'https://a b', `https://${'a'.repeat(248)}`])
    expect(read({ sub: other })).toBe('TOKEN_CLAIMS')
})

test('a time is a number of seconds that JavaScript can count, perhaps with a fraction', () => {
  expect([0, 1, 1.5, now, Number.MAX_SAFE_INTEGER].every(isTime)).toBe(true)
  expect(
    [-0.5, -1, 2 ** 53, 1e400, NaN, '1', true, null, undefined, [1]].some((value) => isTime(value)),
  ).toBe(false)
})
