import { expect, test } from 'vitest'
import { readAccessToken } from '../../src/request/presented.ts'

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
  expect(readAccessToken(values)).toEqual({ token })
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
  expect(readAccessToken(values)).toBe('AUTHORIZATION_MALFORMED')
})

test('more than one is refused, whatever they are', () => {
  expect(readAccessToken(['Basic a', 'Basic b'])).toBe('AUTHORIZATION_REPEATED')
  expect(readAccessToken(['Bearer a', 'Bearer a'])).toBe('AUTHORIZATION_REPEATED')
})
