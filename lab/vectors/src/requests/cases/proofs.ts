import { group, type Draft } from '../making/draft.ts'
import { encode, inDer, signed, withOtherS } from '../making/signing.ts'
import {
  ath,
  audience,
  keys,
  now,
  path,
  pop,
  proof,
  proofClaims,
  proofHeader,
  resigned,
  token,
  userToken,
  type Changes,
} from '../making/world.ts'

const { one } = group('proof')
const claims = (id: string, clause: string, code: string, changes: Changes) =>
  one(id, clause, code, { proof: proof(changes) })
const header = (id: string, clause: string, code: string, changes: Changes) =>
  one(id, clause, code, { proof: proof({}, changes) })
/** Payload exactly as written. */
const proofWith = (payload: string) => signed(proofHeader, payload, keys.installation)

const noTexts: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 1],
  ['a list', ['a']],
  ['empty', ''],
]

const [head = '', payload = '', tail = ''] = proof().split('.')
const text = JSON.stringify(proofClaims)
const jwk = keys.installation.jwk

const forms: Draft[] = [
  one('as the SDKs make it', 'RFC 9449 section 4.2', 'ok'),
  one('with a claim that nobody knows', 'RFC 9449 section 4.2', 'ok', { proof: proof({ later: [1] }) }),
  one('with an escape in its JSON', 'RFC 8259 section 7', 'ok', {
    proof: proofWith(text.replace('"htm"', '"\\u0068tm"')),
  }),
  one('its claims in another order', 'RFC 8259 section 1', 'ok', {
    proof: proofWith(JSON.stringify(Object.fromEntries(Object.entries(proofClaims).reverse()))),
  }),
  one('a text that is no JWT', 'RFC 9449 section 4.3, 2', 'PROOF_MALFORMED', { proof: 'proof' }),
  one('an empty field', 'RFC 9449 section 4.3, 2', 'PROOF_MALFORMED', { proof: '' }),
  one('two parts', 'RFC 7515 section 7.1', 'PROOF_MALFORMED', { proof: `${head}.${payload}` }),
  one('four parts', 'RFC 7515 section 7.1', 'PROOF_MALFORMED', { proof: `${proof()}.AAAA` }),
  one('no signature', 'RFC 7515 section 7.1', 'PROOF_MALFORMED', { proof: `${head}.${payload}.` }),
  one('a header with padding', 'RFC 7515 section 2', 'PROOF_MALFORMED', {
    proof: `${head}=.${payload}.${tail}`,
  }),
  one('a payload with padding', 'RFC 7515 section 2', 'PROOF_MALFORMED', {
    proof: `${head}.${payload}=.${tail}`,
  }),
  one('a payload that is a list', 'RFC 7519 section 7.2', 'PROOF_MALFORMED', { proof: proofWith('[1]') }),
  one('a payload that is cut', 'RFC 7519 section 7.2', 'PROOF_MALFORMED', {
    proof: proofWith(text.slice(0, -1)),
  }),
  one('a claim twice', 'RFC 7519 section 4', 'PROOF_MALFORMED', {
    proof: proofWith(text.replace('"htm"', '"htm":"GET","htm"')),
  }),
  one('a header member twice', 'RFC 7515 section 4', 'PROOF_MALFORMED', {
    proof: signed(
      JSON.stringify(proofHeader).replace('"alg"', '"alg":"none","alg"'),
      proofClaims,
      keys.installation,
    ),
  }),
]

