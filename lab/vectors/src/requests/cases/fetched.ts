import { createHash } from 'node:crypto'
import { group, type Draft, type StepParts } from '../making/draft.ts'
import type { ServedDocument } from '../form/request-case.ts'
import { digest } from '../making/signing.ts'
import {
  app,
  audience,
  issuer,
  jwks,
  jwksUrl,
  keys,
  now,
  proof,
  published,
  statusList,
  statusUrl,
  token,
  type Changes,
} from '../making/world.ts'

const page = 'verifiers page, caches'
let serial = 0
/** A request at a time, with a token and a proof of that time. */
export function at(seconds: number, parts: StepParts = {}, claims: Changes = {}): StepParts {
  const iat = now + seconds
  const jti = `fetched-${String(++serial).padStart(6, '0')}`
  return {
    now: iat,
    token: token({ iat: iat - 5, exp: iat + 295, ...claims }),
    proof: proof({ iat, jti }),
    ...parts,
  }
}

export const json = (
  value: object,
  more: Partial<{ status: number; spaces: number }> = {},
): ServedDocument => ({
  status: 200,
  text: JSON.stringify(value),
  ...more,
})
export const keysServed = (document: ServedDocument) => ({ documents: { [jwksUrl]: document } })
export const fails: ServedDocument = { fails: true }

const remote = group('keys', { needs: 'fetched-keys', configuration: { jwks: { url: jwksUrl } } })
const badSet = (id: string, clause: string, document: ServedDocument, code = 'KEY_SOURCE_FAILED'): Draft =>
  remote.one(id, clause, code, keysServed(document))
export const key1 = published(keys.issuer, 'key-1')
export const key3 = published(keys.issuer_next, 'key-3')
export const byNext = (seconds: number, parts: StepParts = {}): StepParts => {
  const iat = now + seconds
  return at(seconds, {
    token: token({ iat: iat - 5, exp: iat + 295 }, { kid: 'key-3' }, keys.issuer_next),
    ...parts,
  })
}

