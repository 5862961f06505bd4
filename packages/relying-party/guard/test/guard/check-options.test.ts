import { describe, expect, test } from 'vitest'
import { allowPlainHttp, createGuard, createMemoryReplayStore, createNonces } from '@assay/guard'
import { createNodeGuard, createNodeNonces } from '@assay/guard/node'
import {
  app,
  audience,
  guardOptions,
  issuer,
  issuerKey,
  judged,
  jwks,
  mintToken,
  newGuard,
  newRequest,
} from '../minting.ts'

const build = (changes: object) => () => createGuard({ ...guardOptions(), ...changes })
const untyped = (value: object) => value as never
const forwarded = (origins: unknown, more = {}) => ({ publicBaseUrl: { forwarded: origins, ...more } })
const remote = (changes: object) => ({
  jwks: { url: 'https://attest.example/jwks', fetch: globalThis.fetch, ...changes },
})
/** Each message begins with the option that it is about. */
const misuse = (option: string) =>
  expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringMatching(new RegExp(`^${option.replace(/[[\]]/g, '\\$&')} (must be|takes no) `)),
  })

test.each<[string, object, string?]>([
  ['no issuer', { issuer: undefined }],
  ['an empty issuer', { issuer: '' }],
  ['an issuer that is no URL', { issuer: 'attest.example' }],
  ['an issuer with a slash at its end', { issuer: `${issuer}/` }],
  ['an issuer in capitals', { issuer: 'https://ATTEST.example' }],
  ['an issuer with the port that it has anyway', { issuer: `${issuer}:443` }],
  ['an issuer with an escape of a letter', { issuer: `${issuer}/%6f` }],
  ['an issuer with a query', { issuer: `${issuer}?a` }],
  ['an issuer with a user', { issuer: 'https://a@attest.example' }],
  ['an issuer in a file', { issuer: 'file:///issuer' }],
  ['plain http, allowed by text', { [allowPlainHttp]: 'true' }, 'allowPlainHttp'],
  ['an audience that is no text', { audience: 5 }],
  ['an audience that is no URL', { audience: 'orders' }],
  ['an audience in capitals', { audience: 'https://API.example.com' }],
  ['an audience with the port that it has anyway', { audience: `${audience}:443` }],
  ['an audience with a dot segment', { audience: `${audience}/..`, publicBaseUrl: audience }],
  ['an audience that is no URL, beside a base URL', { audience: 'orders', publicBaseUrl: audience }],
  ['no clock', { clock: undefined }],
  ['a clock that is a time', { clock: 5 }],
  ['no apps', { apps: undefined }],
  ['apps that are no list', { apps: app }],
  ['an empty list of apps', { apps: [] }],
  ['apps that are no text', { apps: [5] }, 'apps[0]'],
  ['an app that is left open', { apps: [app, undefined] }, 'apps[1]'],
  ['a hole among apps', { apps: new Array(1) }, 'apps[0]'],
  ['an app id that is none', { apps: ['com.example.app', '*'] }, 'apps[1]'],
  ['an app twice', { apps: [app, app] }],
  ['no tiers', { tiers: undefined }],
  ['an empty set of tiers', { tiers: [] }],
  ['the tier none', { tiers: ['affirming', 'none'] }, 'tiers[1]'],
  ['an unknown tier', { tiers: ['excellent'] }, 'tiers[0]'],
  ['no mode', { mode: undefined }],
  ['an unknown mode', { mode: 'both' }],
  ['an unknown kind of token', { tokenKind: 'both' }],
  ['a kind of token of nothing', { tokenKind: null }],
  ['proof methods for access tokens', { tokenKind: 'access', proofs: ['dpop_combined'] }, 'proofs'],
  ['access tokens for development', { tokenKind: 'access', development: true }, 'development'],
  ['access tokens for test devices', { tokenKind: 'access', allowListed: true }, 'allowListed'],
  ['an unknown enforcement', { enforcement: 'observ' }],
  ['an enforcement of nothing', { enforcement: null }],
  ['proofs that are no list', { proofs: 'dpop_combined' }],
  ['no proof method', { proofs: [] }],
  ['an unknown proof method', { proofs: ['none'] }, 'proofs[0]'],
  ['proof methods for bearer tokens', { mode: 'bearer', proofs: ['dpop_combined'] }, 'proofs'],
  ['a base URL that is no text', { publicBaseUrl: 5 }],
  ['a base URL of nothing', { publicBaseUrl: null }],
  ['a base URL with a query', { publicBaseUrl: 'https://api.example.com/?a' }],
  ['a base URL that is a path', { publicBaseUrl: '/v1' }],
  ['forwarded origins that are no list', forwarded(audience), 'publicBaseUrl.forwarded'],
  ['an empty forwarded origin', forwarded(['']), 'publicBaseUrl.forwarded[0]'],
  ['no forwarded origin', forwarded([]), 'publicBaseUrl.forwarded'],
  ['a forwarded origin with a path', forwarded(['https://a.example/v1']), 'publicBaseUrl.forwarded'],
  ['a tolerance that is no number', { clockTolerance: '10' }],
  ['a negative tolerance', { clockTolerance: -1 }],
  ['a tolerance of an hour', { clockTolerance: 3600 }],
  ['a tolerance that is no number at all', { clockTolerance: Number.NaN }],
  ['proofs of no age', { proofMaxAge: 0 }],
  ['proofs of an hour', { proofMaxAge: 3600 }],
  ['proofs of any age', { proofMaxAge: null }],
  ['fields of any length', { maxFieldLength: Infinity }],
  ['a cache of nothing', { tokenCacheSize: 0 }],
  ['no time for ports', { portTimeout: 0 }],
  ['no store', { replayStore: null }],
  ['a store without its method', { replayStore: { shared: true } }],
  [
    'a store that does not say whether it is shared',
    { replayStore: { addIfAbsent: () => true } },
    'replayStore.shared',
  ],
  ['nonces that are switched on', { nonces: true }],
  ['nonces that are switched off', { nonces: false }],
  ['nonces without their methods', { nonces: { perNode: true } }],
  [
    'nonces that do not say where they are good',
    { nonces: { issue: () => 'nonce', check: () => 'fresh' } },
    'nonces.perNode',
  ],
  ['a deny list that is a list', { denyList: ['token-1'] }],
  ['a deny list of nothing', { denyList: null }],
  ['crypto without its methods', { crypto: {} }],
  ['a hook that is none', { onDecision: 'log' }],
  ['a hook of nothing', { onDecision: null }],
  ['a fault hook that is none', { onFault: {} }],
  ['no keys', { jwks: undefined }],
  ['keys as text', { jwks: 'https://attest.example/jwks' }],
  ['an empty JWKS', { jwks: { keys: [] } }],
  [
    'a JWKS with a private key',
    { jwks: { keys: [{ ...jwks.keys[0], ...issuerKey.privateKey.export({ format: 'jwk' }) }] } },
  ],
  ['a URL without fetch', { jwks: { url: 'https://attest.example/jwks' } }, 'jwks.fetch'],
  ['a URL that is no text', remote({ url: new URL('https://attest.example') }), 'jwks.url'],
  ['a JWKS over plain http', remote({ url: 'http://attest.example/jwks' }), 'jwks.url'],
  ['a JWKS in a file', remote({ url: 'file:///keys' }), 'jwks.url'],
  ['a JWKS behind a password', remote({ url: 'https://a:b@attest.example/jwks' }), 'jwks.url'],
  ['a JWKS behind a user name', remote({ url: 'https://a@attest.example/jwks' }), 'jwks.url'],
  ['a relative URL', remote({ url: '/jwks' }), 'jwks.url'],
  ['an age of a day', remote({ maxAge: 86_400 }), 'jwks.maxAge'],
  ['stale keys for a day', remote({ staleIfError: 86_400 }), 'jwks.staleIfError'],
  ['a cooldown longer than half the age', remote({ maxAge: 60, cooldown: 31 }), 'jwks.cooldown'],
  ['no timeout', remote({ timeout: 0 }), 'jwks.timeout'],
  ['a body of any size', remote({ maxBytes: 1e9 }), 'jwks.maxBytes'],
])('%s is misuse', (_, changes, option = Object.keys(changes)[0] ?? '') => {
  expect(build(changes)).toThrow(misuse(option))
})