const headers: Draft[] = [
  header('typ with its prefix, in capitals', 'RFC 7515 section 4.1.9', 'ok', { typ: 'application/DPoP+JWT' }),
  ...noTexts.map(([what, typ]) => header(`typ ${what}`, 'RFC 9449 section 4.3, 4', 'PROOF_TYPE', { typ })),
  ...['JWT', 'dpop', 'dpop+jwt; v=1', 'text/dpop+jwt'].map((typ) =>
    header(`typ ${typ}`, 'RFC 9449 section 4.3, 4', 'PROOF_TYPE', { typ }),
  ),
  one('the token in its place', 'RFC 8725 section 3.11', 'PROOF_TYPE', { proof: token() }),
  one('a PoP JWT in its place', 'RFC 8725 section 3.11', 'PROOF_TYPE', { proof: pop() }),
  ...noTexts.map(([what, alg]) =>
    header(`alg ${what}`, 'RFC 9449 section 4.3, 5', 'PROOF_ALGORITHM', { alg }),
  ),
  ...['none', 'HS256', 'es256', 'ES384', 'RS256', 'Ed25519'].map((alg) =>
    header(`alg ${alg}`, 'RFC 9449 section 4.3, 5', 'PROOF_ALGORITHM', { alg }),
  ),
  ...[['exp'], []].map((crit) =>
    header(`crit ${JSON.stringify(crit)}`, 'RFC 7515 section 4.1.11', 'PROOF_CRITICAL', { crit }),
  ),
  ...noTexts.map(([what, value]) =>
    header(`jwk ${what}`, 'RFC 9449 section 4.2', 'PROOF_KEY', { jwk: value }),
  ),
  header('jwk with a private key', 'RFC 9449 section 4.3, 7', 'PROOF_KEY', {
    jwk: keys.installation.privateJwk,
  }),
  header('jwk with a symmetric key', 'RFC 9449 section 4.2', 'PROOF_KEY', { jwk: { kty: 'oct', k: 'AAAA' } }),
  header('jwk of another curve', 'RFC 7518 section 6.2.1.1', 'PROOF_KEY', { jwk: { ...jwk, crv: 'P-384' } }),
  header('jwk without y', 'RFC 7518 section 6.2.1.3', 'PROOF_KEY', {
    jwk: { kty: 'EC', crv: 'P-256', x: jwk['x'] },
  }),
  header('jwk with a coordinate of 31 bytes', 'RFC 7518 section 6.2.1.2', 'PROOF_KEY', {
    jwk: { ...jwk, x: Buffer.alloc(31, 7).toString('base64url') },
  }),
  header('jwk off the curve', 'RFC 9449 section 4.3, 12', 'PROOF_KEY_MISMATCH', {
    jwk: { ...jwk, y: jwk['x'] },
  }),
  header('jwk with members that change nothing', 'RFC 7517 section 4', 'ok', {
    jwk: { ...jwk, use: 'sig', kid: 'mine', alg: 'ES256' },
  }),
  one('by another key, which it names', 'RFC 9449 section 4.3, 12', 'PROOF_KEY_MISMATCH', {
    proof: proof({}, {}, keys.other_installation),
  }),
  one("by another key, under the token's", 'RFC 9449 section 4.3, 6', 'PROOF_SIGNATURE', {
    proof: proof({}, { jwk }, keys.other_installation),
  }),
  one('for a token of another installation', 'RFC 9449 section 4.3, 12', 'PROOF_KEY_MISMATCH', {
    token: token({ cnf: { jwk: keys.other_installation.jwk } }),
  }),
]

const signatures: Draft[] = [
  one('another payload under the same signature', 'RFC 9449 section 4.3, 6', 'PROOF_SIGNATURE', {
    proof: `${head}.${encode({ ...proofClaims, jti: 'proof-00000002' })}.${tail}`,
  }),
  one('a signature in DER', 'RFC 7518 section 3.4', 'PROOF_SIGNATURE', {
    proof: resigned(proof(), inDer, keys.installation),
  }),
  one('a signature with a character behind it', 'RFC 7515 section 2', 'PROOF_SIGNATURE', {
    proof: `${proof()}A`,
  }),
  one('a signature with three bytes behind it', 'RFC 7518 section 3.4', 'PROOF_SIGNATURE', {
    proof: `${proof()}AAAA`,
  }),
  one('a signature that is cut', 'RFC 7518 section 3.4', 'PROOF_SIGNATURE', { proof: proof().slice(0, -4) }),
  one('a signature of zeros', 'FIPS 186-5 section 6.4.2', 'PROOF_SIGNATURE', {
    proof: resigned(proof(), () => Buffer.alloc(64), keys.installation),
  }),
  one('the other s, which ECDSA allows', 'FIPS 186-5 section 6.4.2', 'ok', {
    proof: resigned(proof(), withOtherS, keys.installation),
  }),
]

