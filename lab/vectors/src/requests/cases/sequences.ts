import { createHmac } from 'node:crypto'
import { group, type Draft, type StepParts } from '../making/draft.ts'
import { keys, now, path, pop, proof, token, audience, type Changes } from '../making/world.ts'

const single = group('replay')
const rfc = 'RFC 9449 section 11.1'
let serial = 0
/** Another id for each, so that only what is meant to come again does. */
const fresh = (changes: Changes = {}) =>
  proof({ jti: `sequence-${String(++serial).padStart(6, '0')}`, ...changes })
const again = fresh()
const sameId = 'sequence-same'
const other = { jwk: keys.other_installation.jwk }
const late = (seconds: number, parts: StepParts = {}): StepParts => ({ now: now + seconds, ...parts })

const replays: Draft[] = [
  single.several('the same proof again', rfc, [
    ['ok', { proof: again }],
    ['PROOF_REPLAYED', { proof: again }],
    ['PROOF_REPLAYED', { proof: again }],
  ]),
  single.several('the same id in another proof', rfc, [
    ['ok', { proof: proof({ jti: sameId }) }],
    ['PROOF_REPLAYED', { proof: proof({ jti: sameId, iat: now - 1 }) }],
  ]),
  single.several('the same id at another URL', 'verifiers page, single use', [
    ['ok', { proof: proof({ jti: sameId }) }],
    ['PROOF_REPLAYED', { target: '/v1/other', proof: proof({ jti: sameId, htu: `${audience}/v1/other` }) }],
  ]),
  single.several('the same id by another key', 'verifiers page, single use', [
    ['ok', { proof: proof({ jti: sameId }) }],
    ['ok', { token: token({ cnf: other }), proof: proof({ jti: sameId }, {}, keys.other_installation) }],
  ]),
  single.several('one token with many proofs', 'RFC 9449 section 7.1', [
    ['ok', { proof: fresh() }],
    ['ok', { proof: fresh({ htm: 'GET' }), method: 'GET' }],
    ['ok', { proof: fresh() }],
  ]),
  single.several('ids that differ in case', 'RFC 7519 section 4.1.7', [
    ['ok', { proof: proof({ jti: 'sequence-case' }) }],
    ['ok', { proof: proof({ jti: 'sequence-CASE' }) }],
  ]),
  single.several('a proof that was refused is not used up', 'verifiers page, order of checks', [
    ['PROOF_HTM', { proof: again, method: 'GET' }],
    ['APP_NOT_ADMITTED', { proof: again, token: token({ sub: 'com.example.other' }) }],
    ['ok', { proof: again }],
    ['PROOF_REPLAYED', { proof: again }],
  ]),
  single.several('to the end of its time', rfc, [
    ['ok', { proof: again }],
    ['PROOF_REPLAYED', late(70, { proof: again })],
    ['PROOF_TOO_OLD', late(71, { proof: again })],
  ]),
  single.several('of a proof from the future', rfc, [
    ['ok', { proof: proof({ jti: sameId, iat: now + 10 }) }],
    ['PROOF_REPLAYED', late(80, { proof: proof({ jti: sameId, iat: now + 10 }) })],
    ['PROOF_TOO_OLD', late(81, { proof: proof({ jti: sameId, iat: now + 10 }) })],
  ]),
  single.several(
    'of a PoP JWT',
    'draft attestation-based-client-auth-10 section 9',
    [
      ['ok', { proof: null, pop: pop({ jti: sameId }) }],
      ['PROOF_REPLAYED', { proof: null, pop: pop({ jti: sameId }) }],
    ],
    { needs: 'pop', configuration: { proofs: ['attestation_pop_jwt'] } },
  ),
  single.several(
    'by the other method',
    'verifiers page, single use',
    [
      ['ok', { proof: proof({ jti: sameId }) }],
      ['PROOF_REPLAYED', { proof: null, pop: pop({ jti: sameId }) }],
    ],
    { needs: 'pop', configuration: { proofs: ['dpop_combined', 'attestation_pop_jwt'] } },
  ),
  single.several('a signature changed into the other one that fits', 'FIPS 186-5 section 6.4.2', [
    ['ok', { proof: again }],
    ['PROOF_REPLAYED', { proof: otherSignature(again) }],
  ]),
]

