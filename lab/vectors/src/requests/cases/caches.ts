import { group, type Draft, type StepParts } from '../making/draft.ts'
import type { ServedDocument } from '../form/request-case.ts'
import {
  app,
  type Changes,
  jwksUrl,
  keys,
  now,
  proof,
  published,
  statusList,
  token,
} from '../making/world.ts'
import {
  at,
  banned,
  byNext,
  fails,
  filesOf,
  four,
  json,
  key1,
  key3,
  keysServed,
  lists,
  retired,
  served,
  sharded,
} from './fetched.ts'

/** Sequences over the table of states on the page of verifiers. */

const page = 'verifiers page, caches'
const hangs: ServedDocument = { hangs: true }
/** Of the cases in which nobody answers, in time that is real: longer than a busy machine needs for any other answer. */
const timeout = 1
const impatient = { configuration: { jwks: { url: jwksUrl, timeout } } } as const
const current = { keys: [key1] }
const next = { keys: [key3] }
const both = { keys: [key1, key3] }
const asKeys = (value: object) => keysServed(json(value))

const remote = group('cached keys', {
  needs: 'fetched-keys',
  configuration: { jwks: { url: jwksUrl } },
})
const takes = (id: string, ...more: readonly object[]): Draft =>
  remote.one(id, page, 'ok', asKeys({ keys: [...more, key1] }))

const keySequences: Draft[] = [
  takes('an x of 31 bytes is skipped', { ...key3, x: keys.issuer_next.jwk['x']?.slice(0, 42) }),
  takes('an Ed25519 x with padding is skipped', {
    ...published(keys.issuer_ed25519, 'key-2'),
    x: `${keys.issuer_ed25519.jwk['x']}=`,
  }),
  takes('a symmetric key without its k is skipped', { kty: 'oct', alg: 'HS256', kid: 'key-3' }),
  takes('entries that are no objects are skipped', [key3] as object, null as unknown as object),
  remote.one(
    'a private key for another use',
    page,
    'KEY_SOURCE_FAILED',
    asKeys({ keys: [{ ...key3, use: 'enc', d: 'AAAA' }, key1] }),
  ),
  remote.several(
    'no set, and nobody answers in time',
    page,
    [
      ['KEY_SOURCE_FAILED', at(0, keysServed(hangs))],
      ['KEY_SOURCE_FAILED', at(4, asKeys(current))],
      ['ok', at(5)],
    ],
    impatient,
  ),
  remote.several('pauses of 5, 10, 20 and 30 s', page, [
    ['KEY_SOURCE_FAILED', at(0, keysServed(fails))],
    ['KEY_SOURCE_FAILED', at(5)],
    ['KEY_SOURCE_FAILED', at(15)],
    ['KEY_SOURCE_FAILED', at(35)],
    ['KEY_SOURCE_FAILED', at(64, asKeys(current))],
    ['ok', at(65)],
  ]),
  remote.several('a success ends the pauses', page, [
    ['KEY_SOURCE_FAILED', at(0, keysServed(fails))],
    ['KEY_SOURCE_FAILED', at(5)],
    ['ok', at(15, asKeys(current))],
    ['KEY_SOURCE_FAILED', byNext(45, keysServed(fails))],
    ['ok', byNext(50, asKeys(both))],
  ]),
  remote.several(
    'a set of more than half its time, and nobody answers in time',
    page,
    [
      ['ok', at(0, asKeys(current))],
      ['ok', at(301, keysServed(hangs))],
      ['ok', at(302)],
    ],
    impatient,
  ),
  remote.several(
    'a kid that is unknown while nobody answers in time',
    page,
    [
      ['ok', at(0, asKeys(current))],
      ['KEY_SOURCE_FAILED', byNext(31, keysServed(hangs))],
      ['KEY_SOURCE_FAILED', byNext(35, asKeys(both))],
      ['ok', byNext(36)],
    ],
    impatient,
  ),
  remote.several('a set that is late is waited for', page, [
    ['ok', at(0, asKeys(current))],
    ['ok', byNext(601, asKeys(next))],
    ['TOKEN_KEY_UNKNOWN', at(602)],
  ]),
  remote.several('a key that is withdrawn is refused at once where the set is late', page, [
    ['ok', at(0, asKeys(current))],
    ['TOKEN_KEY_UNKNOWN', at(601, asKeys(next))],
  ]),
  remote.several('a set that is late is not waited for after a failure', page, [
    ['ok', at(0, asKeys(current))],
    ['ok', at(599, keysServed(fails))],
    ['ok', at(601, asKeys(next))],
    ['ok', at(605)],
    ['TOKEN_KEY_UNKNOWN', at(606)],
  ]),
  remote.several('a set that is late is waited for again, 36 s after a failure', page, [
    ['ok', at(0, asKeys(current))],
    ['ok', at(599, keysServed(fails))],
    ['TOKEN_KEY_UNKNOWN', at(634.5 + 0.75, asKeys(next))],
  ]),
  remote.several('a kid that is new while a renewal is due joins it', page, [
    ['ok', at(0, asKeys(current))],
    ['ok', byNext(301, asKeys(both))],
    ['ok', at(302)],
  ]),
  remote.several('a clock set back by 6 s', page, [
    ['ok', at(0, asKeys(current))],
    ['ok', at(-1, keysServed(fails))],
  ]),
  remote.several('a clock set back further: the set is none, and nothing pauses', page, [
    ['ok', at(0, asKeys(current))],
    ['KEY_SOURCE_FAILED', at(-60, keysServed(fails))],
    ['KEY_SOURCE_FAILED', at(-58, asKeys(current))],
    ['ok', at(-55)],
  ]),
  remote.several('a clock set back and forward again: the set counts again', page, [
    ['ok', at(0, asKeys(current))],
    ['KEY_SOURCE_FAILED', at(-60, keysServed(fails))],
    ['ok', at(1)],
  ]),
  remote.several('a clock that jumps forward: the set is none', page, [
    ['ok', at(0, asKeys(current))],
    ['KEY_SOURCE_FAILED', at(10_000, keysServed(fails))],
    ['ok', at(10_005, asKeys(current))],
  ]),
]