const method = 'RFC 9449 section 4.3, 8'
const uri = 'RFC 9449 section 4.3, 9'
const htu = (id: string, code: string, value: string, clause = uri, target?: string): Draft =>
  one(`htu ${id}`, clause, code, {
    proof: proof({ htu: value }),
    ...(target === undefined ? {} : { target }),
  })

const covered: Draft[] = [
  ...noTexts
    .slice(0, -1)
    .map(([what, htm]) => claims(`htm ${what}`, 'RFC 9449 section 4.3, 3', 'PROOF_CLAIMS', { htm })),
  ...['', 'post', 'GET', 'POST ', 'OPTIONS'].map((htm) =>
    claims(`htm ${JSON.stringify(htm)}`, method, 'PROOF_HTM', { htm }),
  ),
  one('for a GET, of a GET', method, 'ok', { method: 'GET', proof: proof({ htm: 'GET' }) }),
  one('for a DELETE, of a DELETE', method, 'ok', { method: 'DELETE', proof: proof({ htm: 'DELETE' }) }),
  one('for a GET, of a HEAD', method, 'PROOF_HTM', { method: 'HEAD', proof: proof({ htm: 'GET' }) }),
  one('for a method of its own', 'RFC 9110 section 9.1', 'ok', {
    method: 'PURGE',
    proof: proof({ htm: 'PURGE' }),
  }),
  ...noTexts
    .slice(0, -1)
    .map(([what, value]) => claims(`htu ${what}`, 'RFC 9449 section 4.3, 3', 'PROOF_CLAIMS', { htu: value })),
  htu('empty', 'PROOF_HTU', ''),
  htu('with a query', 'ok', `${audience}${path}?a=1`),
  htu('with a query and a fragment', 'ok', `${audience}${path}?a=1#b`),
  htu('with a fragment', 'ok', `${audience}${path}#b`),
  htu('whose path goes on in its query', 'PROOF_HTU', `${audience}/v1?/orders`),
  htu(
    'in capitals where case does not count',
    'ok',
    'HTTPS://API.EXAMPLE.COM/v1/orders',
    'RFC 3986 section 6.2.2.1',
  ),
  htu('in capitals where case counts', 'PROOF_HTU', `${audience}/v1/Orders`, 'RFC 3986 section 6.2.2.1'),
  htu('with the port of its scheme', 'ok', `${audience}:443${path}`, 'RFC 3986 section 6.2.3'),
  htu('with an empty port', 'ok', `${audience}:${path}`, 'RFC 3986 section 6.2.3'),
  htu('with the port of another scheme', 'PROOF_HTU', `${audience}:80${path}`, 'RFC 3986 section 6.2.3'),
  htu('with another port', 'PROOF_HTU', `${audience}:8443${path}`),
  htu('with escapes of unreserved characters', 'ok', `${audience}/v1/%6Frder%73`, 'RFC 3986 section 6.2.2.2'),
  htu('with an escaped slash', 'PROOF_HTU', `${audience}/v1%2Forders`, 'RFC 3986 section 2.2'),
  htu(
    'with an escaped slash, as the target has it',
    'ok',
    `${audience}/v1/a%2fb`,
    'RFC 3986 section 6.2.2.1',
    '/v1/a%2Fb',
  ),
  htu('of another host', 'PROOF_HTU', `https://api.example.org${path}`),
  htu('of a host that begins alike', 'PROOF_HTU', `${audience}.evil.example${path}`),
  htu('with a user', 'PROOF_HTU', `https://api.example.com@evil.example${path}`, 'RFC 3986 section 3.2.1'),
  htu('with another scheme', 'PROOF_HTU', `http://api.example.com${path}`),
  htu('that goes on', 'PROOF_HTU', `${audience}${path}/7`),
  htu('with a slash at its end', 'PROOF_HTU', `${audience}${path}/`),
  htu('with two slashes', 'PROOF_HTU', `${audience}/v1//orders`),
  htu('without the authority', 'PROOF_HTU', path),
  htu('without the scheme', 'PROOF_HTU', `//api.example.com${path}`),
  htu('with backslashes', 'PROOF_HTU', 'https:\\\\api.example.com\\v1\\orders', 'RFC 3986 section 2'),
  htu('with a tab', 'PROOF_HTU', `${audience}/v1/\torders`, 'RFC 3986 section 2'),
  htu('with a space before it', 'PROOF_HTU', ` ${audience}${path}`, 'RFC 3986 section 2'),
  htu('with a letter beyond ASCII', 'PROOF_HTU', `${audience}/v1/órders`, 'RFC 3986 section 2'),
  htu(
    'with dot segments that lead there',
    'PROOF_HTU',
    `${audience}/v2/../v1/./orders`,
    'verifiers page, the target',
  ),
  htu('with escaped dot segments', 'PROOF_HTU', `${audience}/v2/%2E%2e${path}`, 'verifiers page, the target'),
  htu(
    'with dot segments, as the target has them',
    'PROOF_HTU',
    `${audience}/v2/..${path}`,
    'verifiers page, the target',
    `/v2/..${path}`,
  ),
  htu(
    'with dots that are no segment',
    'ok',
    `${audience}/v2/..v1/.orders`,
    'RFC 3986 section 3.3',
    '/v2/..v1/.orders',
  ),
  htu('of the root', 'ok', `${audience}/`, 'RFC 3986 section 6.2.3', '/'),
  htu('of the root, without its slash', 'ok', audience, 'RFC 3986 section 6.2.3', '/'),
  one(
    'htu of 4,097 characters',
    'verifiers page, bounds',
    'PROOF_HTU',
    { proof: proof({ htu: `${audience}/${'a'.repeat(4097 - audience.length - 1)}` }) },
    { configuration: { max_field_length: 16_384 } },
  ),
  one('the query of the request does not count', uri, 'ok', { target: `${path}?page=2&htu=x` }),
]

