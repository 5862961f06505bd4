import { group, type Draft } from '../making/draft.ts'
import {
  app,
  audience,
  type jwks,
  keys,
  now,
  path,
  proof,
  published,
  thumbprint,
  token,
  type Changes,
} from '../making/world.ts'

const ear = 'verifiers page, what a token is accepted for'
const claims = (changes: Changes) => ({ token: token(changes) })

const callers = group('admission')
const admission: Draft[] = [
  callers.one('the tier affirming', ear, 'ok', claims({ ear_status: 'affirming' })),
  callers.one(
    'the tier contraindicated',
    ear,
    'TIER_NOT_ADMITTED',
    claims({ ear_status: 'contraindicated' }),
  ),
  callers.one('the tier none', ear, 'TIER_NOT_ADMITTED', claims({ ear_status: 'none' })),
  callers.one(
    'the tier warning where only affirming is admitted',
    ear,
    'TIER_NOT_ADMITTED',
    {},
    {
      configuration: { tiers: ['affirming'] },
    },
  ),
  callers.one(
    'the tier contraindicated where it is admitted',
    ear,
    'ok',
    claims({ ear_status: 'contraindicated' }),
    {
      configuration: { tiers: ['contraindicated'] },
    },
  ),
  callers.one('another app', ear, 'APP_NOT_ADMITTED', claims({ sub: 'com.example.other' })),
  callers.one('another app where it is admitted', ear, 'ok', claims({ sub: 'com.example.other' }), {
    configuration: { apps: [app, 'com.example.other'] },
  }),
  callers.one('an app whose id differs in case', ear, 'APP_NOT_ADMITTED', claims({ sub: 'com.example.App' })),
  callers.one(
    'a client whose id is a URL',
    ear,
    'ok',
    claims({ sub: 'https://client.example/metadata.json' }),
    {
      configuration: { apps: ['https://client.example/metadata.json'] },
    },
  ),
  callers.one('a tier that is refused does not use up the proof', ear, 'TIER_NOT_ADMITTED', {
    ...claims({ ear_status: 'contraindicated' }),
    proof: proof({ jti: 'proof-00000003' }),
  }),
  callers.one('a bad proof counts before the app', 'verifiers page, order of checks', 'PROOF_HTM', {
    ...claims({ sub: 'com.example.other' }),
    method: 'GET',
  }),
]

const observed = group('observe', { configuration: { enforcement: 'observe' } })
const observing: Draft[] = [
  observed.one('a tier that would be refused', ear, 'ok', claims({ ear_status: 'contraindicated' })),
  observed.one('a tier that would not', ear, 'ok'),
  observed.one('the tier none', ear, 'TIER_NOT_ADMITTED', claims({ ear_status: 'none' })),
  observed.one('another app', ear, 'APP_NOT_ADMITTED', claims({ sub: 'com.example.other' })),
  observed.one('no proof', 'RFC 9449 section 7.1', 'PROOF_MISSING', { proof: null }),
]

const refusedByPolicy = claims({ ear_status: 'contraindicated', allowed: true })
const listed = group('allow list')
const allowListed: Draft[] = [
  listed.one('a test device, whose tier counts', ear, 'TIER_NOT_ADMITTED', refusedByPolicy),
  listed.one('a test device at an API for them', ear, 'ok', refusedByPolicy, {
    configuration: { allow_listed: true },
  }),
  listed.one(
    'a device that is on no list, at an API for them',
    ear,
    'TIER_NOT_ADMITTED',
    claims({ ear_status: 'contraindicated' }),
    {
      configuration: { allow_listed: true },
    },
  ),
]

const developed = group('development', { needs: 'development', configuration: { development: true } })
const developmentToken = { development: true, ear_status: 'none' }
const development: Draft[] = [
  developed.one('a token for development', 'ADR 25', 'ok', claims(developmentToken)),
  developed.one('a token for production', 'ADR 25', 'TOKEN_DEVELOPMENT', {}),
  developed.one(
    'a token for development that claims a tier',
    'ADR 25',
    'TIER_NOT_ADMITTED',
    claims({
      development: true,
      ear_status: 'affirming',
    }),
  ),
  group('development').one(
    'a token for development in production',
    'ADR 25',
    'TOKEN_DEVELOPMENT',
    claims(developmentToken),
  ),
]

