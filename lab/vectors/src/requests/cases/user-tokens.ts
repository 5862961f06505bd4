import { group, type Draft } from '../making/draft.ts'
import { digest, encode } from '../making/signing.ts'
import { issuer, proof, token } from '../making/world.ts'

/**
 * How a verifier of kind `attestation` reads header and payload of a token in `Authorization`, to know one of its own issuer. Each
 * header that cannot be read comes three times: with either type, refused because of `iss`, and served with that of another issuer.
 */
const { one } = group('token in Authorization', { needs: 'access' })
const page = 'verifiers page, kinds of token'

const base64url = (part: string | Uint8Array) =>
  typeof part === 'string' ? encode(part) : Buffer.from(part).toString('base64url')

function sent(id: string, code: string, header: string, payload: string): Draft {
  const text = `${header}.${payload}.${'A'.repeat(86)}`
  return one(id, page, code, {
    token: token(),
    authorization: `Bearer ${text}`,
    proof: proof({ ath: digest(text) }),
  })
}

const ours = JSON.stringify({ iss: issuer, sub: 'user-1' })
const theirs = JSON.stringify({ iss: 'https://login.example', sub: 'user-1' })
const typed = (typ: string) => JSON.stringify({ alg: 'ES256', typ })
const [ourType, otherType] = [typed('at+jwt'), typed('JWT')]