const time = 'RFC 9449 section 4.3, 11'
const times: Draft[] = [
  ...(
    [
      ['missing', undefined],
      ['null', null],
      ['a text', String(now)],
      ['a list', [now]],
      ['negative', -1],
      ['beyond 2^53', 9_007_199_254_740_992],
    ] as const
  ).map(([what, iat]) => claims(`iat ${what}`, 'RFC 9449 section 4.3, 3', 'PROOF_CLAIMS', { iat })),
  claims('iat with a fraction', 'RFC 7519 section 2', 'ok', { iat: now - 0.75 }),
  claims('iat as far ahead as the tolerance', time, 'ok', { iat: now + 10 }),
  claims('iat further ahead', time, 'PROOF_FROM_FUTURE', { iat: now + 10.5 }),
  claims('iat 120 s ahead', time, 'PROOF_FROM_FUTURE', { iat: now + 120 }),
  claims('iat as old as it may be', time, 'ok', { iat: now - 70 }),
  claims('iat older', time, 'PROOF_TOO_OLD', { iat: now - 71 }),
  claims('iat 600 s ago', time, 'PROOF_TOO_OLD', { iat: now - 600 }),
  claims('exp passed within the tolerance', 'RFC 7519 section 4.1.4', 'ok', { exp: now - 9 }),
  claims('exp passed', 'RFC 7519 section 4.1.4', 'PROOF_TOO_OLD', { exp: now - 10 }),
  claims('exp a text', 'RFC 7519 section 4.1.4', 'PROOF_CLAIMS', { exp: String(now + 60) }),
  claims('exp null', 'RFC 7519 section 4.1.4', 'PROOF_CLAIMS', { exp: null }),
  claims('nbf within the tolerance', 'RFC 7519 section 4.1.5', 'ok', { nbf: now + 10 }),
  claims('nbf still to come', 'RFC 7519 section 4.1.5', 'PROOF_FROM_FUTURE', { nbf: now + 11 }),
  claims('nbf negative', 'RFC 7519 section 4.1.5', 'PROOF_CLAIMS', { nbf: -1 }),
]

