import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { longestShard, shardPrefixLength, statusListType } from '@assay/protocol'
import { accept, refuse, type Case, type Family, type Json } from '../case/case.ts'
import { base64url, hex, sha256 } from '../material/bytes.ts'

const issuer = 'https://attest.example'
const audience = 'https://api.example.com'
const now = 1_800_000_000

/** Ed25519 keys whose seed is SHA-256 of the label: a signature is the same every time. */
function signingKey(label: string) {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  const privateKey = createPrivateKey({
    key: Buffer.concat([head, sha256(label)]),
    format: 'der',
    type: 'pkcs8',
  })
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string }
  return { privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, alg: 'Ed25519', use: 'sig', kid: 'key-1' } }
}
const key = signingKey('status list')
const stranger = signingKey('stranger')

function signed(claims: object, header: object = {}, by = key): string {
  const parts = [{ alg: 'Ed25519', typ: statusListType, kid: 'key-1', ...header }, claims]
  const input = parts.map((part) => base64url(JSON.stringify(part))).join('.')
  return `${input}.${base64url(sign(null, Buffer.from(input), by.privateKey))}`
}

const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `n-${i}`)
const prefixOf = (name: string) => hex(sha256(name)).slice(0, 2 * shardPrefixLength)

/** 2^k shards, made by the text of docs/status-list.md alone. */
function shardsOf(names: readonly string[], k: number): Buffer[] {
  const shards = Array.from({ length: 2 ** k }, (): string[] => [])
  for (const prefix of [...new Set(names)].map(prefixOf).sort())
    shards[Number(BigInt(`0x${prefix}`) >> BigInt(64 - k))]?.push(prefix)
  return shards.map((of) => Buffer.from(of.join(''), 'hex'))
}

function smallest(names: readonly string[]): Buffer[] {
  let k = 0
  while (shardsOf(names, k).some(({ length }) => length > longestShard)) k++
  return shardsOf(names, k)
}

const digestOf = (bytes: Uint8Array) => base64url(sha256(bytes))

const split = (count: number): Case =>
  accept(
    `the shards of ${count} names`,
    { op: 'split', prefix: 'n-', count },
    smallest(namesOf(count)).map(digestOf),
  )

const place = (name: string, count: number): Case => {
  const k = BigInt(Math.log2(count))
  return accept(
    `the place of ${name} among ${count}`,
    { op: 'place', name, count },
    { prefix: prefixOf(name), index: Number(BigInt(`0x${prefixOf(name)}`) >> (64n - k)) },
  )
}

interface Served {
  readonly claims?: object
  readonly header?: object
  readonly by?: typeof key
  /** By the digest that the list names. */
  readonly files?: readonly (readonly [string, Uint8Array | null])[]
}

const banned = namesOf(40)
const four = shardsOf(banned, 2)
const fourClaims = { banned: [], shards: four.map(digestOf) }
const fourFiles = four.map((bytes) => [digestOf(bytes), bytes] as const)
const asked = [
  { app: 'com.example.app', build: '7', installation: 'n-0' },
  { app: 'com.example.app', build: '7', installation: 'n-39' },
  { app: 'com.example.app', build: '7', installation: 'n-40' },
  { app: 'com.example.app', build: '6', installation: 'n-40' },
  { app: 'com.example.other', build: '6', installation: 'n-41' },
  { app: 'com.example.other', build: '7', installation: 'n-42' },
]

function listInput({ claims = {}, header, by, files = fourFiles }: Served): Case['input'] {
  const all = {
    iss: issuer,
    aud: audience,
    iat: now - 5,
    exp: now + 3_595,
    retired: [{ app: 'com.example.app', build: '6' }],
    ...fourClaims,
    ...claims,
  }
  return {
    op: 'list',
    now,
    issuer,
    audience,
    clock_tolerance: 10,
    jwks: { keys: [key.jwk] },
    list: signed(all, header, by),
    files: Object.fromEntries(files.map(([digest, bytes]) => [digest, inJson(bytes)])),
    asked,
  }
}

/** Long ones are zeros alone, and said so. */
function inJson(bytes: Uint8Array | null): Json {
  if (bytes === null) return null
  return bytes.length > longestShard ? { zeros: bytes.length } : base64url(bytes)
}

const decided: readonly Json[] = ['TOKEN_BANNED', 'TOKEN_BANNED', 'ok', 'TOKEN_BUILD_RETIRED', 'ok', 'ok']
const takes = (id: string, served: Served, output: Json = decided) => accept(id, listInput(served), output)
const refuses = (id: string, error: string, served: Served) => refuse(id, listInput(served), error)