describe('a name that nobody reads is misuse, and the message has it', () => {
  const guard = createGuard(guardOptions())
  const route = { apps: [app], tiers: ['affirming'] }

  test.each<[string, () => unknown, string]>([
    ['of a guard', build({ enforcment: 'observe' }), 'the guard takes no enforcment;'],
    ['of a guard, by its symbol', build({ [Symbol('http')]: true }), 'the guard takes no Symbol(http);'],
    ['of a JWKS', build(remote({ maxage: 60 })), 'jwks takes no maxage;'],
    [
      'of a JWKS, that the guard has',
      build(remote({ [allowPlainHttp]: true })),
      'jwks takes no Symbol(allowPl',
    ],
    ['of a base URL', build(forwarded([audience], { host: true })), 'publicBaseUrl takes no host;'],
    [
      'of a guard on Node',
      () => createNodeGuard(guardOptions(untyped({ tier: 1 }))),
      'the guard takes no tier;',
    ],
    ...['audience', 'mode', 'issuer', 'enforcement'].map((name): [string, () => unknown, string] => [
      `of a route: ${name}`,
      () => guard.forRoute(untyped({ ...route, [name]: 'enforce' })),
      `forRoute takes no ${name}; it takes: apps, tiers`,
    ]),
    [
      'of nonces on Node',
      () => createNodeNonces(untyped({ audience, random: () => new Uint8Array(32) })),
      'createNodeNonces takes no random;',
    ],
    [
      'of nonces',
      () => createNonces(untyped({ audience, random: () => new Uint8Array(32), life: 5 })),
      'createNonces takes no life;',
    ],
    [
      'of the store in memory',
      () => createMemoryReplayStore(untyped({ clock: () => 1, size: 5 })),
      'createMemoryReplayStore takes no size;',
    ],
  ])('%s', (_, construct, message) => {
    expect(construct).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringContaining(message),
      }),
    )
  })
})

