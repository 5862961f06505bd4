import { describe, expect, test } from 'vitest'
import type { GuardErrorCode, GuardOptions } from '@assay/guard'
import {
  app,
  audience,
  cryptos,
  encode,
  installation,
  issuerKey,
  judged,
  mintPop,
  mintProof,
  mintToken,
  newGuard,
  now,
  otherInstallation,
  proofClaims,
  proofHeader,
  publicJwkOf,
  publishedKey,
  sha256,
  signJws,
  tokenClaims,
  tokenHeader,
  type RequestParts,
} from '../minting.ts'
import {
  ed25519Token,
  jwkWithStrippedZero,
  tokenWithExp,
  tokenWithMac,
  withDerSignature,
  withNonCanonicalS,
  withPaddedPart,
  withPlainBase64,
} from '../tampering.ts'

/** The negative cases that every verifier must fail, in the order of the project's list, and their positive twins. */

type Case = [name: string, code: GuardErrorCode, bad: RequestParts, good: RequestParts]

const access = 'user-token'
const ath = sha256(access)
const fine = {}
const anotherUri = (htu: string) => ({ proof: mintProof({ claims: { htu } }) })

const cases: Case[] = [
  ['wrong typ of the token', 'TOKEN_TYPE', { token: mintToken({ header: { typ: 'JWT' } }) }, fine],
  ['typ of the other kind', 'TOKEN_KIND', { token: mintToken({ header: { typ: 'at+jwt' } }) }, fine],
  ['no typ', 'TOKEN_TYPE', { token: mintToken({ header: { typ: undefined } }) }, fine],
  ['a proof in the place of the token', 'TOKEN_TYPE', { token: mintProof() }, fine],
  ['wrong typ of the proof', 'PROOF_TYPE', { proof: mintProof({ header: { typ: 'dpop' } }) }, fine],
  ['the token in the place of the proof', 'PROOF_TYPE', { proof: mintToken() }, fine],
  ['alg none', 'TOKEN_ALGORITHM', { token: mintToken({ header: { alg: 'none' } }) }, fine],
  ['alg None', 'TOKEN_ALGORITHM', { token: mintToken({ header: { alg: 'None' } }) }, fine],
  [
    'alg none without a signature',
    'TOKEN_MALFORMED',
    { token: `${encode({ ...tokenHeader, alg: 'none' })}.${encode(tokenClaims)}.` },
    fine,
  ],
  ['HS256 with the public key as secret', 'TOKEN_ALGORITHM', { token: tokenWithMac() }, fine],
  [
    'EdDSA where Ed25519 is configured',
    'TOKEN_ALGORITHM',
    { token: ed25519Token('EdDSA') },
    { token: ed25519Token('Ed25519') },
  ],
  ["another key's algorithm", 'TOKEN_ALGORITHM', { token: mintToken({ header: { alg: 'Ed25519' } }) }, fine],
  ['proof with alg HS256', 'PROOF_ALGORITHM', { proof: mintProof({ header: { alg: 'HS256' } }) }, fine],
  ['proof with alg Ed25519', 'PROOF_ALGORITHM', { proof: mintProof({ header: { alg: 'Ed25519' } }) }, fine],
  ['kid unknown', 'TOKEN_KEY_UNKNOWN', { token: mintToken({ header: { kid: 'key-3' } }) }, fine],
  ['kid of another key', 'TOKEN_ALGORITHM', { token: mintToken({ header: { kid: 'key-2' } }) }, fine],
  ['kid missing', 'TOKEN_KEY_ID', { token: mintToken({ header: { kid: undefined } }) }, fine],
  ['kid of 129 characters', 'TOKEN_KEY_ID', { token: mintToken({ header: { kid: 'k'.repeat(129) } }) }, fine],
  [
    'kid of 10 kB',
    'REQUEST_FIELDS_TOO_LARGE',
    { token: mintToken({ header: { kid: 'k'.repeat(10_240) } }) },
    fine,
  ],
  ['kid with ../', 'TOKEN_KEY_ID', { token: mintToken({ header: { kid: '../../key-1' } }) }, fine],
  ['kid __proto__', 'TOKEN_KEY_UNKNOWN', { token: mintToken({ header: { kid: '__proto__' } }) }, fine],
  ['kid constructor', 'TOKEN_KEY_UNKNOWN', { token: mintToken({ header: { kid: 'constructor' } }) }, fine],
  [
    'cnf.jwk with d',
    'TOKEN_CONFIRMATION_KEY',
    { token: mintToken({ claims: { cnf: { jwk: { ...publicJwkOf(installation), d: 'x'.repeat(43) } } } }) },
    fine,
  ],
  [
    'cnf with another way to name a key',
    'TOKEN_CONFIRMATION_KEY',
    {
      token: mintToken({
        claims: { cnf: { jwk: publicJwkOf(installation), jku: 'https://elsewhere.example' } },
      }),
    },
    fine,
  ],
  ['cnf missing', 'TOKEN_CONFIRMATION_KEY', { token: mintToken({ claims: { cnf: undefined } }) }, fine],
  [
    'cnf.jwk off the curve',
    'TOKEN_CONFIRMATION_KEY',
    {
      token: mintToken({
        claims: { cnf: { jwk: { ...publicJwkOf(installation), x: publicJwkOf(installation).y } } },
      }),
    },
    fine,
  ],
  [
    'cnf key is not the proof key',
    'PROOF_KEY_MISMATCH',
    { proof: mintProof({ key: otherInstallation }) },
    fine,
  ],
  ['two DPoP fields', 'PROOF_REPEATED', { proof: [mintProof(), mintProof()] }, fine],
  ['two DPoP fields joined', 'PROOF_REPEATED', { proof: `${mintProof()}, ${mintProof()}` }, fine],
  ['an empty DPoP field beside a good one', 'PROOF_REPEATED', { proof: ['', mintProof()] }, fine],
  ['PoP field plus combined', 'PROOF_METHOD_NOT_ADMITTED', { pop: mintPop() }, fine],
  ['htu of another host', 'PROOF_HTU', anotherUri('https://api.example.org/v1/orders'), fine],
  ['htu with another scheme', 'PROOF_HTU', anotherUri('http://api.example.com/v1/orders'), fine],
  ['htu with another port', 'PROOF_HTU', anotherUri('https://api.example.com:8443/v1/orders'), fine],
  ['htu with another case of the path', 'PROOF_HTU', anotherUri('https://api.example.com/v1/ORDERS'), fine],
  ['htu that only starts alike', 'PROOF_HTU', anotherUri('https://api.example.com/v1/orders/7'), fine],
  [
    'htu that only ends alike',
    'PROOF_HTU',
    anotherUri('https://api.example.com.evil.example/v1/orders'),
    fine,
  ],
  ['htu with a user', 'PROOF_HTU', anotherUri('https://api.example.com@evil.example/v1/orders'), fine],
  ['htu with backslashes', 'PROOF_HTU', anotherUri('https:\\\\api.example.com\\v1\\orders'), fine],
  ['htu with a tab', 'PROOF_HTU', anotherUri('https://api.example.com/v1/\torders'), fine],
  ['htu without authority', 'PROOF_HTU', anotherUri('/v1/orders'), fine],
  [
    'htu with a query is compared without it',
    'PROOF_HTU',
    anotherUri('https://api.example.com/v1?/orders'),
    anotherUri('https://api.example.com/v1/orders?a=1#b'),
  ],
  [
    'the default port spelled out matches',
    'PROOF_HTU',
    anotherUri('https://api.example.com:80/v1/orders'),
    anotherUri('https://api.example.com:443/v1/orders'),
  ],
  [
    'scheme and host match in any case',
    'PROOF_HTU',
    anotherUri('HTTPS://API.EXAMPLE.ORG/v1/orders'),
    anotherUri('HTTPS://API.EXAMPLE.COM/v1/orders'),
  ],
  [
    'escapes of unreserved characters match',
    'PROOF_HTU',
    anotherUri('https://api.example.com/v1%2Forders'),
    anotherUri('https://api.example.com/v1/%6frder%73'),
  ],
  [
    'htu with dot segments that lead to the right place',
    'PROOF_HTU',
    anotherUri('https://api.example.com/v2/../v1/./orders'),
    fine,
  ],
  [
    'htu with escaped dot segments',
    'PROOF_HTU',
    anotherUri('https://api.example.com/v2/%2E%2e/v1/orders'),
    fine,
  ],
  [
    'dot segments in htu and request alike',
    'PROOF_HTU',
    { url: '/v2/../v1/orders', ...anotherUri('https://api.example.com/v2/../v1/orders') },
    { url: '/v2/..v1/.orders', ...anotherUri('https://api.example.com/v2/..v1/.orders') },
  ],
  ['htm in lower case', 'PROOF_HTM', { proof: mintProof({ claims: { htm: 'post' } }) }, fine],
  ['htm of another method', 'PROOF_HTM', { proof: mintProof({ claims: { htm: 'GET' } }) }, fine],
  ['iat 120 s ahead', 'PROOF_FROM_FUTURE', { proof: mintProof({ claims: { iat: now + 120 } }) }, fine],
  ['iat 600 s ago', 'PROOF_TOO_OLD', { proof: mintProof({ claims: { iat: now - 600 } }) }, fine],
  ['iat as text', 'PROOF_CLAIMS', { proof: mintProof({ claims: { iat: `${now}` } }) }, fine],
  [
    'iat with a fraction that lies too far ahead',
    'PROOF_FROM_FUTURE',
    { proof: mintProof({ claims: { iat: now + 10.5 } }) },
    { proof: mintProof({ claims: { iat: now + 0.5 } }) },
  ],
  [
    'exp of the proof passed',
    'PROOF_TOO_OLD',
    { proof: mintProof({ claims: { exp: now - 10 } }) },
    { proof: mintProof({ claims: { exp: now - 9.5 } }) },
  ],
  [
    'exp of the proof as text',
    'PROOF_CLAIMS',
    { proof: mintProof({ claims: { exp: `${now + 60}` } }) },
    fine,
  ],
  ['exp of the proof null', 'PROOF_CLAIMS', { proof: mintProof({ claims: { exp: null } }) }, fine],
  [
    'nbf of the proof still to come',
    'PROOF_FROM_FUTURE',
    { proof: mintProof({ claims: { nbf: now + 10.5 } }) },
    { proof: mintProof({ claims: { nbf: now + 10 } }) },
  ],
  ['nbf of the proof negative', 'PROOF_CLAIMS', { proof: mintProof({ claims: { nbf: -1 } }) }, fine],
  ['iat missing', 'PROOF_CLAIMS', { proof: mintProof({ claims: { iat: undefined } }) }, fine],
  ['jti of 4 kB', 'PROOF_JTI', { proof: mintProof({ claims: { jti: 'j'.repeat(3500) } }) }, fine],
  ['jti too short to be random', 'PROOF_JTI', { proof: mintProof({ claims: { jti: 'short' } }) }, fine],
  ['jti missing', 'PROOF_JTI', { proof: mintProof({ claims: { jti: undefined } }) }, fine],
  ['jti a number', 'PROOF_JTI', { proof: mintProof({ claims: { jti: 12345678 } }) }, fine],
  [
    'ath of another token',
    'PROOF_ATH',
    { authorization: `DPoP ${access}`, proof: mintProof({ claims: { ath: sha256('other') } }) },
    { authorization: `DPoP ${access}`, proof: mintProof({ claims: { ath } }) },
  ],
  ['ath missing beside a DPoP token', 'PROOF_ATH_MISSING', { authorization: `DPoP ${access}` }, fine],
  [
    'ath missing beside a bearer token',
    'PROOF_ATH_MISSING',
    { authorization: `bearer ${access}` },
    { authorization: 'Basic dXNlcjpwYXNz' },
  ],
  ['ath without a token', 'PROOF_ATH', { proof: mintProof({ claims: { ath } }) }, fine],
  ['exp passed', 'TOKEN_EXPIRED', { token: mintToken({ claims: { iat: now - 600, exp: now - 300 } }) }, fine],
  [
    'exp as text',
    'TOKEN_CLAIMS',
    { token: tokenWithExp(`"${now + 60}"`) },
    { token: tokenWithExp(`${now + 60}`) },
  ],
  ['exp 1e400', 'TOKEN_CLAIMS', { token: tokenWithExp('1e400') }, fine],
  ['exp negative', 'TOKEN_CLAIMS', { token: tokenWithExp('-1') }, fine],
  [
    'exp with a fraction that has passed',
    'TOKEN_EXPIRED',
    { token: mintToken({ claims: { iat: now - 300, exp: now - 10.5 } }) },
    { token: tokenWithExp(`${now + 60}.5`) },
  ],
  [
    'typ of another media type',
    'TOKEN_TYPE',
    { token: mintToken({ header: { typ: 'text/oauth-client-attestation+jwt' } }) },
    { token: mintToken({ header: { typ: 'application/OAuth-Client-Attestation+JWT' } }) },
  ],
  [
    'typ of the proof with a parameter',
    'PROOF_TYPE',
    { proof: mintProof({ header: { typ: 'dpop+jwt; v=1' } }) },
    { proof: mintProof({ header: { typ: 'application/DPoP+jwt' } }) },
  ],
  ['exp null', 'TOKEN_CLAIMS', { token: tokenWithExp('null') }, fine],
  ['exp before iat', 'TOKEN_LIFETIME', { token: tokenWithExp(`${now - 6}`) }, fine],
  [
    'a duplicate member in the claims',
    'TOKEN_MALFORMED',
    {
      token: signJws(
        tokenHeader,
        JSON.stringify(tokenClaims).replace('"sub":', `"sub":"${app}","sub":`),
        issuerKey,
      ),
    },
    { token: signJws(tokenHeader, JSON.stringify(tokenClaims), issuerKey) },
  ],
  [
    'a duplicate member by an escape',
    'TOKEN_MALFORMED',
    {
      token: signJws(
        tokenHeader,
        JSON.stringify(tokenClaims).replace('"sub":', '"\\u0073ub":"x","sub":'),
        issuerKey,
      ),
    },
    fine,
  ],
  [
    'a duplicate member in the header',
    'TOKEN_MALFORMED',
    {
      token: signJws(
        JSON.stringify(tokenHeader).replace('"alg"', '"alg":"none","alg"'),
        tokenClaims,
        issuerKey,
      ),
    },
    fine,
  ],
  [
    'a duplicate member in the proof',
    'PROOF_MALFORMED',
    {
      proof: signJws(
        proofHeader,
        JSON.stringify(proofClaims()).replace('"htm"', '"htm":"GET","htm"'),
        installation,
      ),
    },
    { proof: signJws(proofHeader, JSON.stringify(proofClaims()), installation) },
  ],
  [
    'trailing characters after the signature of the token',
    'TOKEN_SIGNATURE',
    { token: `${mintToken()}A` },
    fine,
  ],
  [
    'trailing bytes after the signature of the token',
    'TOKEN_SIGNATURE',
    { token: `${mintToken()}AAAA` },
    fine,
  ],
  ['a fourth part', 'TOKEN_MALFORMED', { token: `${mintToken()}.AAAA` }, fine],
  [
    'trailing characters after the signature of the proof',
    'PROOF_SIGNATURE',
    { proof: `${mintProof()}A` },
    fine,
  ],
  [
    'JSON serialisation',
    'TOKEN_REPEATED',
    { token: '{"protected":"e30","payload":"e30","signature":"AA"}' },
    fine,
  ],
  ['base64url with padding', 'TOKEN_MALFORMED', { token: withPaddedPart(mintToken()) }, fine],
  ['plain base64', 'TOKEN_MALFORMED', { token: withPlainBase64() }, fine],
  ['ECDSA signature of the token in DER', 'TOKEN_SIGNATURE', { token: withDerSignature(mintToken()) }, fine],
  [
    'ECDSA signature of the proof in DER',
    'PROOF_SIGNATURE',
    { proof: withDerSignature(mintProof(), installation) },
    fine,
  ],
  [
    'coordinate with stripped leading zero',
    'TOKEN_CONFIRMATION_KEY',
    { token: mintToken({ claims: { cnf: { jwk: jwkWithStrippedZero() } } }) },
    fine,
  ],
  [
    'coordinate with stripped leading zero in the proof',
    'PROOF_KEY',
    { proof: mintProof({ header: { jwk: jwkWithStrippedZero() } }) },
    fine,
  ],
  [
    'proof with a private key in it',
    'PROOF_KEY',
    { proof: mintProof({ header: { jwk: installation.privateKey.export({ format: 'jwk' }) } }) },
    fine,
  ],
  ['proof without a key', 'PROOF_KEY', { proof: mintProof({ header: { jwk: undefined } }) }, fine],
  [
    'Ed25519 with a non-canonical S',
    'TOKEN_SIGNATURE',
    { token: withNonCanonicalS(ed25519Token('Ed25519')) },
    { token: ed25519Token('Ed25519') },
  ],
  ['two tokens', 'TOKEN_REPEATED', { token: [mintToken(), mintToken()] }, fine],
  ['tier none', 'TIER_NOT_ADMITTED', { token: mintToken({ claims: { ear_status: 'none' } }) }, fine],
  ['an unknown tier', 'TOKEN_CLAIMS', { token: mintToken({ claims: { ear_status: 'excellent' } }) }, fine],
]

