import type { Read } from '@assay/measurement'
import { utf8 } from '@assay/protocol'
import fc from 'fast-check'
import type { Case } from '../case/case.ts'
import { inserted } from '../families/plans-bounds.ts'
import { base64url, hex, noise, sha256 } from '../material/bytes.ts'
import { challengeOf, epoch } from '../material/challenge.ts'
import { keyOf } from '../material/keys.ts'
import { planOfAll } from '../material/plan.ts'

type Input = Case['input']

/** Any text without half a surrogate pair, short ones mostly ASCII. */
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 40 }))
const whole = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, 1, -1))
const answer = fc.oneof(fc.boolean(), whole, text)
const name = fc.oneof(
  fc.constantFrom(
    'classes.dex',
    'a',
    'b',
    '\u{1f600}',
    '\uff5e',
    '\u00e9',
    'e\u0301',
    '"\\',
    '\u2028',
    '10',
    '9',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
)

const encodings: fc.Arbitrary<Input> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ op: 'base64url.encode', hex: hex(bytes) })),
  fc
    .array(fc.constantFrom(...'ABCabc019-_', '=', '+', '/', ' ', '\n', '\u0410', '\u{1f600}'), {
      maxLength: 12,
    })
    .map((characters) => ({ op: 'base64url.decode', text: characters.join('') })),
  fc.constantFrom('utf8', 'lp.text').chain((op) => text.map((value) => ({ op, text: value }))),
  fc.nat(0xffffffff).map((value) => ({ op: 'u32', value })),
  fc.maxSafeNat().map((value) => ({ op: 'u64', value })),
  fc.string({ minLength: 1 }).map((label) => ({ op: 'thumbprint', jwk: { ...keyOf(label).publicJwk } })),
)

const jsonText: fc.Arbitrary<Input> = fc.oneof(
  text.map((value) => ({ op: 'string', text: value })),
  answer.map((value) => ({ op: 'answer', value })),
  fc
    .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7fe, max: 0xe001 })), { maxLength: 270 })
    .map((units) => ({ op: 'answer.units', units })),
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...'abcdef'), answer), { selector: ([one]) => one })
    .map((answers) => ({ op: 'answers', answers })),
)

function reads(segments: number, longest = 600): fc.Arbitrary<Read[]> {
  const place = { segment: fc.nat(segments - 1), length: fc.integer({ min: 1, max: longest }) }
  const count = fc.integer({ min: 1, max: 20 })
  const step = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 0x7fffffff }))
  const read = fc.oneof(
    fc.record({ op: fc.constant('range' as const), ...place }),
    fc.record({ op: fc.constant('walk' as const), ...place, count }),
    fc.record({ op: fc.constant('stride' as const), ...place, count, step }),
  )
  return fc.array(read, { minLength: 1, maxLength: 8 })
}

interface App {
  readonly segments: readonly { name: string; kind: string; noise: string; length: number }[]
  readonly plan: Readonly<Record<string, unknown>> & { readonly app: string; readonly build: string }
  readonly probes: readonly (readonly [string, boolean | number | string])[]
}

/** An app, and a plan for it. */
const app: fc.Arbitrary<App> = fc
  .uniqueArray(
    fc.record({
      name,
      kind: fc.constantFrom('dex', 'native', 'script', 'hermes'),
      noise: fc.constantFrom('x', 'y', 'z'),
      length: fc.oneof(fc.nat(20), fc.nat(3000)),
    }),
    { minLength: 1, maxLength: 6, selector: (one) => one.name },
  )
  .chain((segments) => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b.c', 'd-1', 'e_f'), { maxLength: 4 })
    return fc
      .record({
        coverage: fc.constant('image' as const),
        reads: reads(segments.length),
        run: fc.constantFrom([], ['refusal.1']),
        probes: names.chain((list) => fc.tuple(...list.map((one) => fc.tuple(fc.constant(one), answer)))),
        seed: fc.nat(),
      })
      .map(({ coverage, reads: list, run, probes, seed }) => ({
        segments,
        probes: probes.map(
          ([one, value]) =>
            [one, typeof value === 'string' ? [...value].slice(0, 50).join('') : value] as const,
        ),
        plan: {
          ...planOfAll,
          seed: base64url(noise(`fuzz ${seed}`, 32)),
          coverage,
          reads: list,
          live: { show: [], run },
          probes: probes.map(([one]) => one),
        },
      }))
  })

