import { accept, refuse, type Case, type Family, type Feature, type Json } from '../case/case.ts'
import { base64url, noise, sha256 } from '../material/bytes.ts'
import { keyOf } from '../material/keys.ts'

const jti = base64url(noise('jti', 16))
const iat = 1_790_000_123

interface ProofInput {
  readonly key?: string
  readonly jti?: string
  readonly method?: string
  readonly url?: string
  readonly iat?: number
  readonly authorization?: string
  readonly nonce?: string
}

/** What a proof of this request has to hold, to the byte. */
function proof(
  id: string,
  change: ProofInput,
  expected: { htu?: string; ath?: string } = {},
  needs?: Feature,
): Case {
  const { key: label = 'proof', ...rest } = change
  const given = { jti, method: 'GET', url: 'https://api.example/orders', iat, ...rest }
  const jwk = keyOf(label).publicJwk
  const claims = {
    jti: given.jti,
    htm: given.method,
    htu: expected.htu ?? given.url,
    iat: given.iat,
    ...(expected.ath === undefined ? {} : { ath: base64url(sha256(expected.ath)) }),
    ...(given.nonce === undefined ? {} : { nonce: given.nonce }),
  }
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk }
  const one = accept(
    id,
    { op: 'proof', key: { ...jwk }, ...(given as Readonly<Record<string, Json>>) },
    { header: JSON.stringify(header), payload: JSON.stringify(claims) },
  )
  return needs === undefined ? one : { ...one, needs }
}

function proofCases(): Case[] {
  const url = 'https://api.example/orders'
  return [
    proof('a GET', {}),
    proof('a POST', { method: 'POST' }),
    proof('a method as it is sent', { method: 'Patch' }),
    proof('another key', { key: 'another proof' }),
    proof('another time', { iat: 1 }),
    proof('another jti', { jti: base64url(noise('another jti', 16)) }),
    proof('a jti of zeros', { jti: base64url(new Uint8Array(16)) }),
    proof('a query is left out', { url: `${url}?page=2` }, { htu: url }),
    proof('a fragment is left out', { url: `${url}#top` }, { htu: url }),
    proof('a query and a fragment are left out', { url: `${url}?a=/b#c?d` }, { htu: url }),
    proof('no path', { url: 'https://api.example' }, { htu: 'https://api.example/' }),
    proof('no path and a query', { url: 'https://api.example?a' }, { htu: 'https://api.example/' }),
    proof('a slash at the end stays', { url: `${url}/` }),
    proof('two slashes stay', { url: 'https://api.example//a//b' }),
    proof('escapes stay as they are', { url: 'https://api.example/a%2fb%2Fc%7e%20d' }),
    proof('what needs no escape stays', { url: "https://api.example/a~b!$&'()*+,;=:@-._" }),
    proof('a JSON writer does not escape slashes', {
      url: 'https://api.example/%3C/script%3E',
    }),
    proof(
      'the port of the scheme is left out',
      { url: 'https://api.example:443/a' },
      { htu: 'https://api.example/a' },
    ),
    proof('another port stays', { url: 'https://api.example:8443/a' }),
    proof('a host in capitals', { url: 'https://API.Example/A' }, { htu: 'https://api.example/A' }),
    proof('a scheme in capitals', { url: 'HTTPS://api.example/a' }, { htu: 'https://api.example/a' }),
    proof('dots are resolved', { url: 'https://api.example/a/./b/../c' }, { htu: 'https://api.example/a/c' }),
    proof(
      'dots beyond the root are resolved',
      { url: 'https://api.example/../../a' },
      { htu: 'https://api.example/a' },
    ),
    proof(
      'escaped dots are resolved',
      { url: 'https://api.example/a/%2e%2E/b' },
      { htu: 'https://api.example/b' },
      'whatwg-url',
    ),
    proof(
      'a space is escaped',
      { url: 'https://api.example/a b' },
      { htu: 'https://api.example/a%20b' },
      'whatwg-url',
    ),
    proof(
      'a letter beyond ASCII is escaped',
      { url: 'https://api.example/\u00fc' },
      { htu: 'https://api.example/%C3%BC' },
      'whatwg-url',
    ),
    proof(
      'backslashes are slashes',
      { url: 'https://api.example\\a\\b' },
      { htu: 'https://api.example/a/b' },
      'whatwg-url',
    ),
    proof(
      'a user is left out',
      { url: 'https://user:password@api.example/a' },
      { htu: 'https://api.example/a' },
      'whatwg-url',
    ),
    proof('a bearer token', { authorization: 'Bearer user.token' }, { ath: 'user.token' }),
    proof('a bearer token in lower case', { authorization: 'bearer user.token' }, { ath: 'user.token' }),
    proof('a DPoP token', { authorization: 'DPoP abc' }, { ath: 'abc' }),
    proof('a token after several spaces', { authorization: 'Bearer   abc' }, { ath: 'abc' }),
    proof('no token: Basic', { authorization: 'Basic dXNlcjpwYXNz' }),
    proof('no token: two words', { authorization: 'Bearer a b' }),
    proof('no token: none', { authorization: 'Bearer ' }),
    proof('no token: another scheme that starts so', { authorization: 'BearerX abc' }),
    proof('a nonce', { nonce: 'n-1' }),
    proof('a nonce that takes escapes', { nonce: 'a"\\/b' }),
    proof('a token and a nonce', { authorization: 'DPoP abc', nonce: 'n' }, { ath: 'abc' }),
  ]
}

