import { expect, test } from 'vitest'
import type { GuardRefusalCode } from '@assay/guard'
import { GuardRefusal } from '../../src/faults/refusal.ts'
import { readAccessToken } from '../../src/request/presented.ts'

const refusal = (code: GuardRefusalCode) => expect.objectContaining({ constructor: GuardRefusal, code })

test.each([
  [[], undefined],
  [['Bearer abc.DEF-_~+/=='], 'abc.DEF-_~+/=='],
  [['DPoP abc'], 'abc'],
  [['dpop   abc'], 'abc'],
  [['BEARER abc'], 'abc'],
  [['Basic dXNlcjpwYXNz'], undefined],
  [['Bearerabc'], undefined],
  [[''], undefined],
])('%j holds %j', (values, token) => {
  expect(readAccessToken(values)).toBe(token)
})

test.each([
  [['Bearer']],
  [['Bearer ']],
  [['Bearer\tabc']],
  [['Bearer abc def']],
  [['Bearer abc,def']],
  [['DPoP ab=c']],
  [['DPoP äbc']],
])('%j is malformed', (values) => {
  expect(() => readAccessToken(values)).toThrow(refusal('AUTHORIZATION_MALFORMED'))
})

test('more than one is refused, whatever they are', () => {
  expect(() => readAccessToken(['Basic a', 'Basic b'])).toThrow(refusal('AUTHORIZATION_REPEATED'))
  expect(() => readAccessToken(['Bearer a', 'Bearer a'])).toThrow(refusal('AUTHORIZATION_REPEATED'))
})
