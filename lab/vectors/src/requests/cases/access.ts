import { group, type Draft, type StepParts } from '../making/draft.ts'
import { digest } from '../making/signing.ts'
import {
  accessToken,
  audience,
  issuer,
  keys,
  now,
  path,
  pop,
  proof,
  statusList,
  statusUrl,
  thumbprint,
  token,
  userToken,
  type Changes,
} from '../making/world.ts'

const bound = group('access token', { needs: 'access', configuration: { token_kind: 'access' } })
const page = 'verifiers page, kinds of token'
const rfc9068 = 'RFC 9068 section 2.2'

/** The token in `Authorization`, and a proof that covers it. */
function sent(text = accessToken(), changes: Changes = {}, header: Changes = {}, scheme = 'DPoP'): StepParts {
  return {
    token: null,
    authorization: `${scheme} ${text}`,
    proof: proof({ ath: digest(text), ...changes }, header),
  }
}
const claims = (id: string, clause: string, code: string, changes: Changes): Draft =>
  bound.one(id, clause, code, sent(accessToken(changes)))
const header = (id: string, clause: string, code: string, changes: Changes): Draft =>
  bound.one(id, clause, code, sent(accessToken({}, changes)))
const noTexts: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 1],
  ['empty', ''],
]

const jkt = thumbprint(keys.installation)
const offCurve = { ...keys.installation.jwk, y: keys.installation.jwk['x'] as string }
const offCurveThumbprint = thumbprint({ ...keys.installation, jwk: offCurve })

const tokens: Draft[] = [
  bound.one('as the service makes it', 'RFC 9449 section 7.1', 'ok', sent()),
  header('typ with its prefix, in capitals', 'RFC 9068 section 4', 'ok', { typ: 'application/AT+JWT' }),
  header('typ JWT', 'RFC 9068 section 4', 'TOKEN_TYPE', { typ: 'JWT' }),
  header('typ missing', 'RFC 9068 section 4', 'TOKEN_TYPE', { typ: undefined }),
  header('typ of the other kind', 'RFC 8725 section 3.12', 'TOKEN_KIND', {
    typ: 'oauth-client-attestation+jwt',
  }),
  header('alg none', 'RFC 9068 section 4', 'TOKEN_ALGORITHM', { alg: 'none' }),
  header('crit', 'RFC 7515 section 4.1.11', 'TOKEN_CRITICAL', { crit: ['exp'] }),
  header('kid missing', 'RFC 8725 section 3.10', 'TOKEN_KEY_ID', { kid: undefined }),
  header('kid that nobody publishes', 'RFC 7515 section 4.1.4', 'TOKEN_KEY_UNKNOWN', { kid: 'key-9' }),
  bound.one(
    'by a stranger',
    'RFC 7515 section 5.2',
    'TOKEN_SIGNATURE',
    sent(accessToken({}, {}, keys.stranger)),
  ),
  claims('iss of the users’ issuer', 'RFC 9068 section 4', 'TOKEN_ISSUER', { iss: 'https://login.example' }),
  claims('aud of another API', 'RFC 9068 section 4', 'TOKEN_AUDIENCE', { aud: `${audience}/` }),
  claims('aud two APIs', 'RFC 8725 section 3.9', 'TOKEN_AUDIENCE', {
    aud: [audience, 'https://other.example'],
  }),
  ...['client_id', 'sub', 'jti'].flatMap((name) =>
    noTexts.map(([what, value]) => claims(`${name} ${what}`, rfc9068, 'TOKEN_CLAIMS', { [name]: value })),
  ),
  claims('client_id of another app', 'verifiers page, what a token is accepted for', 'APP_NOT_ADMITTED', {
    client_id: 'com.example.other',
  }),
  claims('of 300 s', page, 'ok', { exp: now + 295 }),
  claims('of more than 300 s', page, 'TOKEN_LIFETIME', { exp: now + 296 }),
  claims('expired', 'RFC 7519 section 4.1.4', 'TOKEN_EXPIRED', { iat: now - 200, exp: now - 10 }),
  claims('issued in the future', 'RFC 7519 section 4.1.6', 'TOKEN_NOT_YET_VALID', {
    iat: now + 11,
    exp: now + 300,
  }),
  claims('of a test device, which the issuer never makes', page, 'TOKEN_CLAIMS', { allowed: true }),
  claims('for development, which the issuer never makes', page, 'TOKEN_DEVELOPMENT', {
    development: true,
    ear_status: 'none',
  }),
  claims('of the tier none', page, 'TIER_NOT_ADMITTED', { ear_status: 'none' }),
  claims('of the tier contraindicated', page, 'TIER_NOT_ADMITTED', { ear_status: 'contraindicated' }),
  bound.one(
    'of the tier contraindicated, where it would be admitted',
    page,
    'TIER_NOT_ADMITTED',
    sent(accessToken({ ear_status: 'contraindicated' })),
    {
      configuration: { token_kind: 'access', tiers: ['contraindicated'] },
    },
  ),
  ...(
    [
      ['null', null],
      ['empty', {}],
      ['with the key itself', { jwk: keys.installation.jwk }],
      ['with a thumbprint and another name', { jkt, kid: 'key-1' }],
      ['with an empty thumbprint', { jkt: '' }],
      ['with a thumbprint of 31 bytes', { jkt: jkt.slice(0, 42) }],
      ['with a thumbprint that is a number', { jkt: 1 }],
    ] as const
  ).map(([what, cnf]) => claims(`cnf ${what}`, 'RFC 9449 section 6.1', 'TOKEN_CONFIRMATION_KEY', { cnf })),
]