const unbound = group('bearer', { needs: 'bearer', configuration: { mode: 'bearer' } })
const bearerToken = { mode: 'bearer' }
const bearer: Draft[] = [
  unbound.one('a token without a proof', 'verifiers page, modes', 'ok', {
    ...claims(bearerToken),
    proof: null,
  }),
  unbound.one('a proof that nobody asked for', 'verifiers page, modes', 'ok', {
    ...claims(bearerToken),
    proof: 'junk',
  }),
  unbound.several('the same token twice is no replay', 'verifiers page, modes', [
    ['ok', { ...claims(bearerToken), proof: null }],
    ['ok', { ...claims(bearerToken), proof: null, method: 'GET' }],
  ]),
  unbound.one('a bound token', 'verifiers page, modes', 'TOKEN_MODE', { proof: null }),
  unbound.one('a bound token with its proof', 'verifiers page, modes', 'TOKEN_MODE'),
  unbound.one('a token of 300 s', 'verifiers page, claims of the token', 'ok', {
    ...claims({ ...bearerToken, iat: now - 5, exp: now + 295 }),
    proof: null,
  }),
  unbound.one('a token of more than 300 s', 'verifiers page, claims of the token', 'TOKEN_LIFETIME', {
    ...claims({ ...bearerToken, iat: now - 5, exp: now + 296 }),
    proof: null,
  }),
  unbound.one('no token', 'RFC 6750 section 3.1', 'TOKEN_MISSING', { token: null, proof: null }),
  unbound.one('two tokens', 'draft attestation-based-client-auth-10 section 9', 'TOKEN_REPEATED', {
    token: [token(bearerToken), token(bearerToken)],
    proof: null,
  }),
  unbound.one('a token that has expired', 'RFC 7519 section 4.1.4', 'TOKEN_EXPIRED', {
    ...claims({ ...bearerToken, iat: now - 300, exp: now - 10 }),
    proof: null,
  }),
  group('bearer', { needs: 'bearer' }).one(
    'a bearer token at an API in bound mode',
    'verifiers page, modes',
    'TOKEN_MODE',
    claims(bearerToken),
  ),
]

const deny = (
  id: string,
  code: string,
  entry: { kind: string; value: string; app?: string },
  changes: Changes = {},
) =>
  group('deny list', { needs: 'deny-list' }).one(id, 'verifiers page, lists', code, claims(changes), {
    configuration: { deny_list: [entry] },
  })
const denied: Draft[] = [
  deny('the token', 'TOKEN_DENIED', { kind: 'jti', value: 'token-0001' }),
  deny('another token', 'ok', { kind: 'jti', value: 'token-0002' }),
  deny('the installation', 'TOKEN_DENIED', { kind: 'installation', value: 'pseudonym-1' }),
  deny('the key', 'TOKEN_DENIED', { kind: 'jkt', value: thumbprint(keys.installation) }),
  deny('the app', 'TOKEN_DENIED', { kind: 'app', value: app }),
  deny('the build', 'TOKEN_DENIED', { kind: 'build', app, value: '1.4.2+142' }),
  deny('the build of another app', 'ok', { kind: 'build', app: 'com.example.other', value: '1.4.2+142' }),
  deny('another build', 'ok', { kind: 'build', app, value: '1.4.1' }),
]

const places = group('public URL')
const withPath = { audience: `${audience}/v1`, public_base_url: audience }
const publicUrls: Draft[] = [
  places.one(
    'a path that a proxy strips',
    'verifiers page, the target',
    'ok',
    { proof: proof({ htu: `https://shop.example/api${path}` }) },
    {
      configuration: { public_base_url: 'https://shop.example/api' },
    },
  ),
  places.one(
    'the same with a slash at its end',
    'verifiers page, the target',
    'ok',
    { proof: proof({ htu: `https://shop.example/api${path}` }) },
    {
      configuration: { public_base_url: 'https://shop.example/api/' },
    },
  ),
  places.one(
    'the URL behind the proxy',
    'verifiers page, the target',
    'PROOF_HTU',
    {},
    {
      configuration: { public_base_url: 'https://shop.example/api' },
    },
  ),
  places.one(
    'an audience with a path',
    'verifiers page, the target',
    'ok',
    { token: token({ aud: withPath.audience }) },
    {
      configuration: withPath,
    },
  ),
  places.one(
    'an audience with a path, and no other base',
    'verifiers page, the target',
    'PROOF_HTU',
    { token: token({ aud: withPath.audience }) },
    {
      configuration: { audience: withPath.audience },
    },
  ),
  places.one(
    'a base with a port',
    'RFC 3986 section 6.2.3',
    'ok',
    { proof: proof({ htu: `https://api.example.com:8443${path}` }) },
    {
      configuration: { public_base_url: 'https://api.example.com:8443' },
    },
  ),
]