/** One shard in place of another one, under the digest that the list names for it. */
const inPlaceOf = (index: number, bytes: Uint8Array | null): Served => ({
  files: fourFiles.map(([digest, own], i) => [digest, i === index ? bytes : own] as const),
})
/** The list names these bytes themselves. */
const signedFor = (shards: readonly Uint8Array[]): Served => ({
  claims: { shards: shards.map(digestOf) },
  files: shards.map((bytes) => [digestOf(bytes), bytes] as const),
})
const [one, two, three, last] = four as [Buffer, Buffer, Buffer, Buffer]
const anyDigest = 'A'.repeat(43)
const older = shardsOf(banned.slice(1), 2)
const changedAt = older.findIndex((bytes, i) => !bytes.equals(four[i] as Buffer))

/** The tokens of another app with the same name are served. */
const onlyOther: readonly Json[] = ['ok', 'ok', 'ok', 'TOKEN_BUILD_RETIRED', 'ok', 'TOKEN_BANNED']
const ofOther = { app: 'com.example.other', installation: 'n-42' }
const nameOfOther = 'com.example.other n-42'

/** Names that are banned within an app. */
const withinApps: readonly Case[] = [
  takes(
    'a list of a name within an app',
    { claims: { banned: [], banned_of_apps: [ofOther], shards: undefined }, files: [] },
    onlyOther,
  ),
  takes(
    'a list of names of another app’s tokens',
    {
      claims: {
        banned: [],
        banned_of_apps: [
          ofOther,
          ...banned.map((name) => ({ app: 'com.example.other', installation: name })),
        ],
        shards: undefined,
      },
      files: [],
    },
    onlyOther,
  ),
  takes(
    'a list of one name in both forms',
    { claims: { banned: ['n-42'], banned_of_apps: [ofOther], shards: undefined }, files: [] },
    onlyOther,
  ),
  takes('a shard of a name within an app', signedFor(shardsOf([nameOfOther], 0)), onlyOther),
  takes(
    'shards of names within an app and of names of another app’s tokens',
    signedFor(shardsOf([nameOfOther, ...banned.map((name) => `com.example.other ${name}`)], 3)),
    onlyOther,
  ),
  ...([5, 'n-42', {}, { app: 'com.example.other' }, { installation: 'n-42' }] as const).map((entry, i) =>
    refuses(`a list with a malformed name within an app: ${i + 1}`, 'STATUS_LIST_MALFORMED', {
      claims: { banned_of_apps: [entry] },
    }),
  ),
  refuses('a list whose names within apps are an object', 'STATUS_LIST_MALFORMED', {
    claims: { banned_of_apps: { 'com.example.other': ['n-42'] } },
  }),
]