test.each<[string, (options: never) => unknown, string]>([
  ['createGuard', createGuard, 'the guard'],
  ['createNodeGuard', createNodeGuard, 'the guard'],
  ['forRoute', createGuard(guardOptions()).forRoute, 'forRoute'],
  ['createNonces', createNonces, 'createNonces'],
  ['createNodeNonces', createNodeNonces, 'createNodeNonces'],
  ['createMemoryReplayStore', createMemoryReplayStore, 'createMemoryReplayStore'],
])('%s without options, or with null, is misuse', (_, construct, of) => {
  for (const options of [undefined, null, 'options']) {
    expect(() => construct(options as never)).toThrow(misuse(`options of ${of}`))
  }
})

test('what can be put right is said: the form of an app id, the normal form of a URL', () => {
  expect(build({ apps: ['my app'] })).toThrow(/^apps\[0\] must be an app id: 3 to 255 letters, digits,/)
  const issuerForms = [
    `${issuer}/`,
    'https://ATTEST.example',
    'https://a:secret@attest.example/?secret#secret',
  ]
  for (const given of issuerForms) {
    expect(build({ issuer: given })).toThrow(new RegExp(`in its normal form: ${issuer}$`))
  }
  for (const given of [
    'https://API.example.com',
    `${audience}?v=1`,
    ` ${audience} `,
    'https://u@api.example.com',
  ]) {
    expect(build({ audience: given })).toThrow(new RegExp(`in its normal form: ${audience}$`))
  }
  expect(build({ audience: `${audience}/v1/?v=1` })).toThrow(
    new RegExp(`in its normal form: ${audience}/v1/$`),
  )
})

test.each([
  [audience, `${audience}/`],
  [`${audience}/v1`, `${audience}/v1/`],
])('an audience with a slash at its end is another one than without: %s', async (plain, slashed) => {
  const token = mintToken({ claims: { aud: slashed } })
  expect(await judged(newGuard({ audience: plain, publicBaseUrl: audience }), { token })).toBe(
    'TOKEN_AUDIENCE',
  )
  expect(await judged(newGuard({ audience: slashed, publicBaseUrl: audience }), { token })).toBe('ok')
})

test.each([
  [{}],
  [{ publicBaseUrl: 'http://localhost:8080/base/' }],
  [remote({})],
  [remote({ url: 'http://localhost:8080/jwks' })],
  [remote({ url: 'http://127.0.0.1:8080/jwks' })],
  [remote({ url: 'http://[::1]:8080/jwks' })],
  [remote({ url: 'http://127.8.9.10:8080/jwks' })],
  [{ ...remote({ url: 'http://attest.internal/jwks' }), [allowPlainHttp]: true }],
  [{ issuer: 'http://127.0.0.1:8787' }],
  [{ issuer: 'http://localhost:8787' }],
  [{ issuer: 'http://[::1]:8787' }],
  [{ issuer: 'https://example.com/attest' }],
  [{ issuer: 'http://attest.internal' }],
  [{ audience: 'https://api.example.com/v1/' }],
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
  expect(() => createMemoryReplayStore({ clock, capacity: 0 })).toThrow(misuse('capacity'))
  expect(() => createMemoryReplayStore(untyped({ clock: undefined }))).toThrow(misuse('clock'))
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
    for (const name of ['jwks', 'clock', 'crypto', 'nonces']) {
      expect(() => createNodeGuard(untyped({ ...options, [name]: null }))).toThrow(misuse(name))
    }
    expect(() => createNodeGuard(untyped({ ...options, nonces: 'max' }))).toThrow(misuse('nonces'))
  })
})
