import { group, type Draft } from '../making/draft.ts'
import { accessToken, audience, now, path, pop, proof, token, type Changes } from '../making/world.ts'
import { nonceOf, nonceSettings } from './sequences.ts'

/** Places of the page at which two verifiers could read different things. */

const targetPage = 'verifiers page, the target'
const targets = group('normal form')
const named = (id: string, code: string, htu: string, target = path): Draft =>
  targets.one(id, targetPage, code, { proof: proof({ htu }), target })
const local = (id: string, code: string, base: string, htu: string): Draft =>
  targets.one(
    id,
    targetPage,
    code,
    { proof: proof({ htu: htu + path }) },
    { configuration: { public_base_url: base } },
  )

const normalForms: Draft[] = [
  named('characters that browsers send as they are', 'ok', `${audience}/v1/[a]|b`, '/v1/[a]|b'),
  named('the same beside an escape', 'ok', `${audience}/v1/%61[b]`, '/v1/a[b]'),
  named('a backslash on both sides', 'PROOF_HTU', `${audience}/v1/a\\b`, '/v1/a\\b'),
  named('a query that is no query', 'ok', `${audience}${path}?é \\ #`),
  named('a fragment that is no fragment', 'ok', `${audience}${path}#é \\ ?`),
  named('a port with a zero before it', 'PROOF_HTU', `https://api.example.com:0443${path}`),
  named('a port above 65,535', 'PROOF_HTU', `https://api.example.com:65536${path}`),
  named('an escape in the host', 'PROOF_HTU', `https://api%2eexample.com${path}`),
  named('no host', 'PROOF_HTU', `https://${path}`),
  targets.one('a target whose URL has no host', targetPage, 'REQUEST_TARGET_UNUSABLE', {
    target: `http://${path}`,
  }),
  local('an address, as it is written', 'ok', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'),
  local('the same address, written shorter', 'PROOF_HTU', 'http://127.0.0.1:8080', 'http://127.1:8080'),
  local('an address of IPv6 in capitals', 'ok', 'http://[::a]:8080', 'http://[::A]:8080'),
  local('an address of IPv6, written longer', 'PROOF_HTU', 'http://[::1]', 'http://[0:0:0:0:0:0:0:1]'),
]

const proofsPage = 'verifiers page, the proof'
const texts = group('method')
const methods: Draft[] = [
  texts.one('an empty htm', proofsPage, 'PROOF_HTM', { proof: proof({ htm: '' }) }),
  texts.one('an htm of 200 characters', proofsPage, 'PROOF_HTM', { proof: proof({ htm: 'P'.repeat(200) }) }),
  texts.one('an htm beyond ASCII', proofsPage, 'PROOF_HTM', { proof: proof({ htm: 'POST\u00e9' }) }),
]

const answers = group('answer')
const popOnly = { needs: 'pop', configuration: { proofs: ['dpop_combined', 'attestation_pop_jwt'] } } as const
const ageing = nonceOf(now - 200)
const named2 = (claims: Changes) => ({ token: token(claims), proof: proof({ nonce: ageing }) })
const refusals: Draft[] = [
  answers.one(
    'to a PoP JWT with a fragment in the target',
    'verifiers page, the answer',
    'REQUEST_TARGET_UNUSABLE',
    { proof: null, pop: pop(), target: `${path}#x` },
    popOnly,
  ),
  answers.one(
    'to another issuer, with a nonce that ages: no new one',
    'verifiers page, nonces',
    'TOKEN_ISSUER',
    named2({ iss: 'https://other.example' }),
    { needs: 'nonces', configuration: { nonces: nonceSettings } },
  ),
  answers.one('to a good token, with a nonce that ages', 'verifiers page, nonces', 'ok', named2({}), {
    needs: 'nonces',
    configuration: { nonces: nonceSettings },
  }),
]

const kinds = group('kind')
const tokens: Draft[] = [
  kinds.one(
    'an access token in the place of an attestation',
    'verifiers page, kinds of token',
    'TOKEN_KIND',
    {
      token: token({}, { typ: 'at+jwt' }),
    },
  ),
  kinds.one(
    'an access token that is allowed, of no tier',
    'verifiers page, kinds of token',
    'TOKEN_CLAIMS',
    { token: null, authorization: `DPoP ${accessToken({ allowed: true, ear_status: 'none' })}` },
    { needs: 'access', configuration: { token_kind: 'access' } },
  ),
]

const forwarded = group('forwarded', {
  needs: 'forwarded',
  configuration: { public_base_url: { forwarded: [audience] } },
})
const behindProxies = (id: string, code: string, host: string): Draft =>
  forwarded.one(id, targetPage, code, {
    more: [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', host],
    ],
  })
const hosts: Draft[] = [
  behindProxies('a host with a slash', 'REQUEST_ORIGIN_UNKNOWN', 'api.example.com/'),
  behindProxies('a host with the usual port', 'ok', 'API.example.com:443'),
]

const denied = group('misuse', { needs: 'deny-list' })
/** Entries that would deny nothing, which somebody wrote to deny something. */
const denyLists = [
  ['a deny list with an unknown kind', { kind: 'key', value: 'gqN8L99c1rfC7AMkl6tATQ0k3o8zVQq3nGj9dusDAsY' }],
  ['a deny list with an empty value', { kind: 'jti', value: '' }],
  ['a deny list with a build of no app', { kind: 'build', value: '1.4.2+142' }],
  ['a deny list with the app of a token', { kind: 'jti', value: 'token-0001', app: 'com.example.app' }],
] as const
const settings = group('misuse')
const wrong: Draft[] = [
  settings.misuse('no apps', { apps: [] }),
  settings.misuse('no tiers', { tiers: [] }),
  settings.misuse('no keys', { jwks: { keys: [] } }),
  settings.misuse('the same app twice', { apps: ['com.example.app', 'com.example.app'] }),
  settings.misuse('proofs in bearer mode', { mode: 'bearer', proofs: ['dpop_combined'] }),
  settings.misuse('no proofs', { proofs: [] }),
  settings.misuse('a tolerance of 301 s', { clock_tolerance: 301 }),
  settings.misuse('proofs that never age', { proof_max_age: 0 }),
  settings.misuse('fields without a bound', { max_field_length: 16_385 }),
  settings.misuse('a tolerance below 0', { clock_tolerance: -1 }),
  settings.misuse('an audience with the port of its scheme', { audience: `${audience}:443` }),
  settings.misuse('an audience with an escape of a letter', { audience: `${audience}/%6f` }),
  settings.misuse('an audience with a dot segment, beside a base', {
    audience: `${audience}/..`,
    public_base_url: audience,
  }),
  settings.misuse('an issuer with an escape of a letter', { issuer: 'https://attest.example/%6f' }),
  ...denyLists.map(([id, entry]) => denied.misuse(id, { deny_list: [entry] })),
  settings.misuse('an issuer with a slash at its end', { issuer: 'https://attest.example/' }),
  settings.misuse('a forwarded origin with a path', { public_base_url: { forwarded: [`${audience}/v1`] } }),
  settings.misuse('a base with a query', { public_base_url: `${audience}?a` }),
  settings.misuse('keys over plain HTTP', { jwks: { url: 'http://attest.example/.well-known/jwks.json' } }),
]
const ofAccess = group('misuse', { needs: 'access', configuration: { token_kind: 'access' } })
const wrongOfAccess: Draft[] = [
  ofAccess.misuse('proofs of access tokens', { proofs: ['dpop_combined'] }),
  ofAccess.misuse('test devices with access tokens', { allow_listed: true }),
  ofAccess.misuse('development with access tokens', { development: true }),
]

const reused = group('replay', { needs: 'memory-store' })
const old = { token: token({ iat: now - 305, exp: now + 295 }) }
const dropped: Draft[] = [
  reused.several('a clock that has gone on, where nothing was dropped', 'verifiers page, single use', [
    ['ok', { ...old, proof: proof({ jti: 'exact-000001' }) }],
    [
      'REPLAY_STORE_FAILED',
      { ...old, now: now - 200, proof: proof({ jti: 'exact-000002', iat: now - 200 }) },
    ],
    ['ok', { ...old, now: now - 80, proof: proof({ jti: 'exact-000003', iat: now - 80 }) }],
  ]),
]

export const exact: readonly Draft[] = [
  ...normalForms,
  ...methods,
  ...refusals,
  ...tokens,
  ...hosts,
  ...wrong,
  ...wrongOfAccess,
  ...dropped,
]