/** Texts that no verifier may read, made of an object. */
const unreadable: readonly (readonly [name: string, shape: (object: string) => string | Uint8Array])[] = [
  ['with text behind it', (object) => `${object}x`],
  ['with a brace behind it', (object) => `${object}}`],
  ['with a comma behind it', (object) => `${object},`],
  ['with a zero byte behind it', (object) => `${object}\0`],
  ['twice', (object) => object + object],
  ['twice, on two lines', (object) => `${object}\n${object}`],
  ['before an object of another type', (object) => `${object}${otherType}`],
  ['with a byte order mark before it', (object) => `\ufeff${object}`],
  ['with a byte order mark behind it', (object) => `${object}\ufeff`],
  ['with a no-break space before it', (object) => `\u00a0${object}`],
  ['with a form feed behind it', (object) => `${object}\f`],
  ['with text before it', (object) => `x${object}`],
  ['in a list', (object) => `[${object}]`],
  ['as a text', (object) => JSON.stringify(object)],
  ['without its last brace', (object) => object.slice(0, -1)],
  ['with a comma behind its last member', (object) => `${object.slice(0, -1)},}`],
  ['with a comment', (object) => `${object}//`],
  ['with alg twice', (object) => `${object.slice(0, -1)},"alg":"ES256"}`],
  ['with alg twice, once escaped', (object) => `${object.slice(0, -1)},"\\u0061lg":"ES256"}`],
  ['with a member twice inside', (object) => `${object.slice(0, -1)},"x":{"y":1,"y":1}}`],
  ['with half a surrogate pair', (object) => `${object.slice(0, -1)},"x":"\\ud800"}`],
  ['with a member __proto__', (object) => `${object.slice(0, -1)},"__proto__":1}`],
  ['with nine levels', (object) => `${object.slice(0, -1)},"x":${'['.repeat(8)}${']'.repeat(8)}}`],
  [
    'with a byte that is no UTF-8',
    (object) => Buffer.concat([Buffer.from(object.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
  ],
]

const headers: Draft[] = unreadable.flatMap(([name, shape]) => [
  sent(`a header ${name}`, 'TOKEN_KIND', base64url(shape(ourType)), encode(ours)),
  sent(`a header of another type ${name}`, 'TOKEN_KIND', base64url(shape(otherType)), encode(ours)),
  sent(`a header ${name}, of another issuer`, 'ok', base64url(shape(ourType)), encode(theirs)),
])

const typTwice = '{"typ":"JWT","typ":"at+jwt"}'
const types: Draft[] = [
  sent('typ twice', 'TOKEN_KIND', encode(typTwice), encode(ours)),
  sent('typ twice, the other first', 'TOKEN_KIND', encode('{"typ":"at+jwt","typ":"JWT"}'), encode(ours)),
  sent('typ twice, both of another type', 'TOKEN_KIND', encode('{"typ":"JWT","typ":"JWT"}'), encode(ours)),
  sent('typ twice, once escaped', 'TOKEN_KIND', encode('{"typ":"JWT","\\u0074yp":"JWT"}'), encode(ours)),
  sent('typ twice, of another issuer', 'ok', encode(typTwice), encode(theirs)),
  sent('an escaped typ', 'TOKEN_KIND', encode('{"\\u0074yp":"\\u0061t+jwt"}'), encode(ours)),
  sent('no typ', 'ok', encode('{"alg":"ES256"}'), encode(ours)),
  sent('an empty object as header', 'ok', encode('{}'), encode(ours)),
]

const around = (object: string) => ` \t\r\n${object} \t\r\n`
const read: Draft[] = [
  sent('white space around the header', 'TOKEN_KIND', encode(around(ourType)), encode(ours)),
  sent('white space around a header of another type', 'ok', encode(around(otherType)), encode(ours)),
  sent('white space around the header, of another issuer', 'ok', encode(around(ourType)), encode(theirs)),
  sent('white space inside the header', 'TOKEN_KIND', encode('{ "typ"\n:\t"at+jwt" }'), encode(ours)),
  sent('white space around the payload', 'TOKEN_KIND', encode(ourType), encode(around(ours))),
  sent('white space around the payload, of another issuer', 'ok', encode(ourType), encode(around(theirs))),
]

const notEncoded: Draft[] = [
  sent('an empty header', 'TOKEN_KIND', '', encode(ours)),
  sent('an empty header, of another issuer', 'ok', '', encode(theirs)),
  sent('a header that is no base64url', 'TOKEN_KIND', `${encode(otherType)}+`, encode(ours)),
  sent('a header that is no base64url, of another issuer', 'ok', `${encode(ourType)}+`, encode(theirs)),
  sent('a header with an unused bit', 'TOKEN_KIND', withUnusedBit('{"typ":"JWT"}'), encode(ours)),
  sent('a token of words with dots', 'ok', 'v4', 'public'),
]

const payloads: Draft[] = unreadable.map(([name, shape]) =>
  // `alg` is a member of headers, so here it comes once more than it must not.
  sent(`a payload ${name}`, 'ok', encode(ourType), base64url(shape(`${ours.slice(0, -1)},"alg":1}`))),
)

/** The last character has two bits that belong to no byte. */
function withUnusedBit(object: string): string {
  const text = encode(object)
  return `${text.slice(0, -1)}${String.fromCharCode(text.charCodeAt(text.length - 1) + 1)}`
}

const [header, payload] = [encode(ourType), encode(ours)]
const forms: Draft[] = [
  one('two parts', page, 'TOKEN_KIND', { authorization: `Bearer ${header}.${payload}` }),
  one('five parts', page, 'TOKEN_KIND', { authorization: `Bearer ${header}.${payload}.a.b.c` }),
  one('one part, then padding', page, 'PROOF_ATH_MISSING', { authorization: `Bearer ${header}=` }),
  one('a payload, then padding', page, 'PROOF_ATH_MISSING', {
    authorization: `Bearer ${header}.${payload}=`,
  }),
  one('in the second value, unread', page, 'TOKEN_KIND', {
    authorization: ['Basic dXNlcjpwYXNz', `DPoP ${encode(`${otherType}x`)}.${payload}.a`],
  }),
  one('under another scheme', page, 'ok', { authorization: `Token ${header}.${payload}.a` }),
]

export const userTokens: readonly Draft[] = [
  ...headers,
  ...types,
  ...read,
  ...notEncoded,
  ...payloads,
  ...forms,
]
