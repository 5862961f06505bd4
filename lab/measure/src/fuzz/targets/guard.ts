import { createHash } from 'node:crypto'
import { thumbprintInput } from '@assay/protocol'
import { createGuard, type Guard, type GuardOptions, type RequestHeaders } from '@assay/guard'
import { guardRefusalCodes } from '@assay/guard/codes'
import { createNodeCrypto } from '@assay/guard/node'
import { fuzzingKey, signTexts, type FuzzingKey } from '../inputs/fuzzing-keys.ts'
import { accepted, type Target } from '../target/target.ts'

const now = 1_790_000_010
const issuerKey = fuzzingKey('issuer')
const installation = fuzzingKey('installation')
const audience = 'https://api.example.com'

const token = {
  header: { typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'key-1' },
  payload: {
    iss: 'https://attest.example',
    sub: 'com.example.app',
    aud: audience,
    iat: now - 5,
    exp: now + 295,
    jti: 'token-0001',
    cnf: { jwk: installation.jwk },
    installation: 'pseudonym-1',
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'warning',
    holder_key: 'software',
    mode: 'bound',
  },
}
const proof = {
  header: { typ: 'dpop+jwt', alg: 'ES256', jwk: installation.jwk },
  payload: { jti: 'proof-0000001', htm: 'POST', htu: `${audience}/v1/orders`, iat: now },
}
const jkt = createHash('sha256').update(thumbprintInput(installation.jwk)).digest('base64url')
const accessToken = {
  header: { typ: 'at+jwt', alg: 'ES256', kid: 'key-1' },
  payload: {
    iss: 'https://attest.example',
    sub: 'pseudonym-1',
    client_id: 'com.example.app',
    aud: audience,
    iat: now - 5,
    exp: now + 295,
    jti: 'token-0002',
    cnf: { jkt },
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'warning',
    holder_key: 'software',
  },
}
const popProof = {
  header: { typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' },
  payload: { aud: audience, jti: 'proof-0000003', iat: now },
}
/** The same text each time, so that the guard has verified it before. */
const knownToken = signTexts(JSON.stringify(token.header), JSON.stringify(token.payload), issuerKey)
const knownAccessToken = signTexts(
  JSON.stringify(accessToken.header),
  JSON.stringify(accessToken.payload),
  issuerKey,
)
/** Its proof is only for the text of this very token. */
const access = {
  method: 'POST',
  url: '/v1/orders',
  api: 'access',
  access: knownAccessToken,
  proof: {
    ...proof,
    payload: { ...proof.payload, ath: hashOf(knownAccessToken), jti: 'proof-0000004' },
  },
}
const request = { method: 'POST', url: '/v1/orders', token, proof, headers: { host: 'api.example.com' } }

/** A guard remembers tokens and proofs: it is replaced before that could be treated as a leak. */
const requestsPerGuard = 500

/** How the API that is asked is set up: the member `api` of an input. */
const settings = {
  plain: { mode: 'bound' },
  either: { mode: 'bound', proofs: ['dpop_combined', 'attestation_pop_jwt'] },
  forwarded: { mode: 'bound', publicBaseUrl: { forwarded: [audience, 'https://second.example.com'] } },
  bearer: { mode: 'bearer' },
  development: { mode: 'bound', development: true },
  access: { mode: 'bound', tokenKind: 'access' },
  unbound: { mode: 'bearer', tokenKind: 'access' },
  roomy: { mode: 'bound', maxFieldLength: 16_384 },
} as const satisfies Readonly<Record<string, Partial<GuardOptions>>>
type Setting = keyof typeof settings

let guards: Partial<Record<Setting, Guard>> = {}
let requests = 0
/** Seconds by which the clock is ahead: the member `late`. */
let late = 0

/** A request in JSON: token and proof as text, or as header and payload that are signed here with the right keys. */
export const target: Target = {
  async run(input) {
    const { setting, ...asked } = requestOf(input)
    if (++requests % requestsPerGuard === 0) guards = {}
    const decision = await (guards[setting] ??= newGuard(setting)).verify(asked)
    if (decision.ok) return accepted
    if (!guardRefusalCodes.some((code) => code === decision.code))
      throw new Error(`the guard failed: ${decision.code}`)
    return decision.code
  },
  seeds: [
    request,
    request,
    { ...request, late: true },
    { ...request, headers: { host: 'api.example.com', authorization: 'Bearer user-token' } },
    {
      ...request,
      headers: { authorization: 'DPoP user-token' },
      proof: { ...proof, payload: { ...proof.payload, ath: hashOf('user-token'), jti: 'proof-0000002' } },
    },
    { ...request, headers: { authorization: ['Bearer a', 'Bearer b'] } },
    { ...request, headers: { Authorization: 'Digest a="b", c="d"' }, list: true },
    { ...request, headers: { host: 'api.example.com', 'oauth-client-attestation-pop': 'a.b.c' } },
    { ...request, url: `${audience}/v1/orders?a=b`, list: true },
    { ...request, url: `${audience}?a=b`, proof: withTarget(`${audience}:443`) },
    { ...request, url: '/v1/%6frders%2f', proof: withTarget(`${audience}/v1/o%72ders%2F?c=d`) },
    { ...request, proof: withTarget('https://[::::]/v1/orders') },
    { ...request, proof: withTarget('https://user@api.example.com/v1/orders') },
    { ...request, url: 'a'.repeat(4097) },
    { ...request, url: '*' },
    { ...request, token: 'a.b.c' },
    {
      ...request,
      token: signTexts(JSON.stringify(token.header), JSON.stringify(token.payload), installation),
    },
    { ...request, proof: ['a.b.c', 'a.b.c'] },
    { ...request, proof: signTexts(JSON.stringify(proof.header), JSON.stringify(proof.payload), issuerKey) },
    {
      ...request,
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' },
      api: 'forwarded',
    },
    {
      ...request,
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'else.example' },
      api: 'forwarded',
    },
    { ...request, headers: { 'x-forwarded-host': ['a', 'b'] }, api: 'forwarded', list: true },
    { ...request, api: 'either', pop: popProof, proof: [] },
    {
      ...request,
      api: 'either',
      pop: { ...popProof, payload: { ...popProof.payload, aud: 'other' } },
      list: true,
    },
    {
      method: 'GET',
      api: 'bearer',
      token: { ...token, payload: { ...token.payload, mode: 'bearer', ear_status: 'affirming' } },
    },
    { ...request, headers: { authorization: `Bearer ${'a'.repeat(9000)}` } },
    { ...request, token: { ...token, header: { ...token.header, crit: ['exp'] } } },
    { ...request, token: { ...token, payload: { ...token.payload, iat: now + 100, exp: now + 200 } } },
    { ...request, token: { ...token, payload: { ...token.payload, iat: now - 900, exp: now - 100 } } },
    { ...request, proof: { ...proof, header: { ...proof.header, crit: ['exp'] } } },
    { ...request, proof: { ...proof, payload: { ...proof.payload, iat: now - 700 } } },
    ...[{ exp: now + 60, nbf: now }, { exp: now - 60 }, { nbf: now + 60 }, { exp: '1' }, { nbf: -1 }].map(
      (claims) => ({
        ...request,
        proof: { ...proof, payload: { ...proof.payload, ...claims } },
      }),
    ),
    ...[[audience], [audience, audience]].map((aud) => ({
      ...request,
      api: 'either',
      pop: { ...popProof, payload: { ...popProof.payload, aud } },
      proof: [],
    })),
    { ...request, url: `/${'a'.repeat(4096)}?q` },
    { ...request, api: 'roomy', proof: withTarget(`${audience}/${'a'.repeat(4096)}`) },
    { ...request, url: '/v1/../orders', proof: withTarget(`${audience}/v1/../orders`) },
    { ...request, token: knownToken },
    { ...request, token: knownToken, late: true },
    // A header segment whose last group has one character, which base64url does not have.
    { ...request, token: `abcde.${knownToken.slice(knownToken.indexOf('.') + 1)}` },
    // Why the SDK sent no token: one code, two of them, text of another form.
    ...['token_unavailable', ['a', 'b'], 'No!'].map((status) => ({
      ...request,
      token: [],
      headers: { 'assay-status': status },
    })),
    ...[
      { allowed: true },
      { allowed: false },
      { development: true },
      { development: 1 },
      { ear_status: 'none' },
    ].map((claims) => ({ ...request, token: { ...token, payload: { ...token.payload, ...claims } } })),
    ...[{ ear_status: 'none' }, { ear_status: 'affirming' }].map((claims) => ({
      ...request,
      api: 'development',
      token: { ...token, payload: { ...token.payload, development: true, ...claims } },
    })),
    access,
    { ...access, access: accessToken },
    { ...access, proof },
    { ...access, scheme: 'Bearer' },
    { ...access, scheme: 'Basic' },
    { ...access, scheme: '' },
    { ...access, token },
    { ...access, pop: popProof },
    { ...access, access: token },
    { ...access, proof: [] },
    { ...access, proof: ['a.b.c', 'a.b.c'] },
    { ...access, proof: { ...access.proof, header: { ...proof.header, jwk: issuerKey.jwk } } },
    { ...access, proof: { ...access.proof, header: { ...proof.header, jwk: { kty: 'EC' } } } },
    { ...access, access: 'a'.repeat(7000) },
    { ...access, access: 'a.b.c', api: 'unbound', scheme: 'Bearer' },
    ...[{ cnf: undefined }, { cnf: {} }, { allowed: true }, { ear_status: 'contraindicated' }].map(
      (claims) => ({
        ...access,
        access: { ...accessToken, payload: { ...accessToken.payload, ...claims } },
        api: 'cnf' in claims ? 'unbound' : 'access',
        scheme: 'cnf' in claims ? 'Bearer' : 'DPoP',
      }),
    ),
    // Beside an attestation token: one of ours, and one of a user.
    { ...request, access: accessToken },
    {
      ...request,
      access: { ...accessToken, payload: { ...accessToken.payload, iss: 'https://login.example' } },
    },
    // Read by the strict reader alone: an escape, text beyond ASCII, a member that occurs twice.
    ...['{"typ":"dpop+j\\u0077t"}', '{"typ":"é"}', '{"typ":"a","typ":"b"}'].map((header) => ({
      ...request,
      proof: signTexts(header, JSON.stringify(proof.payload), installation),
    })),
  ].map((each) => Buffer.from(JSON.stringify(each))),
  words: [
    ...Object.keys(settings),
    'warning',
    'affirming',
    'contraindicated',
    'none',
    'hardware',
    'vouched',
    'ios',
    'web',
    'GET',
    'DPoP token',
    'Bearer',
    'at+jwt',
    'client_id',
    'jkt',
    '//',
    '/../',
  ],
}