const hash = 'RFC 9449 section 4.3, 12'
const authorized = (id: string, clause: string, code: string, authorization: string, changes: Changes) =>
  one(id, clause, code, { authorization, proof: proof(changes) })
const accessTokens: Draft[] = [
  authorized('ath of a DPoP token', hash, 'ok', `DPoP ${userToken}`, { ath }),
  authorized('ath of a Bearer token', 'protocol page section 13', 'ok', `Bearer ${userToken}`, { ath }),
  authorized('ath, the scheme in other letters', 'RFC 9110 section 11.1', 'ok', `bEARER ${userToken}`, {
    ath,
  }),
  authorized('ath, several spaces behind the scheme', 'RFC 9110 section 11.4', 'ok', `DPoP   ${userToken}`, {
    ath,
  }),
  authorized('ath of another token', hash, 'PROOF_ATH', 'DPoP user-token-2', { ath }),
  authorized('ath missing beside a DPoP token', hash, 'PROOF_ATH_MISSING', `DPoP ${userToken}`, {}),
  authorized(
    'ath missing beside a Bearer token',
    'protocol page section 13',
    'PROOF_ATH_MISSING',
    `Bearer ${userToken}`,
    {},
  ),
  ...noTexts
    .slice(1)
    .map(([what, value]) =>
      authorized(`ath ${what}`, hash, 'PROOF_ATH', `DPoP ${userToken}`, { ath: value }),
    ),
  authorized('ath with padding', hash, 'PROOF_ATH', `DPoP ${userToken}`, { ath: `${ath}=` }),
  authorized('ath in hex', hash, 'PROOF_ATH', `DPoP ${userToken}`, {
    ath: Buffer.from(ath, 'base64url').toString('hex'),
  }),
  one('ath without an access token', 'protocol page section 13', 'PROOF_ATH', { proof: proof({ ath }) }),
  authorized('Basic, which no proof covers', 'protocol page section 13', 'ok', 'Basic dXNlcjpwYXNz', {}),
  authorized('ath beside Basic', 'protocol page section 13', 'PROOF_ATH', 'Basic dXNlcjpwYXNz', { ath }),
  authorized('Digest with commas', 'RFC 9110 section 11.4', 'ok', 'Digest username="a", realm="b, c"', {}),
]

const id = 'RFC 9449 section 4.2'
const ids: Draft[] = [
  ...noTexts.map(([what, jti]) => claims(`jti ${what}`, id, 'PROOF_JTI', { jti })),
  claims('jti of 7 characters', 'verifiers page, bounds', 'PROOF_JTI', { jti: '1234567' }),
  claims('jti of 8 characters', 'verifiers page, bounds', 'ok', { jti: '12345678' }),
  claims('jti of 128 characters', 'verifiers page, bounds', 'ok', { jti: 'j'.repeat(128) }),
  claims('jti of 129 characters', 'RFC 9449 section 11.1', 'PROOF_JTI', { jti: 'j'.repeat(129) }),
  claims('jti with a space', 'verifiers page, bounds', 'PROOF_JTI', { jti: 'proof 0000001' }),
  claims('jti beyond ASCII', 'verifiers page, bounds', 'PROOF_JTI', { jti: 'proof-é000001' }),
]