const tuned = group('settings')
const settings: Draft[] = [
  tuned.one(
    'no tolerance, a token at its end',
    'RFC 7519 section 4.1.4',
    'TOKEN_EXPIRED',
    claims({ exp: now }),
    {
      configuration: { clock_tolerance: 0 },
    },
  ),
  tuned.one(
    'no tolerance, a proof from the future',
    'RFC 9449 section 4.3, 11',
    'PROOF_FROM_FUTURE',
    { proof: proof({ iat: now + 1 }) },
    {
      configuration: { clock_tolerance: 0 },
    },
  ),
  tuned.one(
    'a tolerance of 300 s',
    'RFC 7519 section 4.1.4',
    'ok',
    claims({ iat: now - 400, exp: now - 299 }),
    {
      configuration: { clock_tolerance: 300 },
    },
  ),
  tuned.one(
    'proofs of one second',
    'RFC 9449 section 4.3, 11',
    'PROOF_TOO_OLD',
    { proof: proof({ iat: now - 2 }) },
    {
      configuration: { clock_tolerance: 0, proof_max_age: 1 },
    },
  ),
  tuned.one(
    'proofs of ten minutes',
    'RFC 9449 section 4.3, 11',
    'ok',
    { proof: proof({ iat: now - 600 }) },
    {
      configuration: { proof_max_age: 600 },
    },
  ),
  tuned.one(
    'metadata of the resource, named in a 401',
    'RFC 9728 section 5.1',
    'TOKEN_MISSING',
    { token: null },
    {
      configuration: { resource_metadata: `${audience}/.well-known/oauth-protected-resource` },
    },
  ),
  tuned.one(
    'metadata of the resource, not named in a 403',
    'RFC 9728 section 5.1',
    'APP_NOT_ADMITTED',
    claims({ sub: 'com.example.other' }),
    {
      configuration: { resource_metadata: `${audience}/.well-known/oauth-protected-resource` },
    },
  ),
]

const sets = group('key set')
const keySet = (id: string, clause: string, code: string, set: readonly object[]): Draft =>
  sets.one(id, clause, code, {}, { configuration: { jwks: { keys: set as typeof jwks.keys } } })
const key1 = published(keys.issuer, 'key-1')
const keySets: Draft[] = [
  keySet('another key under the same kid', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', [
    published(keys.stranger, 'key-1'),
  ]),
  keySet('the key under another kid', 'RFC 7515 section 4.1.4', 'TOKEN_KEY_UNKNOWN', [
    published(keys.issuer, 'key-3'),
  ]),
  keySet('kinds that nobody knows beside it', 'RFC 7517 section 5', 'ok', [
    { kty: 'RSA', n: 'AQAB', e: 'AQAB', alg: 'RS256', kid: 'key-7' },
    { kty: 'new', kid: 'key-8' },
    key1,
  ]),
  keySet('a key for encryption', 'RFC 7517 section 4.2', 'TOKEN_KEY_UNKNOWN', [
    { ...key1, use: 'enc' },
    published(keys.issuer_next, 'key-3'),
  ]),
  keySet('a key without its algorithm', 'RFC 8725 section 3.1', 'TOKEN_KEY_UNKNOWN', [
    { ...key1, alg: undefined },
    published(keys.issuer_next, 'key-3'),
  ]),
  keySet('a key for another algorithm', 'RFC 8725 section 3.1', 'TOKEN_KEY_UNKNOWN', [
    { ...key1, alg: 'ES384' },
    published(keys.issuer_next, 'key-3'),
  ]),
  keySet('a key without its kid', 'RFC 7515 section 4.1.4', 'TOKEN_KEY_UNKNOWN', [
    { ...key1, kid: undefined },
    published(keys.issuer_next, 'key-3'),
  ]),
]

export const configurations: readonly Draft[] = [
  ...admission,
  ...observing,
  ...allowListed,
  ...development,
  ...bearer,
  ...denied,
  ...publicUrls,
  ...settings,
  ...keySets,
]