const challenge = fc.string().map((label) => challengeOf(label, { epoch }))

const folds: fc.Arbitrary<Input> = fc.oneof(
  fc.tuple(app, challenge).map(([{ segments, plan, probes }, one]) => ({
    plan: base64url(JSON.stringify(plan)),
    challenge: one,
    segments: segments,
    probes: probes,
    shown: 'absent',
  })),
  fc
    .tuple(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.oneof(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 99 })),
    )
    .map(([chain, places]) => ({ op: 'start', chain: hex(chain), places })),
)

/** An object of JavaScript puts members that are whole numbers first. No file of an app is called so. */
const isNumber = /^(0|[1-9]\d*)$/

const clientData: fc.Arbitrary<Input> = fc
  .tuple(
    app.filter(({ segments }) => !segments.some((one) => isNumber.test(one.name))),
    challenge,
    fc.string(),
  )
  .map(([{ segments, plan, probes }, one, label]) => ({
    challenge: one,
    plan: base64url(JSON.stringify(plan)),
    app: plan.app,
    build: plan.build,
    sdk: 'assay-fuzz/1.0.0',
    audiences: ['https://api.example'],
    key: { ...keyOf(label).publicJwk },
    segments: segments,
    probes: probes,
    evidence: [],
  }))

const optional = fc.constantFrom(
  planOfAll,
  inserted(planOfAll, 'abi', 'x86'),
  inserted(planOfAll, 'text', { reads: planOfAll.reads }),
  { ...planOfAll, probes: [], live: { show: [], run: [] } },
)

/** A text that is nearly a plan: of its tokens one or two are another, left out, there twice or in another place. */
const nearlyPlan = optional.chain((plan) => {
  const tokens = JSON.stringify(plan).match(/"[^"]*"|\d+|./g) ?? []
  const numbers = [...tokens.keys()].filter((at) => /^\d/.test(tokens[at] as string))
  const number = fc.constantFrom(
    '0',
    '1',
    '01',
    '00',
    '-1',
    '1.0',
    '1e3',
    '64',
    '65',
    '4096',
    '4097',
    '4294967296',
  )
  const other = fc.oneof(
    number,
    fc.constantFrom(
      ...[
        'null',
        'true',
        '""',
        '"x"',
        '"x y"',
        '"range"',
        '"walk"',
        '"a/b"',
        '"\u00e9"',
        '"\\u0061"',
        '"abi"',
        '"text"',
      ],
      ...['{', '}', '[', ']', ',', ':', ' ', '\n', '\0'],
    ),
  )
  const edit = fc.oneof(
    fc.record({ at: fc.constantFrom(...numbers), does: fc.constant('replace' as const), other: number }),
    fc.record({
      at: fc.nat(tokens.length - 1),
      does: fc.constantFrom('replace', 'leave out', 'twice', 'swap', 'insert'),
      other,
    }),
  )
  return fc.array(edit, { maxLength: 2 }).map((edits) => {
    const edited = [...tokens]
    for (const { at, does, other: put } of edits) {
      const [here = '', next = ''] = edited.slice(at, at + 2)
      if (does === 'swap') edited.splice(at, 2, next, here)
      else
        edited.splice(
          at,
          1,
          ...{ replace: [put], 'leave out': [], twice: [here, here], insert: [put, here] }[does],
        )
    }
    return edited.join('')
  })
})