describe.each(cryptos)('with %s', (_, newCrypto) => {
  test.each(cases)('%s: %s', async (_name, code, bad, good) => {
    const options: Partial<GuardOptions> = { crypto: newCrypto() }
    expect(await judged(newGuard(options), bad)).toBe(code)
    expect(await judged(newGuard(options), good)).toBe('ok')
  })

  test('a jti is used once at a URI, even in another proof', async () => {
    const guard = newGuard({ crypto: newCrypto() })
    const proof = mintProof()
    expect(await judged(guard, { proof })).toBe('ok')
    expect(await judged(guard, { proof })).toBe('PROOF_REPLAYED')
    const again = mintProof({
      claims: { jti: JSON.parse(Buffer.from(proof.split('.')[1] as string, 'base64url').toString()).jti },
    })
    expect(await judged(guard, { proof: again })).toBe('PROOF_REPLAYED')
    expect(await judged(guard)).toBe('ok')
  })

  test('a token that was verified once is refused when it has expired', async () => {
    let at = now
    const guard = newGuard({ crypto: newCrypto(), clock: () => at * 1000 })
    const token = mintToken()
    expect(await judged(guard, { token })).toBe('ok')
    at = now + 306
    expect(await judged(guard, { token, proof: mintProof({ claims: { iat: at } }) })).toBe('TOKEN_EXPIRED')
    expect(await judged(guard, { token, proof: mintProof({ claims: { iat: at } }) })).toBe('TOKEN_EXPIRED')
  })

  test('the header of an accepted proof does not vouch for another key or method', async () => {
    const guard = newGuard({ crypto: newCrypto(), proofs: ['dpop_combined', 'attestation_pop_jwt'] })
    const token = mintToken()
    expect(await judged(guard, { token })).toBe('ok')
    const stolen = signJws({ ...proofHeader }, proofClaims(), otherInstallation)
    expect(await judged(guard, { token, proof: stolen })).toBe('PROOF_SIGNATURE')
    const posing = signJws({ ...proofHeader }, { aud: audience, jti: 'pop-as-dpop', iat: now }, installation)
    expect(await judged(guard, { token, proof: undefined, pop: posing })).toBe('PROOF_TYPE')
    const other = mintToken({ claims: { cnf: { jwk: publicJwkOf(otherInstallation) } } })
    expect(await judged(guard, { token: other, proof: mintProof() })).toBe('PROOF_KEY_MISMATCH')
  })

  test('one kid is one key', async () => {
    const options = { crypto: newCrypto(), jwks: { keys: [publishedKey(otherInstallation, 'key-1')] } }
    expect(await judged(newGuard(options))).toBe('TOKEN_SIGNATURE')
  })
})