const fields: Draft[] = [
  bound.one('nothing at all', 'RFC 6750 section 3.1', 'TOKEN_MISSING', { token: null, proof: null }),
  bound.one('in a cookie', 'RFC 6750 section 2', 'TOKEN_MISSING', {
    token: null,
    more: [['Cookie', `access_token=${accessToken()}`]],
  }),
  bound.one('in the query', 'RFC 6750 section 2.3', 'TOKEN_MISSING', {
    token: null,
    target: `${path}?access_token=${accessToken()}`,
  }),
  bound.one('Basic in its place', 'RFC 9110 section 11.6.2', 'TOKEN_MISSING', {
    token: null,
    authorization: 'Basic dXNlcjpwYXNz',
  }),
  bound.one('a user’s own token, which is no JWT', page, 'TOKEN_MALFORMED', sent(userToken)),
  bound.one(
    'a user’s own access token',
    page,
    'TOKEN_KEY_UNKNOWN',
    sent(accessToken({ iss: 'https://login.example' }, { kid: 'server-1' }, keys.stranger)),
  ),
  bound.one('twice', 'RFC 9110 section 11.6.2', 'AUTHORIZATION_REPEATED', {
    ...sent(),
    authorization: [`DPoP ${accessToken()}`, `DPoP ${accessToken()}`],
  }),
  bound.one('and a user’s token in one field', 'RFC 9110 section 5.3', 'AUTHORIZATION_REPEATED', {
    ...sent(),
    authorization: `DPoP ${accessToken()}, Bearer ${userToken}`,
  }),
  bound.one('a scheme without a token', 'RFC 6750 section 2.1', 'AUTHORIZATION_MALFORMED', {
    ...sent(),
    authorization: 'DPoP',
  }),
  bound.one(
    'the scheme in other letters',
    'RFC 9110 section 11.1',
    'ok',
    sent(accessToken(), {}, {}, 'dpOP'),
  ),
  bound.one(
    'as Bearer, with its proof',
    'RFC 9449 section 7.2',
    'TOKEN_SCHEME',
    sent(accessToken(), {}, {}, 'Bearer'),
  ),
  bound.one('as Bearer, without a proof', 'RFC 9449 section 7.2', 'TOKEN_SCHEME', {
    token: null,
    proof: null,
    authorization: `Bearer ${accessToken()}`,
  }),
  bound.one('without a proof', 'RFC 9449 section 7.1', 'PROOF_MISSING', { ...sent(), proof: null }),
  bound.one('with two proofs', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', {
    ...sent(),
    proof: [proof(), proof({ jti: 'proof-00000002' })],
  }),
  bound.one('an attestation token in its place', page, 'TOKEN_KIND', sent(token())),
  bound.one('an attestation token in its own field', page, 'TOKEN_KIND'),
  bound.one('both kinds', page, 'TOKEN_KIND', { ...sent(), token: token() }),
  bound.one('beside an empty attestation field', page, 'TOKEN_KIND', { ...sent(), token: '' }),
  bound.one('with a PoP JWT', page, 'TOKEN_KIND', { ...sent(), pop: pop() }),
  bound.one(
    'of 6,145 characters',
    'verifiers page, bounds',
    'REQUEST_FIELDS_TOO_LARGE',
    sent('a'.repeat(6145)),
  ),
]