const plans: fc.Arbitrary<Input> = nearlyPlan.map((plan) => ({
  plan: base64url(utf8(plan)),
  app: planOfAll.app,
  build: planOfAll.build,
  segments: [
    { name: 'a.dex', kind: 'dex', length: 700 },
    { name: 'b.js', kind: 'script', length: 20 },
    { name: 'c.so', kind: 'native', length: 3000 },
  ],
  probes: planOfAll.probes,
  exercises: ['refusal.1'],
  challenge: challengeOf('fuzz'),
}))

const images: fc.Arbitrary<Input> = fc
  .tuple(app, fc.constantFrom('image', 'scripts'))
  .map(([{ segments }, coverage]) => ({
    op: 'digest',
    seed: base64url(sha256('fuzz')),
    coverage,
    segments: segments,
  }))

/** DER of an ECDSA signature with a byte or two changed. */
const signatures: fc.Arbitrary<Input> = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 34 }),
    fc.uint8Array({ minLength: 1, maxLength: 34 }),
    fc.array(fc.tuple(fc.nat(20), fc.nat(255)), { maxLength: 1 }),
  )
  .map(([r, s, changes]) => {
    const integer = (value: Uint8Array) => Buffer.concat([Buffer.of(2, value.length), value])
    const content = Buffer.concat([integer(r), integer(s)])
    const der = Buffer.concat([Buffer.of(0x30, content.length), content])
    for (const [at, byte] of changes) der[at % der.length] = byte
    return { op: 'from-der', der: hex(der) }
  })

const visible = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~"\\/+= '), maxLength: 12 })

const proofs: fc.Arbitrary<Input> = fc
  .record({
    scheme: fc.constantFrom('Bearer', 'bearer', 'DPoP', 'Basic', ''),
    token: visible,
    nonce: fc.option(
      visible.filter((one) => one !== ''),
      { nil: undefined },
    ),
  })
  .map(({ scheme, token, nonce }) => ({
    op: 'proof',
    key: { ...keyOf('fuzz').publicJwk },
    jti: base64url(noise('fuzz jti', 16)),
    method: 'GET',
    url: 'https://api.example/a',
    iat: 1_790_000_000,
    authorization: `${scheme} ${token}`,
    ...(nonce === undefined ? {} : { nonce }),
  }))

const refusals: fc.Arbitrary<Input> = fc
  .record({
    path: fc.constantFrom('challenges', 'attestations'),
    status: fc.constantFrom(200, 400, 401, 403, 404, 409, 413, 429, 500, 503),
    text: fc.oneof(
      fc.constantFrom(
        '',
        '{}',
        'null',
        '[]',
        '<html>',
        '{"code":"challenge_expired"}',
        '{"code":"attestation_denied","trace":"t"}',
      ),
      fc.json({ maxDepth: 2 }),
      fc
        .record({
          code: fc.oneof(
            fc.json(),
            fc.constantFrom('build_retired', 'enrolment_required', 'toString', '__proto__'),
          ),
        })
        .map((body) => JSON.stringify(body)),
    ),
    retryAfter: fc.option(fc.nat(100_000), { nil: undefined }),
  })
  .map(({ retryAfter, ...rest }) => ({
    ...rest,
    headers: retryAfter === undefined ? {} : { 'Retry-After': `${retryAfter}` },
  }))

/** Inputs by family; those of `signatures` mean nothing to an SDK without DER. */
export const arbitraries: Readonly<
  Record<string, { readonly input: fc.Arbitrary<Input>; readonly needs?: Case['needs'] }>
> = {
  encodings: { input: encodings },
  'json-text': { input: jsonText },
  plans: { input: plans },
  images: { input: images },
  folds: { input: folds },
  'client-data': { input: clientData },
  signatures: { input: signatures, needs: 'der' },
  proofs: { input: proofs },
  refusals: { input: refusals },
}
