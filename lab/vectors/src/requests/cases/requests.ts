import { group, type Draft } from '../making/draft.ts'
import { ath, audience, path, pop, proof, token, userToken } from '../making/world.ts'

const { one } = group('request')
const attestation = 'draft attestation-based-client-auth-10 section 9'
const bounds = 'verifiers page, bounds'
const target = 'verifiers page, the target'

const fields: Draft[] = [
  one('no token and no proof', 'draft attestation-based-client-auth-10 section 7', 'TOKEN_MISSING', {
    token: null,
    proof: null,
  }),
  one('a proof without a token', attestation, 'TOKEN_MISSING', { token: null }),
  one('a token without a proof', 'RFC 9449 section 7.1', 'PROOF_MISSING', { proof: null }),
  one('an empty token', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: '' }),
  one('two tokens', attestation, 'TOKEN_REPEATED', { token: [token(), token()] }),
  one('two tokens, the second bad', attestation, 'TOKEN_REPEATED', { token: [token(), 'junk'] }),
  one('two tokens in one field', 'RFC 9110 section 5.3', 'TOKEN_REPEATED', {
    token: `${token()}, ${token()}`,
  }),
  one('an empty token beside a good one', attestation, 'TOKEN_REPEATED', { token: ['', token()] }),
  one('a token with a comma behind it', 'RFC 9110 section 5.3', 'TOKEN_REPEATED', { token: `${token()},` }),
  one('a token as a structured string', attestation, 'TOKEN_MALFORMED', { token: `"${token()}"` }),
  one('two proofs', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', {
    proof: [proof(), proof({ jti: 'proof-00000002' })],
  }),
  one('two proofs in one field', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', {
    proof: `${proof()}, ${proof()}`,
  }),
  one('an empty proof beside a good one', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', {
    proof: ['', proof()],
  }),
  one('a proof beside an empty one', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', { proof: [proof(), ''] }),
  one('names of fields in other letters', 'RFC 9110 section 5.1', 'ok', {
    token: null,
    proof: null,
    more: [
      ['oauth-CLIENT-attestation', token()],
      ['dpop', proof()],
    ],
  }),
  one('one field under two spellings of its name', 'RFC 9449 section 4.3, 1', 'PROOF_REPEATED', {
    more: [['dpop', proof({ jti: 'proof-00000002' })]],
  }),
  one('other fields, which do not count', 'RFC 9110 section 5.1', 'ok', {
    more: [
      ['X-DPoP', 'junk'],
      ['Accept', '*/*'],
      ['Accept', 'text/html'],
    ],
  }),
  one('a token in a cookie', 'protocol page section 13', 'TOKEN_MISSING', {
    token: null,
    more: [['Cookie', `OAuth-Client-Attestation=${token()}`]],
  }),
  one('a token in the query', 'protocol page section 13', 'TOKEN_MISSING', {
    token: null,
    target: `${path}?OAuth-Client-Attestation=${token()}`,
  }),
  one('token and proof in each other’s fields', 'RFC 8725 section 3.11', 'TOKEN_TYPE', {
    token: proof(),
    proof: token(),
  }),
  one('a PoP JWT in the field of the token', 'RFC 8725 section 3.11', 'TOKEN_TYPE', { token: pop() }),
  one('what the SDK says of the token that it lacks', 'protocol page section 13', 'TOKEN_MISSING', {
    token: null,
    proof: null,
    more: [['Assay-Status', 'network']],
  }),
  one('fields of proxies, which do not count', target, 'ok', {
    more: [
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Uri', '/v1/other'],
      ['X-Original-URL', '/v1/other'],
      ['X-HTTP-Method-Override', 'GET'],
      ['Forwarded', 'host=evil.example'],
    ],
  }),
  one('an absolute target, whose host does not count', 'RFC 9112 section 3.2.2', 'ok', {
    target: `https://elsewhere.example${path}`,
  }),
]