const kept = group('kept token')
const text = token()
let serial = 0
const withText = (seconds: number, parts: StepParts = {}): StepParts => ({
  now: now + seconds,
  token: text,
  proof: proof({ iat: now + seconds, jti: `kept-${String(++serial).padStart(8, '0')}` }),
  ...parts,
})
const tokenSequences: Draft[] = [
  kept.several('a clock set back, and forward again', page, [
    ['ok', withText(0)],
    ['TOKEN_NOT_YET_VALID', withText(-16)],
    ['ok', withText(-15)],
    ['ok', withText(1)],
  ]),
  kept.several('a clock that goes past its end, and back', page, [
    ['ok', withText(0)],
    ['TOKEN_EXPIRED', withText(305)],
    ['ok', withText(304)],
  ]),
  kept.several('another token with its signature', page, [
    ['ok', withText(0)],
    [
      'TOKEN_SIGNATURE',
      withText(1, { token: `${token({ build: '9' }).replace(/[^.]*$/, '')}${signatureOf(text)}` }),
    ],
    ['ok', withText(2)],
  ]),
  kept.several(
    'its key is replaced, and comes back',
    page,
    [
      ['ok', withText(0, asKeys(current))],
      ['ok', withText(150)],
      ['TOKEN_SIGNATURE', withText(200, asKeys({ keys: [published(keys.stranger, 'key-1')] }))],
      ['ok', withText(300, asKeys(current))],
    ],
    {
      needs: 'fetched-keys',
      configuration: { jwks: { url: jwksUrl, max_age: 30, cooldown: 1 } },
    },
  ),
]

function signatureOf(jwt: string): string {
  return jwt.slice(jwt.lastIndexOf('.') + 1)
}

const listing = group('cached list', { needs: 'status-list', configuration: { status_list: {} } })
const padded = (before: string, after: string): ServedDocument => ({
  status: 200,
  text: before + statusList() + after,
})
const sized = (length: number): ServedDocument => ({
  status: 200,
  text: statusList(),
  spaces: length - statusList().length,
})
const oneMissing = { status: 404 }
const [firstFile, ...otherFiles] = filesOf(four)
const allMissing = otherFiles.map(([name]) => [name, oneMissing] as const)