const popOnly = group('PoP JWT', { needs: 'pop', configuration: { proofs: ['attestation_pop_jwt'] } })
const popped = (
  name: string,
  clause: string,
  code: string,
  changes: Changes,
  headerChanges: Changes = {},
): Draft => popOnly.one(name, clause, code, { proof: null, pop: pop(changes, headerChanges) })
const draft = (section: string) => `draft attestation-based-client-auth-10 section ${section}`
const either = { needs: 'pop', configuration: { proofs: ['dpop_combined', 'attestation_pop_jwt'] } } as const

const pops: Draft[] = [
  popped('as the SDKs make it', draft('5.2'), 'ok', {}),
  popped(
    'typ with its prefix, in capitals',
    'RFC 7515 section 4.1.9',
    'ok',
    {},
    {
      typ: 'application/OAuth-Client-Attestation-PoP+jwt',
    },
  ),
  popped('typ JWT', draft('5.2'), 'PROOF_TYPE', {}, { typ: 'JWT' }),
  popped('alg none', draft('5.2'), 'PROOF_ALGORITHM', {}, { alg: 'none' }),
  popped('crit', 'RFC 7515 section 4.1.11', 'PROOF_CRITICAL', {}, { crit: ['exp'] }),
  popped('aud a list of this API alone', 'RFC 7519 section 4.1.3', 'ok', { aud: [audience] }),
  popped('aud of two APIs', 'RFC 8725 section 3.9', 'PROOF_AUDIENCE', {
    aud: [audience, 'https://other.example'],
  }),
  popped('aud twice the same', 'RFC 8725 section 3.9', 'PROOF_AUDIENCE', { aud: [audience, audience] }),
  popped('aud of another API', draft('9'), 'PROOF_AUDIENCE', { aud: 'https://other.example' }),
  popped('aud with a slash at its end', draft('9'), 'PROOF_AUDIENCE', { aud: `${audience}/` }),
  popped('aud missing', draft('5.2'), 'PROOF_AUDIENCE', { aud: undefined }),
  popped('jti missing', draft('5.2'), 'PROOF_JTI', { jti: undefined }),
  popped('iat missing', draft('5.2'), 'PROOF_CLAIMS', { iat: undefined }),
  popped('iat too old', draft('9'), 'PROOF_TOO_OLD', { iat: now - 71 }),
  popped('iat ahead', draft('9'), 'PROOF_FROM_FUTURE', { iat: now + 11 }),
  popOnly.one('a text that is no JWT', draft('9'), 'PROOF_MALFORMED', { proof: null, pop: 'a.b.c' }),
  popOnly.one('by another key', draft('9'), 'PROOF_SIGNATURE', {
    proof: null,
    pop: pop({}, {}, keys.other_installation),
  }),
  popOnly.one('a DPoP proof in its place', 'RFC 8725 section 3.11', 'PROOF_TYPE', {
    proof: null,
    pop: proof(),
  }),
  popOnly.one('two of them', draft('9'), 'PROOF_REPEATED', { proof: null, pop: [pop(), pop()] }),
  popOnly.one('its method does not cover Authorization', draft('5.2'), 'ok', {
    proof: null,
    pop: pop(),
    authorization: `Bearer ${userToken}`,
  }),
  popOnly.one('no proof at all', draft('9'), 'PROOF_MISSING', { proof: null }),
  popOnly.one('combined mode, which this API does not admit', draft('7'), 'PROOF_METHOD_NOT_ADMITTED'),
  popOnly.one('beside a DPoP proof, which is then not looked at', draft('7'), 'ok', {
    pop: pop(),
    proof: 'junk',
  }),
  popOnly.one('where both methods are admitted', draft('7'), 'ok', { proof: null, pop: pop() }, either),
  popOnly.one('combined mode where both methods are admitted', draft('7'), 'ok', {}, either),
  one('a PoP field where only combined mode is admitted', draft('7'), 'PROOF_METHOD_NOT_ADMITTED', {
    pop: pop(),
  }),
]

export const proofs: readonly Draft[] = [
  ...forms,
  ...headers,
  ...signatures,
  ...covered,
  ...times,
  ...accessTokens,
  ...ids,
  ...pops,
]
