import { expect, test } from 'vitest'
import { decodingApi } from '../../src/play-integrity/index.ts'

test('a token is asked for by the path of its package, under the scope of the API', () => {
  expect(decodingApi.pathOf('com.example/app')).toBe('/v1/com.example%2Fapp:decodeIntegrityToken')
  expect(decodingApi.bodyOf('a-token')).toEqual({ integrityToken: 'a-token' })
  expect(decodingApi.scope).toMatch(/^https:\/\/www\.googleapis\.com\/auth\//)
})

test.each([
  ['no object', null],
  ['no payload', {}],
  ['a payload that is none', { tokenPayloadExternal: [] }],
  ['a payload without a request', { tokenPayloadExternal: {} }],
])('an answer with %s has no payload', (_, answer) => {
  expect(decodingApi.payloadOf(answer)).toBeUndefined()
})

test('the payload of an answer is what Google decoded', () => {
  const payload = { requestDetails: {} }
  expect(decodingApi.payloadOf({ tokenPayloadExternal: payload })).toBe(payload)
})