const long = (length: number, text: string) => text + 'A'.repeat(Math.max(0, length - text.length))
const rest = 6144 - proof().length
const sizes: Draft[] = [
  one(
    'token and proof of 6,144 characters',
    bounds,
    'TOKEN_MALFORMED',
    { token: long(rest, 'a.b.') + '.' },
    {
      configuration: { max_field_length: 6145 },
    },
  ),
  one('token and proof of 6,145 characters', bounds, 'REQUEST_FIELDS_TOO_LARGE', {
    token: long(rest + 1, 'a.b.'),
  }),
  one('a token of 10 kB', bounds, 'REQUEST_FIELDS_TOO_LARGE', { token: long(10_240, 'a.b.') }),
  one('a proof of 10 kB and no token', bounds, 'REQUEST_FIELDS_TOO_LARGE', {
    token: null,
    proof: long(10_240, 'a.b.'),
  }),
  one('three tokens of 3 kB', bounds, 'REQUEST_FIELDS_TOO_LARGE', {
    token: [long(3000, 'a.b.'), long(3000, 'a.b.'), long(3000, 'a.b.')],
  }),
  one(
    'a token of 8,193 characters, where more may come',
    bounds,
    'TOKEN_MALFORMED',
    { token: token({ pad: 'x'.repeat(5700) }) },
    {
      configuration: { max_field_length: 12_000 },
    },
  ),
  one(
    'an API that takes less',
    bounds,
    'REQUEST_FIELDS_TOO_LARGE',
    {},
    { configuration: { max_field_length: 1024 } },
  ),
  one('Authorization of 8,193 characters', bounds, 'REQUEST_FIELDS_TOO_LARGE', {
    authorization: long(8193, 'Bearer '),
  }),
  one('a path of 4,097 characters', bounds, 'REQUEST_TARGET_UNUSABLE', { target: long(4097, '/') }),
  one('a query of 5,000 characters', bounds, 'ok', { target: long(5000, `${path}?`) }),
]

const targets: Draft[] = [
  one('a target with a fragment', 'RFC 9112 section 3.2', 'REQUEST_TARGET_UNUSABLE', { target: `${path}#` }),
  one('a target whose fragment leads elsewhere', 'RFC 9112 section 3.2', 'REQUEST_TARGET_UNUSABLE', {
    target: `${path}#/../admin`,
  }),
  one('a fragment behind the query', 'RFC 9112 section 3.2', 'REQUEST_TARGET_UNUSABLE', {
    target: `${path}?a#b`,
  }),
  one('a fragment, and no token', 'RFC 9112 section 3.2', 'REQUEST_TARGET_UNUSABLE', {
    token: null,
    proof: null,
    target: `${path}#`,
  }),
  one('the target *', 'RFC 9112 section 3.2.4', 'REQUEST_TARGET_UNUSABLE', {
    method: 'OPTIONS',
    target: '*',
    proof: proof({ htm: 'OPTIONS', htu: `${audience}/` }),
  }),
  one('a target without its slash', 'RFC 9112 section 3.2.1', 'REQUEST_TARGET_UNUSABLE', {
    target: 'v1/orders',
  }),
  one('a target of another scheme', 'RFC 9112 section 3.2.2', 'REQUEST_TARGET_UNUSABLE', {
    target: `ftp://api.example.com${path}`,
  }),
  one('another path', 'RFC 9449 section 4.3, 9', 'PROOF_HTU', { target: '/v1/payments' }),
  one('another method', 'RFC 9449 section 4.3, 8', 'PROOF_HTM', { method: 'GET' }),
  one('two slashes before the path', target, 'PROOF_HTU', { target: `/${path}` }),
  one('an escaped path', 'RFC 3986 section 6.2.2.2', 'ok', { target: '/v1/%6frders' }),
  one('an escaped slash', 'RFC 3986 section 2.2', 'PROOF_HTU', { target: '/v1%2Forders' }),
  one('dot segments', target, 'PROOF_HTU', { target: `/v2/..${path}` }),
  one('an absolute target without a path', 'RFC 9110 section 7.1', 'ok', {
    target: audience,
    proof: proof({ htu: `${audience}/` }),
  }),
]