const listSequences: Draft[] = [
  listing.one('white space around it', page, 'ok', served(padded(' \r\n\t', '\n'))),
  listing.one(
    'white space of other alphabets around it',
    page,
    'STATUS_LIST_FAILED',
    served(padded('', '\u00a0')),
  ),
  listing.one('a byte order mark before it', page, 'STATUS_LIST_FAILED', served(padded('\ufeff', ''))),
  listing.one('1,048,576 bytes', page, 'ok', served(sized(1_048_576))),
  listing.one('1,048,577 bytes', page, 'STATUS_LIST_FAILED', served(sized(1_048_577))),
  listing.several('none, and pauses of 5 and 10 s', page, [
    ['STATUS_LIST_FAILED', at(0, served(fails))],
    ['STATUS_LIST_FAILED', at(5)],
    ['STATUS_LIST_FAILED', at(15)],
    ['STATUS_LIST_FAILED', at(24, lists({}))],
    ['ok', at(25)],
  ]),
  listing.several(
    'nobody answers in time, and the one before serves',
    page,
    [
      ['ok', at(0, lists({}))],
      ['ok', at(25, served(hangs))],
      ['ok', at(26, lists({ iat: now + 20, ...banned }))],
      ['ok', at(30)],
      ['TOKEN_BANNED', at(31)],
    ],
    { configuration: { status_list: { timeout } } },
  ),
  listing.several(
    'nobody answers in time, where a stale list does not count',
    page,
    [
      ['ok', at(0, lists({}))],
      ['STATUS_LIST_FAILED', at(25, served(hangs))],
      ['STATUS_LIST_FAILED', at(29, lists({ iat: now + 20 }))],
      ['ok', at(30)],
    ],
    { configuration: { status_list: { when_stale: 'fail', timeout } } },
  ),
  listing.several('a list that has ended serves until it is too old', page, [
    ['TOKEN_BANNED', at(0, lists({ exp: now + 12, ...banned }))],
    ['TOKEN_BANNED', at(30, served(fails))],
    ['TOKEN_BANNED', at(600)],
  ]),
  listing.several('304 to a list that has ended is no answer', page, [
    ['ok', at(0, served({ status: 200, text: statusList({ exp: now + 12 }), fields: { ETag: '"1"' } }))],
    ['ok', at(30, served({ status: 304 }))],
    ['STATUS_LIST_FAILED', at(3_621)],
  ]),
  listing.several('304 without a list is no answer', page, [
    ['STATUS_LIST_FAILED', at(0, served({ status: 304 }))],
  ]),
  listing.several('a clock set back: the list is none', page, [
    ['ok', at(0, lists({ iat: now - 100 }))],
    ['STATUS_LIST_FAILED', at(-60, served(fails))],
    ['ok', at(1)],
  ]),
  listing.several('shards that have come are kept for the next attempt', page, [
    [
      'STATUS_LIST_FAILED',
      at(0, served(statusList(namesOf(four)), [[firstFile?.[0] ?? '', oneMissing], ...otherFiles])),
    ],
    [
      'TOKEN_BANNED',
      at(5, served(statusList(namesOf(four)), [firstFile ?? ['', oneMissing], ...allMissing])),
    ],
  ]),
  listing.several('shards that the list before named are not fetched again', page, [
    ['TOKEN_BANNED', at(0, sharded(four))],
    [
      'TOKEN_BANNED',
      at(
        11,
        served(statusList({ ...namesOf(four), iat: now + 5, ...retired }), [
          [firstFile?.[0] ?? '', oneMissing],
          ...allMissing,
        ]),
      ),
    ],
    ['TOKEN_BUILD_RETIRED', at(12, {}, { installation: 'n-999', build: '1.4.2+142', sub: app })],
  ]),
]

function namesOf(shards: readonly Buffer[]): Changes {
  return { shards: filesOf(shards).map(([name]) => name) }
}

export const caches: readonly Draft[] = [...keySequences, ...tokenSequences, ...listSequences]