function withTarget(htu: string): typeof proof {
  return { ...proof, payload: { ...proof.payload, htu } }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function newGuard(setting: Setting): Guard {
  return createGuard({
    issuer: 'https://attest.example',
    audience,
    jwks: { keys: [{ ...issuerKey.jwk, alg: 'ES256', use: 'sig', kid: 'key-1' }] },
    apps: ['com.example.app'],
    tiers: ['affirming', 'warning'],
    clock: () => (now + late) * 1000,
    crypto: createNodeCrypto(),
    ...settings[setting],
  })
}

interface Request {
  readonly setting: Setting
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
}

function requestOf(input: Uint8Array): Request {
  const text = Buffer.from(input).toString('utf8')
  // What is not JSON is a proof of some kind.
  const {
    api,
    method = 'POST',
    url = '/v1/orders',
    list,
    ...members
  } = membersOf(parsed(text) ?? { token, proof: text })
  const setting = typeof api === 'string' && Object.hasOwn(settings, api) ? (api as Setting) : 'plain'
  late = members['late'] === true ? 400 : 0
  const fields = {
    'oauth-client-attestation': signed(members['token'], issuerKey),
    'oauth-client-attestation-pop': signed(members['pop'], installation),
    dpop: signed(members['proof'], installation),
    ...authorizationOf(members),
    ...Object.fromEntries(
      Object.entries(membersOf(members['headers'])).map(([name, value]) => [name, fieldOf(value)]),
    ),
  }
  return {
    setting,
    method: textOf(method),
    url: textOf(url),
    headers: list === true ? listOf(fields) : fields,
  }
}

function authorizationOf({ access: text, scheme = 'DPoP' }: Readonly<Record<string, unknown>>): {
  authorization?: string
} {
  if (text === undefined) return {}
  return { authorization: `${textOf(scheme)} ${String(signed(text, issuerKey))}` }
}

/** As `Headers` gives fields, which joins values. That one refuses more than a server would. */
function listOf(fields: Readonly<Record<string, string | string[] | undefined>>): RequestHeaders {
  const known = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  return { get: (name) => known.get(name)?.toString() ?? null }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function fieldOf(value: unknown): string | string[] | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.map(textOf) : textOf(value)
}

function signed(value: unknown, key: FuzzingKey): string | string[] | undefined {
  const { header, payload } = membersOf(value)
  if (header === undefined || payload === undefined) return fieldOf(value)
  return signTexts(JSON.stringify(header), JSON.stringify(payload), key)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value))
}
