import { createHmac, createPublicKey } from 'node:crypto'
import { group, type Draft } from '../making/draft.ts'
import { encode, inDer, signed, withLargeS, withOtherS } from '../making/signing.ts'
import {
  app,
  audience,
  edwardsToken,
  issuer,
  keys,
  now,
  pop,
  proof,
  resigned,
  statusList,
  token,
  tokenClaims,
  tokenHeader,
  tokenWith,
  type Changes,
} from '../making/world.ts'

const { one } = group('token')
const claims = (id: string, clause: string, code: string, changes: Changes) =>
  one(id, clause, code, { token: token(changes) })
const header = (id: string, clause: string, code: string, changes: Changes) =>
  one(id, clause, code, { token: token({}, changes) })

/** What no member that has to be a text may be. */
const noTexts: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 1],
  ['a list', ['a']],
  ['empty', ''],
]

const [good = '', payload = '', tail = ''] = token().split('.')
const bare = `${encode({ ...tokenHeader, alg: 'none' })}.${encode(tokenClaims)}`

const forms: Draft[] = [
  one('as the service makes it', 'draft attestation-based-client-auth-10 section 4', 'ok'),
  one('by the Ed25519 key of the issuer', 'RFC 9864 section 2.2', 'ok', { token: edwardsToken() }),
  one('with a claim that nobody knows', 'RFC 7519 section 4', 'ok', {
    token: token({ later: { a: [1, 2] } }),
  }),
  one('with a header member that nobody knows', 'RFC 7515 section 4', 'ok', {
    token: token({}, { later: 1 }),
  }),
  one('with white space in its JSON', 'RFC 8259 section 2', 'ok', {
    token: tokenWith(` ${JSON.stringify(tokenClaims, null, 2)}\n`),
  }),
  one('with an escape in its JSON', 'RFC 8259 section 7', 'ok', {
    token: tokenWith(JSON.stringify(tokenClaims).replace('"sub"', '"\\u0073ub"')),
  }),
  one('with text beyond ASCII in its JSON', 'RFC 7515 section 2', 'ok', { token: token({ note: 'é 💶' }) }),
  one('a text that is no JWT', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: 'token' }),
  one('two parts', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: `${good}.${payload}` }),
  one('four parts', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: `${token()}.AAAA` }),
  one('five parts, as a JWE has', 'RFC 7516 section 7.1', 'TOKEN_MALFORMED', { token: `${token()}.AA.AA` }),
  one('an empty header', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: `.${payload}.${tail}` }),
  one('an empty payload', 'RFC 7515 section 7.1', 'TOKEN_MALFORMED', { token: `${good}..${tail}` }),
  one('an empty signature', 'RFC 7515 section 6, RFC 8725 section 3.2', 'TOKEN_MALFORMED', {
    token: `${good}.${payload}.`,
  }),
  one('a header with padding', 'RFC 7515 section 2', 'TOKEN_MALFORMED', {
    token: `${good}=.${payload}.${tail}`,
  }),
  one('a payload with padding', 'RFC 7515 section 2', 'TOKEN_MALFORMED', {
    token: `${good}.${payload}=.${tail}`,
  }),
  one('the other alphabet of base64', 'RFC 7515 section 2', 'TOKEN_MALFORMED', {
    token: `${encode({ ...tokenHeader, note: '~~~???>>>' })
      .replace(/-/g, '+')
      .replace(/_/g, '/')}/+.${payload}.${tail}`,
  }),
  one('a header of which one character is left over', 'RFC 4648 section 3.5', 'TOKEN_MALFORMED', {
    token: `${good.slice(0, good.length - (good.length % 4))}A.${payload}.${tail}`,
  }),
  one('unused bits that are set', 'RFC 4648 section 3.5', 'TOKEN_SIGNATURE', {
    token: `${good}.${payload}.${tail.slice(0, -1)}${tail.endsWith('A') ? 'B' : 'h'}`,
  }),
  one('a payload that is not UTF-8', 'RFC 7519 section 7.2', 'TOKEN_MALFORMED', {
    token: `${good}.${Buffer.from('{"sub":"\xff"}', 'latin1').toString('base64url')}.${tail}`,
  }),
  one('a payload that is a list', 'RFC 7519 section 7.2', 'TOKEN_MALFORMED', { token: tokenWith('[]') }),
  one('a payload that is a text', 'RFC 7519 section 7.2', 'TOKEN_MALFORMED', {
    token: tokenWith('"claims"'),
  }),
  one('a payload that is cut', 'RFC 7519 section 7.2', 'TOKEN_MALFORMED', {
    token: tokenWith(JSON.stringify(tokenClaims).slice(0, -1)),
  }),
  one('a payload with something behind it', 'RFC 7519 section 7.2', 'TOKEN_MALFORMED', {
    token: tokenWith(`${JSON.stringify(tokenClaims)}{}`),
  }),
  one('a payload with a comma too many', 'RFC 8259 section 4', 'TOKEN_MALFORMED', {
    token: tokenWith(JSON.stringify(tokenClaims).replace(/\}$/, ',}')),
  }),
  one('a payload with a byte order mark', 'RFC 8259 section 8.1', 'TOKEN_MALFORMED', {
    token: tokenWith(`\ufeff${JSON.stringify(tokenClaims)}`),
  }),
  one('a claim twice', 'RFC 7519 section 4', 'TOKEN_MALFORMED', {
    token: tokenWith(JSON.stringify(tokenClaims).replace('"sub":', `"sub":"${app}","sub":`)),
  }),
  one('a claim twice, once by an escape', 'RFC 7519 section 4', 'TOKEN_MALFORMED', {
    token: tokenWith(JSON.stringify(tokenClaims).replace('"sub":', '"\\u0073ub":"x","sub":')),
  }),
  one('a member twice inside a claim', 'RFC 7519 section 4', 'TOKEN_MALFORMED', {
    token: tokenWith(JSON.stringify(tokenClaims).replace('"crv":', '"crv":"P-256","crv":')),
  }),
  one('a header member twice', 'RFC 7515 section 4', 'TOKEN_MALFORMED', {
    token: signed(
      JSON.stringify(tokenHeader).replace('"alg"', '"alg":"none","alg"'),
      tokenClaims,
      keys.issuer,
    ),
  }),
  one('claims nested in eight levels', 'protocol page section 1', 'ok', {
    token: token({ deep: nested(7) }),
  }),
  one('claims nested in nine levels', 'protocol page section 1', 'TOKEN_MALFORMED', {
    token: token({ deep: nested(8) }),
  }),
  one('the JSON serialisation', 'RFC 7515 section 7.2', 'TOKEN_MALFORMED', {
    token: '{"protected":"e30"}',
  }),
]

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { a: nested(levels - 1) }
}

