import { describe, expect, test } from 'vitest'
import { allowPlainHttp, createGuard, createMemoryReplayStore, type GuardOptions } from '@assay/guard'
import { createNodeGuard } from '@assay/guard/node'
import {
  app,
  audience,
  guardOptions,
  issuer,
  issuerKey,
  judged,
  jwks,
  newGuard,
  newRequest,
} from '../minting.ts'

const build = (changes: object) => () => createGuard({ ...guardOptions(), ...changes })
const remote = (changes: object) => ({
  jwks: { url: 'https://attest.example/jwks', fetch: globalThis.fetch, ...changes },
})
const misuse = (code: string) => expect.objectContaining({ name: 'TypeError', code })

test.each<[string, object]>([
  ['no issuer', { issuer: undefined }],
  ['an audience that is no text', { audience: 5 }],
  ['no clock', { clock: undefined }],
  ['apps that are no list', { apps: app }],
  ['apps that are no text', { apps: [5] }],
  ['no apps', { apps: undefined }],
  ['no tiers', { tiers: undefined }],
  ['no keys', { jwks: undefined }],
  ['keys as text', { jwks: 'https://attest.example/jwks' }],
  ['a URL without fetch', { jwks: { url: 'https://attest.example/jwks' } }],
  ['a URL that is no text', remote({ url: new URL('https://attest.example') })],
  ['a base URL that is no text', { publicBaseUrl: 5 }],
  ['forwarded origins that are no list', { publicBaseUrl: { forwarded: audience } }],
  ['proofs that are no list', { proofs: 'dpop_combined' }],
  ['a tolerance that is no number', { clockTolerance: '10' }],
  ['a store without its method', { replayStore: { shared: true } }],
  ['a store that does not say whether it is shared', { replayStore: { addIfAbsent: () => true } }],
  ['nonces without their methods', { nonces: { perNode: true } }],
  ['a deny list that is a list', { denyList: ['token-1'] }],
  ['crypto without its methods', { crypto: {} }],
  ['a hook that is none', { onDecision: 'log' }],
  ['a fault hook that is none', { onFault: {} }],
])('%s is misuse by type', (_, changes) => {
  expect(build(changes)).toThrow(misuse('ERR_INVALID_ARG_TYPE'))
})

test('options that are none are misuse', () => {
  expect(() => createGuard(undefined as unknown as GuardOptions)).toThrow(misuse('ERR_INVALID_ARG_TYPE'))
})

test.each<[string, object]>([
  ['an empty issuer', { issuer: '' }],
  ['an audience that is no URL', { audience: 'orders' }],
  ['an audience that is no URL, beside a base URL', { audience: 'orders', publicBaseUrl: audience }],
  ['an empty list of apps', { apps: [] }],
  ['an app id that is none', { apps: ['com.example.app', '*'] }],
  ['an app twice', { apps: [app, app] }],
  ['an empty set of tiers', { tiers: [] }],
  ['the tier none', { tiers: ['affirming', 'none'] }],
  ['an unknown tier', { tiers: ['excellent'] }],
  ['no mode', { mode: undefined }],
  ['an unknown mode', { mode: 'both' }],
  ['an unknown enforcement', { enforcement: 'warn' }],
  ['no proof method', { proofs: [] }],
  ['an unknown proof method', { proofs: ['none'] }],
  ['proof methods for bearer tokens', { mode: 'bearer', proofs: ['dpop_combined'] }],
  ['a base URL with a query', { publicBaseUrl: 'https://api.example.com/?a' }],
  ['a base URL that is a path', { publicBaseUrl: '/v1' }],
  ['an empty forwarded origin', { publicBaseUrl: { forwarded: [''] } }],
  ['no forwarded origin', { publicBaseUrl: { forwarded: [] } }],
  ['a forwarded origin with a path', { publicBaseUrl: { forwarded: ['https://a.example/v1'] } }],
  ['a negative tolerance', { clockTolerance: -1 }],
  ['a tolerance of an hour', { clockTolerance: 3600 }],
  ['a tolerance that is no number at all', { clockTolerance: Number.NaN }],
  ['proofs of no age', { proofMaxAge: 0 }],
  ['proofs of an hour', { proofMaxAge: 3600 }],
  ['fields of any length', { maxFieldLength: Infinity }],
  ['a cache of nothing', { tokenCacheSize: 0 }],
  ['no time for ports', { portTimeout: 0 }],
  ['an empty JWKS', { jwks: { keys: [] } }],
  [
    'a JWKS with a private key',
    { jwks: { keys: [{ ...jwks.keys[0], ...issuerKey.privateKey.export({ format: 'jwk' }) }] } },
  ],
  ['a JWKS over plain http', remote({ url: 'http://attest.example/jwks' })],
  ['a JWKS in a file', remote({ url: 'file:///keys' })],
  ['a JWKS behind a password', remote({ url: 'https://a:b@attest.example/jwks' })],
  ['a JWKS behind a user name', remote({ url: 'https://a@attest.example/jwks' })],
  ['a relative URL', remote({ url: '/jwks' })],
  ['an age of a day', remote({ maxAge: 86_400 })],
  ['stale keys for a day', remote({ staleIfError: 86_400 })],
  ['a cooldown longer than the age', remote({ maxAge: 60, cooldown: 61 })],
  ['no timeout', remote({ timeout: 0 })],
  ['a body of any size', remote({ maxBytes: 1e9 })],
])('%s is misuse by value', (_, changes) => {
  expect(build(changes)).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
})

