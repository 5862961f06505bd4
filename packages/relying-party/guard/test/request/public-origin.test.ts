import { expect, test } from 'vitest'
import { judged, mintProof, newGuard, type RequestParts } from '../minting.ts'

const forwarded = ['https://api.example.com', 'https://eu.example.com:8443']
const from = (proto: string | string[], host: string | string[]) => ({
  more: { 'x-forwarded-proto': proto, 'x-forwarded-host': host },
})
const eu = (): RequestParts => ({
  proof: mintProof({ claims: { htu: 'https://eu.example.com:8443/v1/orders' } }),
})

test('a listed origin counts, and the proof must be for that one', async () => {
  const guard = newGuard({ publicBaseUrl: { forwarded } })
  expect(await judged(guard, from('https', 'api.example.com'))).toBe('ok')
  expect(await judged(guard, from('HTTPS', 'API.example.com:443'))).toBe('ok')
  expect(await judged(guard, { ...eu(), ...from('https', 'eu.example.com:8443') })).toBe('ok')
  expect(await judged(guard, { ...eu(), ...from('https', 'api.example.com') })).toBe('PROOF_HTU')
  expect(await judged(guard, from('https', 'eu.example.com:8443'))).toBe('PROOF_HTU')
})

test.each([
  ['absent', {}],
  ['half there', { more: { 'x-forwarded-host': 'api.example.com' } }],
  ['of another host', from('https', 'evil.example')],
  ['of another scheme', from('http', 'api.example.com')],
  ['there twice', from('https', ['api.example.com', 'api.example.com'])],
  ['a list', from('https', 'api.example.com, evil.example')],
  ['a path', from('https', 'api.example.com/v1')],
  ['a user', from('https', 'x@api.example.com')],
  ['no scheme', from('', 'api.example.com')],
])('a forwarded origin that is %s is unknown', async (_, parts) => {
  expect(await judged(newGuard({ publicBaseUrl: { forwarded } }), parts)).toBe('REQUEST_ORIGIN_UNKNOWN')
})

test('where nothing is configured, forwarded fields change nothing', async () => {
  expect(await judged(newGuard(), from('http', 'evil.example'))).toBe('ok')
  const fooled = {
    proof: mintProof({ claims: { htu: 'http://evil.example/v1/orders' } }),
    ...from('http', 'evil.example'),
  }
  expect(await judged(newGuard(), fooled)).toBe('PROOF_HTU')
})

test('neither does the Host field or the authority of an absolute target', async () => {
  const guard = newGuard()
  const htu = 'https://evil.example/v1/orders'
  expect(
    await judged(guard, { url: htu, more: { host: 'evil.example' }, proof: mintProof({ claims: { htu } }) }),
  ).toBe('PROOF_HTU')
  expect(await judged(guard, { url: htu, more: { host: 'evil.example' } })).toBe('ok')
})

test('a public base URL with a path stands before the path of the request', async () => {
  const guard = newGuard({ publicBaseUrl: 'https://www.example.com/api/' })
  const proof = () => mintProof({ claims: { htu: 'https://www.example.com/api/v1/orders' } })
  expect(await judged(guard, { proof: proof() })).toBe('ok')
  expect(await judged(guard, { proof: proof(), url: '/api/v1/orders' })).toBe('PROOF_HTU')
  expect(await judged(guard)).toBe('PROOF_HTU')
})