const headers: Draft[] = [
  header('typ with its prefix, in capitals', 'RFC 7515 section 4.1.9', 'ok', {
    typ: 'application/OAuth-Client-Attestation+JWT',
  }),
  ...noTexts.map(([what, typ]) => header(`typ ${what}`, 'RFC 8725 section 3.11', 'TOKEN_TYPE', { typ })),
  ...['JWT', 'oauth-client-attestation', 'oauth-client-attestation+jwt; v=1'].map((typ) =>
    header(`typ ${typ}`, 'RFC 8725 section 3.11', 'TOKEN_TYPE', { typ }),
  ),
  header('typ of the other kind', 'RFC 8725 section 3.12', 'TOKEN_KIND', { typ: 'at+jwt' }),
  header('typ of another top-level type', 'RFC 7515 section 4.1.9', 'TOKEN_TYPE', {
    typ: 'text/oauth-client-attestation+jwt',
  }),
  one('a proof in its place', 'RFC 8725 section 3.11', 'TOKEN_TYPE', { token: proof() }),
  one('a PoP JWT in its place', 'RFC 8725 section 3.11', 'TOKEN_TYPE', { token: pop() }),
  one('a status list in its place', 'RFC 8725 section 3.12', 'TOKEN_TYPE', { token: statusList() }),
  ...noTexts.map(([what, alg]) => header(`alg ${what}`, 'RFC 8725 section 3.1', 'TOKEN_ALGORITHM', { alg })),
  ...['none', 'None', 'NONE', 'HS256', 'es256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'ES256K'].map((alg) =>
    header(`alg ${alg}`, 'RFC 8725 section 3.1', 'TOKEN_ALGORITHM', { alg }),
  ),
  one('alg none and no signature', 'RFC 8725 section 3.2', 'TOKEN_MALFORMED', { token: `${bare}.` }),
  one('alg none and any signature', 'RFC 8725 section 3.2', 'TOKEN_ALGORITHM', { token: `${bare}.AA` }),
  one('a MAC whose secret is the public key', 'RFC 8725 section 2.1', 'TOKEN_ALGORITHM', {
    token: withMac(),
  }),
  one('alg EdDSA by an Ed25519 key', 'RFC 9864 section 2.2', 'TOKEN_ALGORITHM', {
    token: edwardsToken({}, { alg: 'EdDSA' }),
  }),
  header('the algorithm of the other key', 'RFC 8725 section 3.1', 'TOKEN_ALGORITHM', { alg: 'Ed25519' }),
  header('the kid of the other key', 'RFC 8725 section 3.1', 'TOKEN_ALGORITHM', { kid: 'key-2' }),
  ...[['exp'], ['b64'], [], 'exp', null].map((crit) =>
    header(`crit ${JSON.stringify(crit)}`, 'RFC 7515 section 4.1.11', 'TOKEN_CRITICAL', { crit, b64: true }),
  ),
  header('b64 without crit, which nobody has to understand', 'RFC 7797 section 6', 'ok', { b64: false }),
  ...noTexts.map(([what, kid]) => header(`kid ${what}`, 'RFC 8725 section 3.10', 'TOKEN_KEY_ID', { kid })),
  ...['../key-1', 'key 1', "' OR 1=1", 'https://evil.example/jwks', 'k'.repeat(129), 'kéy'].map((kid) =>
    header(`kid ${kid.slice(0, 30)}`, 'RFC 8725 section 3.10', 'TOKEN_KEY_ID', { kid }),
  ),
  ...['key-9', 'KEY-1', '__proto__', 'constructor', 'k'.repeat(128)].map((kid) =>
    header(`kid ${kid.slice(0, 30)} that nobody publishes`, 'RFC 7515 section 4.1.4', 'TOKEN_KEY_UNKNOWN', {
      kid,
    }),
  ),
  one('a key of its own in the header', 'RFC 8725 section 3.10', 'TOKEN_SIGNATURE', {
    token: token({}, { jwk: keys.stranger.jwk }, keys.stranger),
  }),
  one('a URL of keys in the header', 'RFC 8725 section 3.10', 'TOKEN_SIGNATURE', {
    token: token({}, { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' }, keys.stranger),
  }),
]

function withMac(): string {
  const input = `${encode({ ...tokenHeader, alg: 'HS256' })}.${encode(tokenClaims)}`
  const secret = createPublicKey(keys.issuer.privateKey).export({ format: 'pem', type: 'spki' })
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

const signatures: Draft[] = [
  one('by a stranger', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', { token: token({}, {}, keys.stranger) }),
  one('by the installation itself', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', {
    token: token({}, {}, keys.installation),
  }),
  one('by a stranger, Ed25519', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', {
    token: token({}, {}, { ...keys.issuer_ed25519, ...keys.stranger, alg: 'ES256' }),
  }),
  one('another payload under the same signature', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', {
    token: `${good}.${encode({ ...tokenClaims, ear_status: 'affirming' })}.${tail}`,
  }),
  one('another header under the same signature', 'RFC 7515 section 5.2', 'TOKEN_SIGNATURE', {
    token: `${encode({ ...tokenHeader, later: 1 })}.${payload}.${tail}`,
  }),
  one('in DER', 'RFC 7518 section 3.4', 'TOKEN_SIGNATURE', { token: resigned(token(), inDer, keys.issuer) }),
  one('with a character behind it', 'RFC 7515 section 2', 'TOKEN_SIGNATURE', { token: `${token()}A` }),
  one('with three bytes behind it', 'RFC 7518 section 3.4', 'TOKEN_SIGNATURE', { token: `${token()}AAAA` }),
  one('with padding', 'RFC 7515 section 2', 'TOKEN_SIGNATURE', { token: `${token()}==` }),
  one('cut', 'RFC 7518 section 3.4', 'TOKEN_SIGNATURE', { token: token().slice(0, -4) }),
  one('of zeros', 'FIPS 186-5 section 6.4.2', 'TOKEN_SIGNATURE', {
    token: resigned(token(), () => Buffer.alloc(64), keys.issuer),
  }),
  one('of zeros, Ed25519', 'RFC 8032 section 5.1.7', 'TOKEN_SIGNATURE', {
    token: resigned(edwardsToken(), () => Buffer.alloc(64), keys.issuer_ed25519),
  }),
  one('with the other s, which ECDSA allows', 'FIPS 186-5 section 6.4.2', 'ok', {
    token: resigned(token(), withOtherS, keys.issuer),
  }),
  one('Ed25519 with an S beyond the order', 'RFC 8032 section 5.1.7', 'TOKEN_SIGNATURE', {
    token: resigned(edwardsToken(), withLargeS, keys.issuer_ed25519),
  }),
]

const texts = 'verifiers page, claims of the token'

const members: Draft[] = [
  ...noTexts.map(([what, iss]) => claims(`iss ${what}`, 'RFC 8725 section 3.8', 'TOKEN_ISSUER', { iss })),
  ...[`${issuer}/`, 'https://ATTEST.example', 'https://other.example', `${issuer}:443`].map((iss) =>
    claims(`iss ${iss}`, 'RFC 8725 section 3.8', 'TOKEN_ISSUER', { iss }),
  ),
  ...noTexts.map(([what, aud]) => claims(`aud ${what}`, 'RFC 8725 section 3.9', 'TOKEN_AUDIENCE', { aud })),
  claims('aud a list of this API alone', 'protocol page section 13', 'TOKEN_AUDIENCE', { aud: [audience] }),
  claims('aud two APIs', 'RFC 8725 section 3.9', 'TOKEN_AUDIENCE', {
    aud: [audience, 'https://other.example'],
  }),
  ...[`${audience}/`, 'https://api.example.com:443', 'https://API.example.com', 'http://api.example.com'].map(
    (aud) => claims(`aud ${aud}`, 'RFC 8725 section 3.9', 'TOKEN_AUDIENCE', { aud }),
  ),
  ...(
    ['sub', 'build', 'jti', 'installation', 'platform', 'ear_status', 'holder_key', 'mode'] as const
  ).flatMap((name) =>
    noTexts.map(([what, value]) => claims(`${name} ${what}`, texts, 'TOKEN_CLAIMS', { [name]: value })),
  ),
  ...['ab', '.com.example', 'com example', 'a'.repeat(256), 'http://client.example'].map((sub) =>
    claims(`sub ${sub.slice(0, 30)}`, texts, 'TOKEN_CLAIMS', { sub }),
  ),
  ...['-1', '1 2', '1'.repeat(129)].map((build) =>
    claims(`build ${build.slice(0, 30)}`, texts, 'TOKEN_CLAIMS', { build }),
  ),
  claims('build of 128 characters', texts, 'ok', { build: '1'.repeat(128) }),
  ...['a b', 'é', 'x'.repeat(129)].flatMap((text) =>
    ['jti', 'installation'].map((name) =>
      claims(`${name} ${text.slice(0, 30)}`, texts, 'TOKEN_CLAIMS', { [name]: text }),
    ),
  ),
  ...['windows', 'Android'].map((platform) =>
    claims(`platform ${platform}`, texts, 'TOKEN_CLAIMS', { platform }),
  ),
  ...['ios', 'web', 'node'].map((platform) => claims(`platform ${platform}`, texts, 'ok', { platform })),
  ...['vouched', 'hardware'].map((key) => claims(`holder_key ${key}`, texts, 'ok', { holder_key: key })),
  claims('holder_key strongbox', texts, 'TOKEN_CLAIMS', { holder_key: 'strongbox' }),
  ...['beta', 'internal'].map((channel) => claims(`channel ${channel}`, texts, 'ok', { channel })),
  ...['nightly', '', null].map((channel) =>
    claims(`channel ${JSON.stringify(channel)}`, texts, 'TOKEN_CLAIMS', { channel }),
  ),
  claims('ear_status excellent', texts, 'TOKEN_CLAIMS', { ear_status: 'excellent' }),
  claims('mode mtls', texts, 'TOKEN_CLAIMS', { mode: 'mtls' }),
  claims('allowed false', texts, 'TOKEN_CLAIMS', { allowed: false }),
  claims('development false', texts, 'TOKEN_CLAIMS', { development: false }),
  claims('development "true"', texts, 'TOKEN_CLAIMS', { development: 'true' }),
]

const times: Draft[] = [
  ...(['iat', 'exp'] as const).flatMap((name) =>
    (
      [
        ['missing', undefined],
        ['null', null],
        ['a text', String(now)],
        ['a list', [now]],
        ['negative', -1],
        ['beyond 2^53', 9_007_199_254_740_992],
      ] as const
    ).map(([what, value]) =>
      claims(`${name} ${what}`, 'RFC 7519 section 2', 'TOKEN_CLAIMS', { [name]: value }),
    ),
  ),
  one('exp 1e400, which no double holds', 'RFC 7519 section 2', 'TOKEN_CLAIMS', {
    token: tokenWith(JSON.stringify({ ...tokenClaims, exp: 0 }).replace('"exp":0', '"exp":1e400')),
  }),
  claims('times with fractions', 'RFC 7519 section 2', 'ok', { iat: now - 5.25, exp: now + 60.5 }),
  claims('expired, within the tolerance', 'RFC 7519 section 4.1.4', 'ok', { iat: now - 300, exp: now - 9 }),
  claims('expired by the tolerance', 'RFC 7519 section 4.1.4', 'TOKEN_EXPIRED', {
    iat: now - 300,
    exp: now - 10,
  }),
  claims('expired long ago', 'RFC 7519 section 4.1.4', 'TOKEN_EXPIRED', { iat: now - 900, exp: now - 300 }),
  claims('issued in the future, within the tolerance', 'RFC 7519 section 4.1.6', 'ok', { iat: now + 10 }),
  claims('issued in the future', 'RFC 7519 section 4.1.6', 'TOKEN_NOT_YET_VALID', { iat: now + 11 }),
  claims('exp before iat', texts, 'TOKEN_LIFETIME', { exp: now - 6 }),
  claims('exp at iat', texts, 'TOKEN_LIFETIME', { exp: now - 5 }),
  claims('of 900 s', texts, 'ok', { iat: now - 5, exp: now + 895 }),
  claims('of more than 900 s', texts, 'TOKEN_LIFETIME', { iat: now - 5, exp: now + 895.5 }),
]

const jwk = keys.installation.jwk
const confirmation = (id: string, clause: string, cnf: unknown) =>
  claims(`cnf ${id}`, clause, 'TOKEN_CONFIRMATION_KEY', { cnf })
const confirmations: Draft[] = [
  ...noTexts.map(([what, cnf]) =>
    confirmation(what, 'draft attestation-based-client-auth-10 section 4', cnf),
  ),
  confirmation('without a key', 'draft attestation-based-client-auth-10 section 4', {}),
  confirmation('with jkt in place of the key', 'draft attestation-based-client-auth-10 section 4', {
    jkt: 'A'.repeat(43),
  }),
  confirmation('with another way to name a key', 'RFC 7800 section 3.1', { jwk, kid: 'key-1' }),
  confirmation('with a URL of keys', 'RFC 7800 section 3.5', { jwk, jku: 'https://evil.example' }),
  confirmation('with a private key', 'draft attestation-based-client-auth-10 section 4', {
    jwk: keys.installation.privateJwk,
  }),
  confirmation('with a symmetric key', 'RFC 7800 section 3.2', { jwk: { kty: 'oct', k: 'AAAA' } }),
  confirmation('with a key of another curve', 'RFC 7518 section 6.2.1.1', { jwk: { ...jwk, crv: 'P-384' } }),
  confirmation('with an Ed25519 key', 'RFC 7518 section 6.2.1.1', { jwk: keys.issuer_ed25519.jwk }),
  confirmation('with a key for another algorithm', 'RFC 8725 section 3.1', { jwk: { ...jwk, alg: 'ES384' } }),
  confirmation('with a point off the curve', 'RFC 8725 section 3.4', { jwk: { ...jwk, x: jwk['y'] } }),
  confirmation('with the point of zeros', 'RFC 8725 section 3.4', {
    jwk: { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) },
  }),
  confirmation('with a coordinate of 31 bytes', 'RFC 7518 section 6.2.1.2', {
    jwk: { ...jwk, x: Buffer.alloc(31, 7).toString('base64url') },
  }),
  confirmation('with a coordinate of 33 bytes', 'RFC 7518 section 6.2.1.2', {
    jwk: {
      ...jwk,
      x: Buffer.concat([Buffer.of(0), Buffer.from(jwk['x'] as string, 'base64url')]).toString('base64url'),
    },
  }),
  confirmation('with a coordinate that is padded', 'RFC 7518 section 6.2.1.2', {
    jwk: { ...jwk, y: `${jwk['y']}=` },
  }),
  confirmation('without y', 'RFC 7518 section 6.2.1.3', { jwk: { kty: 'EC', crv: 'P-256', x: jwk['x'] } }),
  claims('cnf with a key that says its algorithm and use', 'RFC 7517 section 4', 'ok', {
    cnf: { jwk: { ...jwk, alg: 'ES256', use: 'sig', kid: 'mine' } },
  }),
]

export const tokens: readonly Draft[] = [
  ...forms,
  ...headers,
  ...signatures,
  ...members,
  ...times,
  ...confirmations,
]