test.each([
  [{}],
  [{ publicBaseUrl: 'http://localhost:8080/base/' }],
  [remote({})],
  [remote({ url: 'http://localhost:8080/jwks' })],
  [remote({ url: 'http://127.0.0.1:8080/jwks' })],
  [remote({ url: 'http://[::1]:8080/jwks' })],
  [remote({ url: 'http://attest.internal/jwks', [allowPlainHttp]: true })],
  [{ mode: 'bearer' }],
])('%j is fine', (changes) => {
  expect(build(changes)).not.toThrow()
})

test('messages never hold a value that was given', () => {
  for (const changes of [
    { issuer: 5 },
    { apps: ['secret value!'] },
    remote({ url: 'http://secret.value/' }),
    { mode: 'secret' },
  ]) {
    expect(build(changes)).not.toThrow(/secret/)
  }
})

test('capacity of the store in memory is bounded', () => {
  const clock = () => 1
  expect(() => createMemoryReplayStore({ clock, capacity: 0 })).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
  expect(() => createMemoryReplayStore({ clock: undefined as unknown as () => number })).toThrow(
    misuse('ERR_INVALID_ARG_TYPE'),
  )
})

describe('what was given does not change what was built', () => {
  test('lists are copied', async () => {
    const apps = ['com.example.other']
    const guard = newGuard({ apps })
    apps.push(app)
    expect(await judged(guard)).toBe('APP_NOT_ADMITTED')
  })
})

describe('on Node', () => {
  const options = { issuer, audience, jwks, apps: [app], tiers: ['warning'], mode: 'bound' } as const

  test('clock, crypto and fetch have defaults', async () => {
    const guard = createNodeGuard(options)
    // Everything here was made for another day.
    expect(await guard.verify(newRequest())).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^TOKEN_(EXPIRED|NOT_YET_VALID)$/),
    })
    expect(() => createNodeGuard({ ...options, jwks: { url: 'https://attest.example/jwks' } })).not.toThrow()
  })

  test('what is given is used', async () => {
    const clock = guardOptions().clock
    expect(await judged(createNodeGuard({ ...options, clock }))).toBe('ok')
    expect(await judged(createNodeGuard({ ...options, clock, nonces: 'mac' }))).toBe('NONCE_MISSING')
    expect(createNodeGuard({ ...options, nonces: 'mac' }).singleUse).toBe('once')
  })

  test('misuse is misuse', () => {
    const bad = { ...options, jwks: undefined } as unknown as Parameters<typeof createNodeGuard>[0]
    expect(() => createNodeGuard(bad)).toThrow(misuse('ERR_INVALID_ARG_TYPE'))
  })
})