/** Proofs for an audience, for authorization servers without combined mode. */
function popCases(): Case[] {
  const header = JSON.stringify({ typ: 'oauth-client-attestation-pop+jwt', alg: 'ES256' })
  const of = (id: string, audience: string, at: number, nonce?: string): Case => ({
    ...accept(
      id,
      {
        op: 'pop',
        key: { ...keyOf('proof').publicJwk },
        jti,
        audience,
        iat: at,
        ...(nonce === undefined ? {} : { nonce }),
      },
      {
        header,
        payload: JSON.stringify({
          aud: audience,
          jti,
          iat: at,
          ...(nonce === undefined ? {} : { challenge: nonce }),
        }),
      },
    ),
    needs: 'pop',
  })
  return [
    of('a PoP JWT', 'https://as.example', iat),
    of('a PoP JWT with a challenge', 'https://as.example/tenant', iat, 'c-1'),
    of('a PoP JWT of another time', 'https://as.example', 1),
  ]
}

/** Base URLs of the service: what is asked is this and `/v1/challenges`. */
function endpointCases(): Case[] {
  const good: readonly [string, string][] = [
    ['https://attest.example', 'https://attest.example'],
    ['https://attest.example/', 'https://attest.example'],
    ['https://attest.example///', 'https://attest.example'],
    ['https://attest.example/base', 'https://attest.example/base'],
    ['https://attest.example/base/', 'https://attest.example/base'],
    ['https://attest.example:443/', 'https://attest.example'],
    ['https://attest.example:8443', 'https://attest.example:8443'],
    ['https://ATTEST.example/Base', 'https://attest.example/Base'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://localhost', 'http://localhost'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://127.1.2.3:1', 'http://127.1.2.3:1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ]
  const bad = [
    '',
    'attest.example',
    '/v1',
    '//attest.example',
    'http://attest.example',
    'http://attest.example:443',
    'http://10.0.0.1',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://alocalhost',
    'http://[::2]',
    'ftp://attest.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://attest.example/?a=1',
    'https://attest.example/#a',
    'https://user@attest.example/',
    'https://user:password@attest.example/',
    'https://attest.example/a@b',
    'https://attest.example:99999',
  ]
  return [
    ...good.map(([url, normal]) => accept(`endpoint ${url}`, { op: 'endpoint', url }, normal)),
    ...bad.map((url) => refuse(`endpoint ${JSON.stringify(url)}`, { op: 'endpoint', url }, 'MISUSE')),
  ]
}

const apis: readonly (readonly [string, string])[] = [
  ['https://api.example/v1', 'first'],
  ['https://api.example/v1/pay/', 'second'],
  ['https://other.example', 'third'],
  ['http://localhost:3000/', 'fourth'],
]

/** Which URLs get token and proof. Every other URL must get neither. */
function protectedCases(): Case[] {
  const audiences = apis as unknown as Json
  const under: readonly [string, string][] = [
    ['https://api.example/v1', 'first'],
    ['https://api.example/v1/', 'first'],
    ['https://api.example/v1?x', 'first'],
    ['https://api.example/v1#x', 'first'],
    ['https://api.example/v1/orders', 'first'],
    ['https://api.example:443/v1', 'first'],
    ['https://API.example/v1', 'first'],
    ['https://api.example/v1/payments', 'first'],
    ['https://api.example/v1/pay', 'second'],
    ['https://api.example/v1/pay/', 'second'],
    ['https://api.example/v1/pay/1', 'second'],
    ['https://api.example/v2/../v1/a', 'first'],
    ['https://other.example', 'third'],
    ['https://other.example/anything?at=all', 'third'],
    ['http://localhost:3000', 'fourth'],
    ['http://localhost:3000/a', 'fourth'],
  ]
  const beside = [
    'https://api.example/',
    'https://api.example/v10',
    'https://api.example/v2',
    'https://api.example/V1',
    'https://api.example/v1/../v2',
    'https://api.example/v1%2Fa',
    'https://api.example/%76%31',
    'https://api.example/a?https://api.example/v1',
    'https://api.example:8443/v1',
    'http://api.example/v1',
    'https://api.example.evil.example/v1',
    'https://evil.example/https://api.example/v1',
    'https://evil-api.example/v1',
    'https://sub.other.example/',
    'https://other.example.:443/',
    'http://localhost:30001/',
    'http://localhost/',
    'https://localhost:3000/',
    'wss://other.example/',
  ]
  const whatwg = [
    'https://api.example@evil.example/v1',
    'https://api.example\\@evil.example/v2',
    'https:api.example.evil.example/v1',
  ]
  const refused: readonly [string, Json][] = [
    ['that is http elsewhere', [['http://api.example', 'a']]],
    ['with a query', [['https://api.example/?a', 'a']]],
    ['with a fragment', [['https://api.example/#a', 'a']]],
    ['with a user', [['https://user@api.example', 'a']]],
    ['that is no URL', [['api.example', 'a']]],
    ['with an audience that would add a header', [['https://api.example', 'a\r\nX: y']]],
    ['with an audience of nothing', [['https://api.example', '']]],
    ['with nine audiences', Array.from({ length: 9 }, (_, i) => [`https://api.example/${i}`, `a${i}`])],
    ['with none', []],
  ]
  return [
    ...under.map(([url, audience]) =>
      accept(`protected ${url}`, { op: 'protected', audiences, url }, audience),
    ),
    ...beside.map((url) =>
      refuse(`not protected ${url}`, { op: 'protected', audiences, url }, 'NOT_PROTECTED'),
    ),
    ...whatwg.map((url): Case => ({
      ...refuse(`not protected ${url}`, { op: 'protected', audiences, url }, 'NOT_PROTECTED'),
      needs: 'whatwg-url',
    })),
    ...refused.map(([name, list]) =>
      refuse(`a prefix ${name}`, { op: 'protected', audiences: list, url: 'https://api.example/' }, 'MISUSE'),
    ),
  ]
}

export const proofs: Family = {
  name: 'proofs',
  about:
    'DPoP proofs to the byte (header and payload as JSON text), the base URLs that an SDK takes, and which URLs get token and proof.',
  floor: { accepted: 60, refused: 45 },
  cases: [...proofCases(), ...popCases(), ...endpointCases(), ...protectedCases()],
}