/** What is refused, and what it is refused as. */
const refusals: readonly Case[] = [
  refuses('a list that is a token', 'STATUS_LIST_MALFORMED', {
    header: { typ: 'oauth-client-attestation+jwt' },
  }),
  refuses('a list by a stranger', 'STATUS_LIST_SIGNATURE', { by: stranger }),
  refuses('a list under a key that is not published', 'STATUS_LIST_SIGNATURE', { header: { kid: 'key-2' } }),
  refuses('a list with a demand', 'STATUS_LIST_MALFORMED', { header: { crit: ['x'] } }),
  refuses('a list of another issuer', 'STATUS_LIST_AUDIENCE', { claims: { iss: 'https://other.example' } }),
  refuses('a list for another API', 'STATUS_LIST_AUDIENCE', { claims: { aud: `${audience}/` } }),
  refuses('a list for several APIs', 'STATUS_LIST_AUDIENCE', { claims: { aud: [audience] } }),
  refuses('a list past its time', 'STATUS_LIST_TIMES', { claims: { exp: now - 10 } }),
  refuses('a list from the future', 'STATUS_LIST_TIMES', { claims: { iat: now + 11 } }),
  refuses('a list without names', 'STATUS_LIST_MALFORMED', { claims: { banned: null } }),
  refuses('a list with a name that is no text', 'STATUS_LIST_MALFORMED', { claims: { banned: [5] } }),
  refuses('a list with a build of no app', 'STATUS_LIST_MALFORMED', {
    claims: { retired: [{ build: '6' }] },
  }),
  refuses('a list of no shards', 'STATUS_LIST_SHARDS', { claims: { shards: [] } }),
  refuses('a list of three shards', 'STATUS_LIST_SHARDS', { claims: { shards: fourClaims.shards.slice(1) } }),
  refuses('a list of 2,048 shards', 'STATUS_LIST_SHARDS', {
    claims: { shards: Array.from({ length: 2_048 }, () => anyDigest) },
  }),
  refuses('a list whose shards are an object', 'STATUS_LIST_SHARDS', {
    claims: { shards: { 0: anyDigest } },
  }),
  refuses('a list with a digest of 31 bytes', 'STATUS_LIST_MALFORMED', {
    claims: { shards: ['A'.repeat(42)] },
  }),
  refuses('a list with a digest that has unused bits', 'STATUS_LIST_MALFORMED', {
    claims: { shards: [`${'A'.repeat(42)}B`] },
  }),
  refuses('a shard that is not there', 'STATUS_SHARD_ANSWER', inPlaceOf(1, null)),
  refuses(
    'a shard with one bit flipped',
    'STATUS_SHARD_DIGEST',
    inPlaceOf(0, Buffer.from(one).fill(1, 7, 8)),
  ),
  refuses('a shard that is cut', 'STATUS_SHARD_DIGEST', inPlaceOf(2, three.subarray(8))),
  refuses('a shard that is empty', 'STATUS_SHARD_DIGEST', inPlaceOf(3, Buffer.of())),
  refuses('two shards that are swapped on the way', 'STATUS_SHARD_DIGEST', inPlaceOf(0, two)),
  refuses(
    'a shard of an older list',
    'STATUS_SHARD_DIGEST',
    inPlaceOf(changedAt, older[changedAt] as Buffer),
  ),
  refuses('a shard of 65,537 bytes', 'STATUS_SHARD_SIZE', inPlaceOf(0, Buffer.alloc(65_537))),
  refuses(
    'a shard that is signed for and longer than any',
    'STATUS_SHARD_SIZE',
    signedFor([Buffer.alloc(65_544)]),
  ),
  refuses(
    'shards that are signed for in each other’s places',
    'STATUS_SHARD_CONTENT',
    signedFor([two, one, three, last]),
  ),
  refuses(
    'a shard that is signed for and not in order',
    'STATUS_SHARD_CONTENT',
    signedFor([Buffer.concat([one.subarray(8, 16), one.subarray(0, 8)]), two, three, last]),
  ),
  refuses(
    'a shard that is signed for with a prefix twice',
    'STATUS_SHARD_CONTENT',
    signedFor([Buffer.concat([one.subarray(0, 8), one]), two, three, last]),
  ),
  refuses(
    'a shard that is signed for with a part of a prefix',
    'STATUS_SHARD_CONTENT',
    signedFor([one.subarray(0, 12), two, three, last]),
  ),
]

/** For guards, which SDKs are not: their files are in a folder of their own. */
export const statusLists: Family = {
  name: 'status-lists',
  about:
    'Status lists with and without shards: how names are split, what a guard takes, and what it then says of tokens. docs/status-list.md is the text of it.',
  floor: { accepted: 23, refused: 36 },
  cases: [
    ...['n-0', 'n-1', 'pseudonym', ''].flatMap((name) => [
      place(name, 1),
      place(name, 128),
      place(name, 1_024),
    ]),
    ...[1_001, 8_192, 8_193].map(split),
    takes('a list of four shards', {}),
    takes('a list of names', { claims: { banned, shards: undefined }, files: [] }),
    takes('a list of names and of shards', { claims: { banned: ['n-40'] } }, [
      ...['TOKEN_BANNED', 'TOKEN_BANNED', 'TOKEN_BANNED', 'TOKEN_BANNED', 'ok', 'ok'],
    ]),
    takes('a list of one shard', signedFor(shardsOf(banned, 0))),
    takes('a list with shards that are empty', signedFor(shardsOf(banned, 7))),
    takes('a list with a member that nobody knows', { claims: { later: 1 } }),
    takes('a list of nothing', { claims: { banned: [], shards: undefined, retired: [] }, files: [] }, [
      ...['ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
    ]),
    ...withinApps,
    ...refusals,
  ],
}

/** JSON Schema of the claims. That there are no names beside shards, as the service makes them, is not for guards to demand. */
export const statusListSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Claims of a status list',
  type: 'object',
  required: ['iss', 'aud', 'iat', 'exp', 'retired', 'banned'],
  properties: {
    iss: { type: 'string', format: 'uri' },
    aud: { type: 'string', format: 'uri' },
    iat: { type: 'integer', minimum: 1 },
    exp: { type: 'integer', minimum: 1 },
    retired: {
      type: 'array',
      items: {
        type: 'object',
        required: ['app', 'build'],
        properties: { app: { type: 'string', minLength: 1 }, build: { type: 'string', minLength: 1 } },
      },
    },
    banned: { type: 'array', items: { type: 'string', minLength: 1 } },
    banned_of_apps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['app', 'installation'],
        properties: { app: { type: 'string', minLength: 1 }, installation: { type: 'string', minLength: 1 } },
      },
    },
    shards: {
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' },
      oneOf: Array.from({ length: 11 }, (_, k) => ({ minItems: 2 ** k, maxItems: 2 ** k })),
    },
  },
}