const rfc6750 = 'RFC 6750 section 2.1'
const authorizations: Draft[] = [
  one('Authorization twice', 'RFC 9110 section 11.6.2', 'AUTHORIZATION_REPEATED', {
    authorization: [`Bearer ${userToken}`, 'Bearer other'],
    proof: proof({ ath }),
  }),
  one('Authorization twice, Basic first', 'RFC 9110 section 11.6.2', 'AUTHORIZATION_REPEATED', {
    authorization: ['Basic dXNlcjpwYXNz', `Bearer ${userToken}`],
    proof: proof({ ath }),
  }),
  one('two access tokens in one Authorization', 'RFC 9110 section 5.3', 'AUTHORIZATION_REPEATED', {
    authorization: `Bearer ${userToken}, DPoP other`,
    proof: proof({ ath }),
  }),
  ...['Bearer', 'Bearer ', 'Bearer a b', 'DPoP a|b', 'Bearer "a"', 'Bearer =', 'Bearer a=b'].map(
    (authorization) =>
      one(`Authorization ${JSON.stringify(authorization)}`, rfc6750, 'AUTHORIZATION_MALFORMED', {
        authorization,
        proof: proof({ ath }),
      }),
  ),
  one('Authorization with nothing in it', rfc6750, 'ok', { authorization: '' }),
  one('a scheme that only begins like Bearer', rfc6750, 'ok', { authorization: `BearerX ${userToken}` }),
]

const proxied = group('forwarded', {
  needs: 'forwarded',
  configuration: { public_base_url: { forwarded: [audience, 'https://second.example.com'] } },
})
const forwardedBy = (proto: readonly string[], host: readonly string[]) =>
  [
    ...proto.map((value) => ['X-Forwarded-Proto', value] as const),
    ...host.map((value) => ['X-Forwarded-Host', value] as const),
  ] as const
const origin = (
  name: string,
  code: string,
  proto: readonly string[],
  host: readonly string[],
  htu?: string,
) =>
  proxied.one(name, target, code, {
    more: forwardedBy(proto, host),
    ...(htu === undefined ? {} : { proof: proof({ htu }) }),
  })
const forwarded: Draft[] = [
  origin('the first origin', 'ok', ['https'], ['api.example.com']),
  origin('the second origin', 'ok', ['https'], ['second.example.com'], `https://second.example.com${path}`),
  origin('in other letters, with the port of the scheme', 'ok', ['HTTPS'], ['API.example.com:443']),
  origin('a proof for the other origin', 'PROOF_HTU', ['https'], ['second.example.com']),
  origin('an origin that is not listed', 'REQUEST_ORIGIN_UNKNOWN', ['https'], ['evil.example']),
  origin('another scheme', 'REQUEST_ORIGIN_UNKNOWN', ['http'], ['api.example.com']),
  origin('neither field', 'REQUEST_ORIGIN_UNKNOWN', [], []),
  origin('no scheme', 'REQUEST_ORIGIN_UNKNOWN', [], ['api.example.com']),
  origin('no host', 'REQUEST_ORIGIN_UNKNOWN', ['https'], []),
  origin('two hosts', 'REQUEST_ORIGIN_UNKNOWN', ['https'], ['api.example.com', 'evil.example']),
  origin('two hosts in one field', 'REQUEST_ORIGIN_UNKNOWN', ['https'], ['api.example.com, evil.example']),
  origin('two schemes', 'REQUEST_ORIGIN_UNKNOWN', ['https', 'https'], ['api.example.com']),
  origin('a host with a path', 'REQUEST_ORIGIN_UNKNOWN', ['https'], ['api.example.com/v1']),
  origin('a host with a user', 'REQUEST_ORIGIN_UNKNOWN', ['https'], ['a@api.example.com']),
]

export const requests: readonly Draft[] = [...fields, ...sizes, ...targets, ...authorizations, ...forwarded]