const proofs: Draft[] = [
  bound.one(
    'a proof that covers another token',
    'RFC 9449 section 4.3, 12',
    'PROOF_ATH',
    sent(accessToken(), { ath: digest('other') }),
  ),
  bound.one(
    'a proof that covers no token',
    'RFC 9449 section 4.3, 12',
    'PROOF_ATH_MISSING',
    sent(accessToken(), { ath: undefined }),
  ),
  bound.one('a proof by another key', 'RFC 9449 section 4.3, 12', 'PROOF_KEY_MISMATCH', {
    ...sent(),
    proof: proof({ ath: digest(accessToken()) }, {}, keys.other_installation),
  }),
  bound.one('a proof by another key, under the right one', 'RFC 9449 section 4.3, 6', 'PROOF_SIGNATURE', {
    ...sent(),
    proof: proof({ ath: digest(accessToken()) }, { jwk: keys.installation.jwk }, keys.other_installation),
  }),
  bound.one(
    'a proof that names no key',
    'RFC 9449 section 4.2',
    'PROOF_KEY',
    sent(accessToken(), {}, { jwk: undefined }),
  ),
  bound.one(
    'a proof that names its private key',
    'RFC 9449 section 4.3, 7',
    'PROOF_KEY',
    sent(accessToken(), {}, { jwk: keys.installation.privateJwk }),
  ),
  bound.one(
    'a proof by a point off the curve, whose thumbprint the token has',
    'RFC 8725 section 3.4',
    'PROOF_KEY',
    sent(accessToken({ cnf: { jkt: offCurveThumbprint } }), {}, { jwk: offCurve }),
  ),
  bound.one(
    'a proof of another type',
    'RFC 9449 section 4.3, 4',
    'PROOF_TYPE',
    sent(accessToken(), {}, { typ: 'JWT' }),
  ),
  bound.one(
    'a proof for another method',
    'RFC 9449 section 4.3, 8',
    'PROOF_HTM',
    sent(accessToken(), { htm: 'GET' }),
  ),
  bound.one(
    'a proof for another URL',
    'RFC 9449 section 4.3, 9',
    'PROOF_HTU',
    sent(accessToken(), { htu: `${audience}/v1` }),
  ),
  bound.one(
    'a proof that is too old',
    'RFC 9449 section 4.3, 11',
    'PROOF_TOO_OLD',
    sent(accessToken(), { iat: now - 71 }),
  ),
  bound.several('the same proof again', 'RFC 9449 section 11.1', [
    ['ok', sent()],
    ['PROOF_REPLAYED', sent()],
    ['ok', sent(accessToken(), { jti: 'proof-00000002' })],
  ]),
  bound.several('a key that is known does not vouch for another', 'verifiers page, caches', [
    ['ok', sent()],
    [
      'PROOF_KEY_MISMATCH',
      {
        ...sent(),
        proof: proof({ ath: digest(accessToken()), jti: 'proof-00000002' }, {}, keys.other_installation),
      },
    ],
  ]),
  bound.one(
    'an installation that is banned',
    'docs/status-list.md',
    'TOKEN_BANNED',
    {
      ...sent(),
      documents: { [statusUrl]: { status: 200, text: statusList({ banned: ['pseudonym-1'] }) } },
    },
    { needs: 'status-list', configuration: { token_kind: 'access', status_list: {} } },
  ),
]