const fetchedKeys: Draft[] = [
  badSet('as the service serves them', 'RFC 7517 section 5', json(jwks), 'ok'),
  badSet('members that nobody knows', 'RFC 7517 section 5', json({ ...jwks, later: 1 }), 'ok'),
  badSet('a set of 1 MB', page, json(jwks, { spaces: 1_048_576 })),
  badSet('a set of 65,536 bytes', page, json(jwks, { spaces: 65_536 - JSON.stringify(jwks).length }), 'ok'),
  badSet('a set of 65,537 bytes', page, json(jwks, { spaces: 65_537 - JSON.stringify(jwks).length })),
  badSet(
    '33 keys',
    page,
    json({ keys: Array.from({ length: 33 }, (_, i) => ({ ...key1, kid: `key-${i}` })) }),
  ),
  badSet('a kid twice', 'RFC 7517 section 4.5', json({ keys: [key1, { ...key3, kid: 'key-1' }] })),
  badSet(
    'a private key',
    'RFC 7517 section 9.2',
    json({ keys: [key1, { ...keys.issuer_next.privateJwk, alg: 'ES256', kid: 'key-3' }] }),
  ),
  badSet(
    'a symmetric key',
    'RFC 7517 section 9.2',
    json({ keys: [key1, { kty: 'oct', k: 'AAAA', alg: 'HS256', kid: 'key-3' }] }),
  ),
  badSet(
    'a point off the curve',
    'RFC 8725 section 3.4',
    json({ keys: [{ ...key1, y: keys.issuer.jwk['x'] }] }),
  ),
  badSet('no key at all', 'RFC 7517 section 5', json({ keys: [] })),
  badSet(
    'no key that is usable',
    'RFC 7517 section 5',
    json({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', alg: 'RS256', kid: 'key-1' }] }),
  ),
  badSet('no set: an object', 'RFC 7517 section 5', json({})),
  badSet('no set: a list', 'RFC 7517 section 5', json([key1])),
  badSet('no set: null', 'RFC 7517 section 5', { status: 200, text: 'null' }),
  badSet('no JSON', 'RFC 7517 section 5', { status: 200, text: '<html>' }),
  badSet('a member twice', 'RFC 7517 section 4', {
    status: 200,
    text: `{"keys":[],"keys":[${JSON.stringify(key1)}]}`,
  }),
  badSet('bytes that are not UTF-8', 'RFC 8259 section 8.1', { status: 200, bytes: '_w' }),
  badSet('an empty body', 'RFC 7517 section 5', { status: 200, text: '' }),
  badSet(
    'another type of content, which does not count',
    page,
    { ...json(jwks), fields: { 'Content-Type': 'text/html' } },
    'ok',
  ),
  badSet('a redirect, even to good keys', page, { status: 302, fields: { Location: `${issuer}/keys` } }),
  badSet('status 404', page, json(jwks, { status: 404 })),
  badSet('status 500', page, json(jwks, { status: 500 })),
  badSet('nobody answers', page, fails),
  remote.several('a rotation', 'RFC 7517 section 4.5', [
    ['ok', at(0, keysServed(json({ keys: [key1] })))],
    ['ok', byNext(31, keysServed(json({ keys: [key1, key3] })))],
    ['ok', at(32)],
    ['ok', byNext(400, keysServed(json({ keys: [key3] })))],
    ['TOKEN_KEY_UNKNOWN', at(401)],
  ]),
  remote.several('a kid that nobody publishes is asked for once in 30 s', page, [
    ['ok', at(0, keysServed(json({ keys: [key1] })))],
    ['TOKEN_KEY_UNKNOWN', byNext(1, keysServed(json({ keys: [key1, key3] })))],
    ['TOKEN_KEY_UNKNOWN', byNext(29)],
    ['ok', byNext(31)],
  ]),
  remote.several('an issuer that is away', page, [
    ['ok', at(0, keysServed(json(jwks)))],
    ['ok', at(599, keysServed(fails))],
    ['ok', at(601)],
    ['ok', at(4_200)],
    ['KEY_SOURCE_FAILED', at(4_210)],
    ['ok', at(4_300, keysServed(json(jwks)))],
  ]),
  remote.several('an unknown kid while the issuer is away', page, [
    ['ok', at(0, keysServed(json({ keys: [key1] })))],
    ['KEY_SOURCE_FAILED', byNext(31, keysServed(fails))],
    ['ok', at(32)],
  ]),
  remote.several('a withdrawn key, within the time of the set', page, [
    ['ok', at(0, keysServed(json({ keys: [key1] })))],
    ['ok', at(299, keysServed(json({ keys: [key3] })))],
    ['ok', at(301)],
    ['TOKEN_KEY_UNKNOWN', at(302)],
  ]),
  remote.several('another key under the same kid', page, [
    ['ok', at(0, keysServed(json({ keys: [key1] })))],
    ['ok', at(301, keysServed(json({ keys: [published(keys.stranger, 'key-1')] })))],
    ['TOKEN_SIGNATURE', at(302)],
  ]),
]

const listing = group('status list', { needs: 'status-list', configuration: { status_list: {} } })
const listPage = 'docs/status-list.md'
export const served = (
  list: string | ServedDocument,
  files: readonly (readonly [string, ServedDocument])[] = [],
) => ({
  documents: {
    [statusUrl]: typeof list === 'string' ? { status: 200, text: list } : list,
    ...Object.fromEntries(files.map(([name, file]) => [`${statusUrl}/${name}`, file])),
  },
})
export const lists = (claims: Changes) => served(statusList(claims))
const badList = (id: string, list: string | ServedDocument, code = 'STATUS_LIST_FAILED'): Draft =>
  listing.one(id, listPage, code, served(list))
export const retired = { retired: [{ app, build: '1.4.2+142' }] }
export const banned = { banned: ['pseudonym-1'] }
const pseudonyms = Array.from({ length: 40 }, (_, i) => `n-${i}`)

/** Made by the text of docs/status-list.md alone. */
function shardsOf(names: readonly string[], bits: number): Buffer[] {
  const shards = Array.from({ length: 2 ** bits }, (): string[] => [])
  const prefixes = names.map((name) => createHash('sha256').update(name).digest('hex').slice(0, 16)).sort()
  for (const prefix of prefixes) shards[Number(BigInt(`0x${prefix}`) >> BigInt(64 - bits))]?.push(prefix)
  return shards.map((shard) => Buffer.from(shard.join(''), 'hex'))
}
export const four = shardsOf([...pseudonyms, 'pseudonym-1'], 2)
const without = shardsOf(pseudonyms, 2)
export const filesOf = (shards: readonly Buffer[]) =>
  shards.map((bytes) => [digest(bytes), { status: 200, bytes: bytes.toString('base64url') }] as const)
export const sharded = (shards: readonly Buffer[], claims: Changes = {}) =>
  served(statusList({ shards: shards.map((bytes) => digest(bytes)), ...claims }), filesOf(shards))

const statusLists: Draft[] = [
  listing.one('of nothing', listPage, 'ok', lists({})),
  listing.one('a build that is retired', listPage, 'TOKEN_BUILD_RETIRED', lists(retired)),
  listing.one(
    'the same build of another app',
    listPage,
    'ok',
    lists({ retired: [{ app: 'com.example.other', build: '1.4.2+142' }] }),
  ),
  listing.one('an installation that is banned', listPage, 'TOKEN_BANNED', lists(banned)),
  listing.one('another installation', listPage, 'ok', lists({ banned: ['pseudonym-2'] })),
  listing.one(
    'banned, in a build that is retired',
    listPage,
    'TOKEN_BANNED',
    lists({ ...retired, ...banned }),
  ),
  listing.one('a bad proof counts after the list', 'verifiers page, order of checks', 'TOKEN_BANNED', {
    ...lists(banned),
    method: 'GET',
  }),
  listing.one('a bad token counts before the list', 'verifiers page, order of checks', 'TOKEN_AUDIENCE', {
    ...lists(banned),
    token: token({ aud: 'https://other.example' }),
  }),
  listing.one('in shards', listPage, 'TOKEN_BANNED', sharded(four)),
  listing.one('in shards that lack the name', listPage, 'ok', sharded(without)),
  listing.one('in one shard', listPage, 'TOKEN_BANNED', sharded(shardsOf(['pseudonym-1'], 0))),
  listing.one('a retired build beside shards', listPage, 'TOKEN_BUILD_RETIRED', sharded(without, retired)),
  badList('nobody answers', fails),
  badList('status 404', { status: 404 }),
  badList('status 500', { status: 500 }),
  badList('a redirect', { status: 302, fields: { Location: `${issuer}/list` } }),
  badList('no JWT', 'list'),
  badList('a token in its place', token()),
  badList('by a stranger', statusList({}, {}, keys.stranger)),
  badList('under a key that is not published', statusList({}, { kid: 'key-9' })),
  badList('with crit', statusList({}, { crit: ['exp'] })),
  badList('of another issuer', statusList({ iss: 'https://other.example' })),
  badList('for another API', statusList({ aud: `${audience}/` })),
  badList('past its time', statusList({ iat: now - 3_700, exp: now - 10 })),
  badList('from the future', statusList({ iat: now + 11 })),
  badList('without its names', statusList({ banned: undefined })),
  badList('with a name that is no text', statusList({ banned: [1] })),
  badList('of three shards', statusList({ shards: four.slice(1).map((bytes) => digest(bytes)) })),
  listing.one(
    'a shard that is not there',
    listPage,
    'STATUS_LIST_FAILED',
    served(statusList({ shards: four.map((bytes) => digest(bytes)) }), filesOf(four).slice(1)),
  ),
  listing.one('a shard with a bit changed', listPage, 'STATUS_LIST_FAILED', {
    documents: {
      ...sharded(four).documents,
      [`${statusUrl}/${digest(four[0] as Buffer)}`]: {
        status: 200,
        bytes: Buffer.from(four[0] as Buffer)
          .fill(1, 7, 8)
          .toString('base64url'),
      },
    },
  }),
  listing.one(
    'a shard that is not in order',
    listPage,
    'STATUS_LIST_FAILED',
    sharded([
      Buffer.concat([(four[0] as Buffer).subarray(8, 16), (four[0] as Buffer).subarray(0, 8)]),
      ...four.slice(1),
    ]),
  ),
  listing.several('a ban that begins', listPage, [
    ['ok', at(0, lists({}))],
    ['ok', at(11, lists({ iat: now + 5, ...banned }))],
    ['TOKEN_BANNED', at(12)],
  ]),
  listing.several('a ban that is lifted', listPage, [
    ['TOKEN_BANNED', at(0, lists(banned))],
    ['TOKEN_BANNED', at(11, lists({ iat: now + 5 }))],
    ['ok', at(12)],
  ]),
  listing.several('a build that is restored', listPage, [
    ['TOKEN_BUILD_RETIRED', at(0, lists(retired))],
    ['ok', at(30, lists({ iat: now + 5 }))],
  ]),
  listing.several('an older list does not lift a ban', listPage, [
    ['TOKEN_BANNED', at(0, lists({ iat: now - 5, ...banned }))],
    ['TOKEN_BANNED', at(11, lists({ iat: now - 6 }))],
    ['TOKEN_BANNED', at(22)],
  ]),
  listing.several('a pause: the next request waits for the list', listPage, [
    ['ok', at(0, lists({}))],
    ['TOKEN_BANNED', at(25, lists({ iat: now + 5, ...banned }))],
  ]),
  listing.several('a service that is away for less than an hour', listPage, [
    ['TOKEN_BANNED', at(0, lists(banned))],
    ['TOKEN_BANNED', at(30, served(fails))],
    ['TOKEN_BANNED', at(3_600)],
    ['STATUS_LIST_FAILED', at(3_630)],
    ['ok', at(3_700, lists({ iat: now + 3_690, exp: now + 7_290 }))],
  ]),
  listing.several(
    'a service that is away, where a stale list does not count',
    listPage,
    [
      ['ok', at(0, lists({}))],
      ['ok', at(15, served(fails))],
      ['STATUS_LIST_FAILED', at(30)],
      ['ok', at(60, lists({ iat: now + 55, exp: now + 3_655 }))],
    ],
    { configuration: { status_list: { when_stale: 'fail' } } },
  ),
  listing.several('it has not changed', 'RFC 9110 section 15.4.5', [
    ['TOKEN_BANNED', at(0, served({ status: 200, text: statusList(banned), fields: { ETag: 'W/"1"' } }))],
    ['TOKEN_BANNED', at(11, served({ status: 304 }))],
    ['TOKEN_BANNED', at(25)],
  ]),
]

export const fetched: readonly Draft[] = [...fetchedKeys, ...statusLists]
