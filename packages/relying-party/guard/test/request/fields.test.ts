import { expect, test } from 'vitest'
import { readFields } from '../../src/request/fields.ts'

const none = {
  attestation: [],
  attestationPop: [],
  dpop: [],
  authorization: [],
  forwardedProto: [],
  forwardedHost: [],
  status: [],
}

test('reads a record whatever the case of its names', () => {
  const fields = readFields({ DPoP: 'a', 'OAuth-Client-Attestation': 'b', AUTHORIZATION: 'c', cookie: 'd' })
  expect(fields).toEqual({ ...none, dpop: ['a'], attestation: ['b'], authorization: ['c'] })
})

test('sees a field that came twice: as an array, joined, under names of different case, and in Headers', () => {
  expect(readFields({ dpop: ['a', 'b'] }).dpop).toEqual(['a', 'b'])
  expect(readFields({ dpop: 'a, b' }).dpop).toEqual(['a', 'b'])
  expect(readFields({ dpop: ['a, b', 'c'] }).dpop).toEqual(['a', 'b', 'c'])
  expect(readFields({ dpop: 'a', DPoP: 'b' }).dpop).toEqual(['a', 'b'])
  const headers = new Headers()
  headers.append('DPoP', 'a')
  headers.append('dpop', 'b')
  expect(readFields(headers).dpop).toEqual(['a', 'b'])
})

test('an empty value counts', () => {
  expect(readFields({ dpop: ['', 'b'] }).dpop).toEqual(['', 'b'])
  expect(readFields({ dpop: ', b' }).dpop).toEqual(['', 'b'])
  expect(readFields({ dpop: '' }).dpop).toEqual([''])
})

test('commas of other schemes do not part Authorization, another scheme with a token does', () => {
  const digest = 'Digest username="a", realm="b"'
  expect(readFields({ authorization: digest }).authorization).toEqual([digest])
  expect(readFields({ authorization: 'Basic abc, DPoP xyz' }).authorization).toEqual([
    'Basic abc',
    'DPoP xyz',
  ])
  expect(readFields({ authorization: ['Bearer a', 'Basic b'] }).authorization).toHaveLength(2)
})

test('names that only look alike are other fields', () => {
  const fields = readFields({
    oauth_client_attestation: 'a',
    'dpop ': 'b',
    dpo: 'c',
    'x-dpop': 'd',
    dрop: 'e',
  })
  expect(fields).toEqual(none)
})

test('absent fields are absent', () => {
  expect(readFields({ dpop: undefined })).toEqual(none)
  expect(readFields(new Headers())).toEqual(none)
  expect(readFields({})).toEqual(none)
})

test('a field named get does not make a record Headers', () => {
  expect(readFields({ get: 'x', dpop: 'a' }).dpop).toEqual(['a'])
})