const unbound = group('access token as bearer', {
  needs: 'access',
  configuration: { token_kind: 'access', mode: 'bearer' },
})
const bearerToken = accessToken({ cnf: undefined })
const bearer: Draft[] = [
  unbound.one('as the service makes it', 'RFC 6750 section 2.1', 'ok', {
    token: null,
    proof: null,
    authorization: `Bearer ${bearerToken}`,
  }),
  unbound.one('with another scheme', page, 'TOKEN_SCHEME', sent(bearerToken)),
  unbound.one('that is bound', 'RFC 9449 section 7.2', 'TOKEN_MODE', {
    token: null,
    proof: null,
    authorization: `Bearer ${accessToken()}`,
  }),
  bound.one(
    'a bearer token at an API in bound mode',
    'verifiers page, modes',
    'TOKEN_MODE',
    sent(bearerToken),
  ),
]

const attestation = group('other kind', { needs: 'access' })
/** A verifier of attestation tokens knows a token of its issuer in `Authorization` by type and `iss`. */
const others: Draft[] = [
  attestation.one('an access token in place of an attestation token', page, 'TOKEN_KIND', sent()),
  attestation.one('an attestation token in Authorization alone', page, 'TOKEN_KIND', {
    token: null,
    authorization: `DPoP ${token()}`,
  }),
  attestation.one('a user’s token alone, of the same type', page, 'TOKEN_MISSING', {
    token: null,
    authorization: `DPoP ${accessToken({ iss: 'https://login.example' })}`,
  }),
  attestation.one('both kinds', page, 'TOKEN_KIND', { ...sent(), token: token() }),
  attestation.one('both kinds, whatever the attestation token is worth', page, 'TOKEN_KIND', {
    ...sent(),
    token: token({}, {}, keys.stranger),
  }),
  attestation.one('both kinds, in fields that are too long', page, 'TOKEN_KIND', {
    ...sent(),
    token: 'a'.repeat(7000),
  }),
  attestation.one('an attestation token in both fields', page, 'TOKEN_KIND', {
    authorization: `Bearer ${token()}`,
    proof: proof({ ath: digest(token()) }),
  }),
  attestation.one('an access token in the field of attestation tokens', page, 'TOKEN_KIND', {
    token: accessToken(),
  }),
  attestation.one('a user’s token of the same type by another issuer', page, 'ok', {
    authorization: `DPoP ${accessToken({ iss: 'https://login.example' }, { kid: 'server-1' }, keys.stranger)}`,
    proof: proof({
      ath: digest(accessToken({ iss: 'https://login.example' }, { kid: 'server-1' }, keys.stranger)),
    }),
  }),
  attestation.one('a user’s token of another type under a kid of ours', page, 'ok', {
    authorization: `Bearer ${accessToken({ iss: `${issuer}/login` }, { typ: 'JWT' })}`,
    proof: proof({ ath: digest(accessToken({ iss: `${issuer}/login` }, { typ: 'JWT' })) }),
  }),
  attestation.one(
    'beside a bearer token',
    page,
    'TOKEN_KIND',
    {
      token: token({ mode: 'bearer' }),
      proof: null,
      authorization: `DPoP ${accessToken()}`,
    },
    { needs: 'access', configuration: { mode: 'bearer' } },
  ),
]

export const access: readonly Draft[] = [...tokens, ...fields, ...proofs, ...bearer, ...others]