function otherSignature(text: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const at = text.lastIndexOf('.') + 1
  const raw = Buffer.from(text.slice(at), 'base64url')
  const s = (order - BigInt(`0x${raw.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0')
  return text.slice(0, at) + Buffer.concat([raw.subarray(0, 32), Buffer.from(s, 'hex')]).toString('base64url')
}

const shares = group('share', { needs: 'memory-store' })
const many = (count: number) => Array.from({ length: count }, () => fresh())
const spent: Draft[] = [
  shares.several(
    'of one key, in a store of twelve',
    'verifiers page, single use',
    [
      ...many(1).map((each): [string, StepParts] => ['ok', { proof: each }]),
      ['PROOF_SHARE_SPENT', { proof: fresh() }],
      ['ok', { token: token({ cnf: other }), proof: proof({ jti: sameId }, {}, keys.other_installation) }],
    ],
    { configuration: { replay_capacity: 12 } },
  ),
  shares.several(
    'a store that is full',
    'verifiers page, single use',
    [
      ['ok', { proof: fresh() }],
      [
        'REPLAY_STORE_FULL',
        { token: token({ cnf: other }), proof: proof({ jti: sameId }, {}, keys.other_installation) },
      ],
    ],
    { configuration: { replay_capacity: 1 } },
  ),
]

const clocks = group('clock')
const clock: Draft[] = [
  clocks.several('a token until it expires', 'RFC 7519 section 4.1.4', [
    ['ok', { proof: fresh() }],
    ['ok', late(304, { proof: fresh({ iat: now + 304 }) })],
    ['TOKEN_EXPIRED', late(305, { proof: fresh({ iat: now + 305 }) })],
    ['TOKEN_EXPIRED', late(306, { proof: fresh({ iat: now + 306 }) })],
  ]),
  clocks.several('a token from its beginning', 'RFC 7519 section 4.1.6', [
    ['TOKEN_NOT_YET_VALID', late(-16, { proof: fresh({ iat: now - 16 }) })],
    ['ok', late(-15, { proof: fresh({ iat: now - 15 }) })],
  ]),
  clocks.several(
    'a clock that is set back far after a proof',
    'verifiers page, the clock',
    [
      ['ok', { proof: fresh() }],
      [
        'REPLAY_STORE_FAILED',
        late(-200, { token: token({ iat: now - 205, exp: now + 95 }), proof: fresh({ iat: now - 200 }) }),
      ],
    ],
    { needs: 'memory-store' },
  ),
  clocks.one(
    'a clock that gives no time',
    'verifiers page, three kinds of fault',
    'CLOCK_FAILED',
    { now: null },
    { needs: 'ports' },
  ),
  clocks.several(
    'a clock that gives no time for a while',
    'verifiers page, three kinds of fault',
    [
      ['CLOCK_FAILED', { proof: again, now: null }],
      ['ok', { proof: again }],
    ],
    { needs: 'ports' },
  ),
]

const cached = group('known token')
const both = { needs: 'pop', configuration: { proofs: ['dpop_combined', 'attestation_pop_jwt'] } } as const
const stolen = 'verifiers page, caches'
/** A verifier that remembers what it has verified must not take it for more than it was. */
const caches: Draft[] = [
  cached.several('the header of an accepted proof vouches for no other key', stolen, [
    ['ok', { proof: fresh() }],
    [
      'PROOF_SIGNATURE',
      { proof: proof({ jti: sameId }, { jwk: keys.installation.jwk }, keys.other_installation) },
    ],
    ['PROOF_KEY_MISMATCH', { token: token({ cnf: other }), proof: fresh() }],
  ]),
  cached.several(
    'the header of an accepted proof vouches for no other method',
    stolen,
    [
      ['ok', { proof: fresh() }],
      [
        'PROOF_TYPE',
        { proof: null, pop: pop({ jti: sameId }, { typ: 'dpop+jwt', jwk: keys.installation.jwk }) },
      ],
    ],
    both,
  ),
  cached.several('with another signature', stolen, [
    ['ok', { proof: fresh() }],
    ['TOKEN_SIGNATURE', { token: token({}, {}, keys.stranger), proof: fresh() }],
  ]),
  cached.several('the header of an accepted token vouches for no other key', stolen, [
    ['ok', { proof: fresh() }],
    ['TOKEN_SIGNATURE', { token: token({ jti: 'token-0002' }, {}, keys.stranger), proof: fresh() }],
  ]),
]

const secret = Buffer.alloc(32, 7)
const random = Buffer.alloc(12, 9)
export const nonceSettings = { key: secret.toString('base64url'), random: random.toString('base64url') }

/** As the page for authors of verifiers has it: version, seconds, random, MAC. */
export function nonceOf(
  at: number,
  changes: { audience?: string; key?: Buffer; version?: number } = {},
): string {
  const head = Buffer.alloc(17)
  head.writeUInt8(changes.version ?? 1, 0)
  head.writeUInt32BE(at, 1)
  random.copy(head, 5)
  const name = Buffer.from(changes.audience ?? audience)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  const context = Buffer.concat([Buffer.from('assay/guard-nonce/1\0'), length, name])
  const mac = createHmac('sha256', changes.key ?? secret)
    .update(Buffer.concat([context, head]))
    .digest()
  return Buffer.concat([head, mac.subarray(0, 16)]).toString('base64url')
}

const demanded = group('nonce', { needs: 'nonces', configuration: { nonces: nonceSettings } })
const section8 = 'RFC 9449 section 8'
const carrying = (nonce: unknown): StepParts => ({ proof: fresh({ nonce }) })
const nonceCases: Draft[] = [
  demanded.one('a fresh one', section8, 'ok', carrying(nonceOf(now))),
  demanded.one('one of half its time', 'RFC 9449 section 8.2', 'ok', carrying(nonceOf(now - 150))),
  demanded.one(
    'one past half of its time, which is answered with the next',
    'RFC 9449 section 8.2',
    'ok',
    carrying(nonceOf(now - 151)),
  ),
  demanded.one('one at the end of its time', section8, 'ok', carrying(nonceOf(now - 300))),
  demanded.one('one past its time', section8, 'NONCE_INVALID', carrying(nonceOf(now - 301))),
  demanded.one(
    'one from a clock that is ahead',
    'verifiers page, nonces',
    'ok',
    carrying(nonceOf(now + 300)),
  ),
  demanded.one(
    'one from the future',
    'verifiers page, nonces',
    'NONCE_INVALID',
    carrying(nonceOf(now + 301)),
  ),
  demanded.one('none', section8, 'NONCE_MISSING', carrying(undefined)),
  demanded.one('one that is made up', section8, 'NONCE_INVALID', carrying('made-up')),
  demanded.one('one that is empty', section8, 'NONCE_INVALID', carrying('')),
  demanded.one('a number', section8, 'NONCE_INVALID', carrying(1)),
  demanded.one('null', section8, 'NONCE_INVALID', carrying(null)),
  demanded.one(
    'one by another key',
    'verifiers page, nonces',
    'NONCE_INVALID',
    carrying(nonceOf(now, { key: Buffer.alloc(32, 8) })),
  ),
  demanded.one(
    'one for another API',
    'verifiers page, nonces',
    'NONCE_INVALID',
    carrying(nonceOf(now, { audience: `${audience}/` })),
  ),
  demanded.one(
    'one of another version',
    'verifiers page, nonces',
    'NONCE_INVALID',
    carrying(nonceOf(now, { version: 2 })),
  ),
  demanded.one(
    'one with a character behind it',
    'verifiers page, nonces',
    'NONCE_INVALID',
    carrying(`${nonceOf(now)}AAAA`),
  ),
  demanded.one('no token: nothing is said of a nonce', 'verifiers page, order of checks', 'TOKEN_MISSING', {
    token: null,
  }),
  demanded.one(
    'a proof without one counts before the token',
    'verifiers page, order of checks',
    'NONCE_MISSING',
    {
      ...carrying(undefined),
      token: 'junk',
    },
  ),
  demanded.several('as the SDKs do it', section8, [
    ['NONCE_MISSING', carrying(undefined)],
    ['ok', carrying(nonceOf(now))],
    ['ok', late(200, { proof: fresh({ nonce: nonceOf(now), iat: now + 200 }) })],
    ['NONCE_INVALID', late(301, { proof: fresh({ nonce: nonceOf(now), iat: now + 301 }) })],
  ]),
  demanded.several('one nonce for many proofs', 'RFC 9449 section 8', [
    ['ok', carrying(nonceOf(now))],
    ['ok', carrying(nonceOf(now))],
  ]),
  demanded.one(
    'in the claim of the PoP JWT',
    'draft attestation-based-client-auth-10 section 8',
    'ok',
    {
      proof: null,
      pop: pop({ challenge: nonceOf(now) }),
    },
    { needs: 'nonces', configuration: { nonces: nonceSettings, proofs: ['attestation_pop_jwt'] } },
  ),
  demanded.one(
    'in the other claim of the PoP JWT',
    'draft attestation-based-client-auth-10 section 8',
    'NONCE_MISSING',
    {
      proof: null,
      pop: pop({ nonce: nonceOf(now) }),
    },
    { needs: 'nonces', configuration: { nonces: nonceSettings, proofs: ['attestation_pop_jwt'] } },
  ),
  group('nonce').one('one that nobody asked for', 'RFC 9449 section 4.2', 'ok', carrying('made-up')),
]

const failing = group('malfunction', { needs: 'ports' })
const kinds = 'verifiers page, three kinds of fault'
const malfunctions: Draft[] = [
  failing.one('the cryptography throws', kinds, 'CRYPTO_FAILED', { failing: ['crypto'] }),
  failing.several('the replay store throws, and the proof is not used up', kinds, [
    ['REPLAY_STORE_FAILED', { proof: again, failing: ['replay_store'] }],
    ['ok', { proof: again }],
  ]),
  failing.one(
    'the deny list throws',
    kinds,
    'DENY_LIST_FAILED',
    { failing: ['deny_list'] },
    { configuration: { deny_list: [] } },
  ),
  failing.one(
    'the nonces throw as one is checked',
    kinds,
    'NONCE_SOURCE_FAILED',
    { ...carrying('any'), failing: ['nonces'] },
    { configuration: { nonces: nonceSettings } },
  ),
  failing.one(
    'the nonces throw as one is issued',
    kinds,
    'NONCE_SOURCE_FAILED',
    { ...carrying(undefined), failing: ['nonces'] },
    { configuration: { nonces: nonceSettings } },
  ),
  failing.one('the fields of the request cannot be read', kinds, 'GUARD_FAILED', { failing: ['request'] }),
  failing.one('a refusal comes before what would fail', 'verifiers page, order of checks', 'PROOF_HTU', {
    target: `${path}/7`,
    failing: ['replay_store'],
  }),
]

export const sequences: readonly Draft[] = [
  ...replays,
  ...spent,
  ...clock,
  ...caches,
  ...nonceCases,
  ...malfunctions,
]
