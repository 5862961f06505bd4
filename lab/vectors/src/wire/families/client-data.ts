import {
  carryOutSync,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  textPlan,
  type Plan,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { bindingInput, clientDataSigningInput, type ProbeAnswer } from '@assay/protocol'
import { inserted } from './plans-bounds.ts'
import { accept, refuse, type Case, type Family, type Json } from '../case/case.ts'
import { base64url, sha256 } from '../material/bytes.ts'
import { challengeOf } from '../material/challenge.ts'
import { imageOf, noisy, type SegmentInput } from '../material/image.ts'
import { keyOf } from '../material/keys.ts'
import { planOfAll } from '../material/plan.ts'

/** All that client data is made of; `measurement` is what carrying out `plan` over `segments` gives. */
interface Parts {
  readonly challenge: string
  readonly plan: string
  readonly app: string
  readonly build: string
  readonly sdk: string
  readonly audiences: readonly string[]
  readonly key: Json
  readonly segments: readonly SegmentInput[]
  readonly probes: readonly (readonly [name: string, answer: ProbeAnswer])[]
  readonly evidence: readonly string[]
  /** Set before the exchange. */
  readonly reference?: string
  /** The requested ABI. */
  readonly abi?: string
  /** Segments of the second image; null where it cannot be reached. There where the plan has `text`. */
  readonly text?: readonly SegmentInput[] | null
}

const app: readonly SegmentInput[] = [
  noisy('classes.dex', 3_000),
  noisy('classes2.dex', 300),
  noisy('lib/arm64-v8a/libapp.so', 900, 'native'),
]

const plain: Parts = {
  challenge: challengeOf('client data'),
  plan: base64url(JSON.stringify(planOfAll)),
  app: planOfAll.app,
  build: planOfAll.build,
  sdk: 'assay-test/1.2.3',
  audiences: ['https://api.example.com'],
  key: { ...keyOf('client data').publicJwk },
  segments: app,
  probes: [
    ['os.debugger', false],
    ['os.emulator', true],
  ],
  evidence: [],
}

/** What carrying out a plan over one image gives. */
interface Measurement {
  readonly response: string
  readonly tags: readonly (readonly [name: string, tag: string])[]
}

async function measured({ plan: text, challenge, segments, probes }: Parts): Promise<Measurement> {
  return carryOutOver(parsePlan(Buffer.from(text, 'base64url')), text, challenge, segments, probes)
}

/** The second image: nothing if the plan has none, and null if it cannot be reached or lacks what the plan reads. */
async function measuredText({
  plan: whole,
  challenge,
  text: segments,
}: Parts): Promise<Measurement | null | undefined> {
  const plan = parsePlan(Buffer.from(whole, 'base64url'))
  const { text } = plan
  if (text === undefined) return undefined
  if (
    segments === null ||
    segments === undefined ||
    text.reads.some(({ segment }) => segment >= segments.length)
  )
    return null
  return carryOutOver(textPlan({ ...plan, text }), whole, challenge, segments, [])
}

async function carryOutOver(
  plan: Plan,
  planText: string,
  challenge: string,
  segments: readonly SegmentInput[],
  probes: Parts['probes'],
): Promise<Measurement> {
  const image = imageOf(segments)
  const { response, tags } = carryOutSync({
    plan,
    planBytes: Buffer.from(planText, 'base64url'),
    challenge: Buffer.from(challenge, 'base64url'),
    digest: await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto),
    image,
    crypto: nodeCrypto,
    probes: Object.fromEntries(probes),
    live: { shown: 'absent', exercises },
  })
  return { response: base64url(response), tags: tags.map(({ name, tag }) => [name, base64url(tag)] as const) }
}

/** Members as JSON text, in the order given. An object of JavaScript puts names that are whole numbers first. */
function record(members: readonly (readonly [name: string, text: string])[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
}

function recordOf(pairs: readonly (readonly [string, unknown])[]): string {
  return record(pairs.map(([name, value]) => [name, JSON.stringify(value)]))
}

function measurementText(measurement: Measurement | null): string {
  if (measurement === null) return 'null'
  return record([
    ['response', JSON.stringify(measurement.response)],
    ['tags', recordOf(measurement.tags)],
  ])
}

/** The members in their order. */
function write(parts: Parts, measurement: Measurement, text: Measurement | null | undefined): string {
  const digest = base64url(sha256(Buffer.from(parts.plan, 'base64url')))
  const given = (...names: (keyof Parts)[]) =>
    names.flatMap((name) => (parts[name] === undefined ? [] : [[name, JSON.stringify(parts[name])] as const]))
  return record([
    ['v', '1'],
    ...given('challenge'),
    ['plan_digest', JSON.stringify(digest)],
    ...given('app', 'build', 'abi', 'sdk', 'audiences', 'key'),
    ['measurement', measurementText(measurement)],
    ...(text === undefined ? [] : [['text', measurementText(text)] as const]),
    ['probes', recordOf(parts.probes)],
    ...(parts.reference === undefined ? [] : [['reference', JSON.stringify(parts.reference)] as const]),
    ['evidence', JSON.stringify(parts.evidence)],
  ])
}

async function written(id: string, change: Partial<Parts>): Promise<Case> {
  const parts = { ...plain, ...change }
  const measurement = await measured(parts)
  const bytes = Buffer.from(write(parts, measurement, await measuredText(parts)))
  return accept(
    id,
    { ...(parts as unknown as Case['input']), measurement: measurement as unknown as Json },
    {
      client_data: base64url(bytes),
      binding: base64url(sha256(bindingInput(bytes))),
      signed: base64url(sha256(clientDataSigningInput(bytes))),
    },
  )
}

const planWith = (change: Partial<Plan>) => base64url(JSON.stringify({ ...planOfAll, ...change }))

function asking(probes: Parts['probes']): Partial<Parts> {
  return { plan: planWith({ probes: probes.map(([name]) => name) }), probes }
}

const range = { op: 'range', segment: 0, length: 64 } as const

function cases(): Promise<Case>[] {
  return [
    written('as it is', {}),
    written('of another key', { key: { ...keyOf('another').publicJwk } }),
    written('of another challenge', { challenge: challengeOf('another') }),
    written('of another build', {
      plan: planWith({ app: 'org.example', build: '2' }),
      app: 'org.example',
      build: '2',
    }),
    written('for eight APIs', {
      audiences: Array.from({ length: 8 }, (_, i) => `https://api${i}.example.com/v${i}`),
    }),
    written('for an API with letters that some writers escape', {
      audiences: ["https://api.example.com/a/~b'(c)&<d>"],
    }),
    written('with evidence', { evidence: ['android-key-attestation', 'play-integrity'] }),
    written('with one piece of evidence', { evidence: ['apple-app-attest'] }),
    written('without probes', asking([])),
    written(
      'with probes of every kind',
      asking([
        ['a', true],
        ['b', -7],
        ['c', Number.MAX_SAFE_INTEGER],
        ['d', ''],
        ['e', 'text'],
      ]),
    ),
    written(
      'with answers that take escapes',
      asking([
        ['a', '"\\/\b\f\n\r\t\u0000\u001f\u007f'],
        ['b', '\u2028\u2029\u00e9e\u0301\u{1f600}\ufffd'],
      ]),
    ),
    written('with a long answer', asking([['a', '\u{1f600}'.repeat(128)]])),
    written(
      'with probes in the order of the plan',
      asking([
        ['z', 1],
        ['a', 2],
      ]),
    ),
    written('with names of segments that take escapes', {
      segments: ['a"\\', 'b\u0001\u2028', 'e\u0301', '\u00e9', '\uff5e', '\u{1f600}'].map((name) =>
        noisy(name, 50),
      ),
    }),
    written('with an empty segment', { segments: [noisy('a', 0), noisy('b', 10), noisy('c', 0)] }),
    written('with so many segments that some have no tag', {
      plan: planWith({ reads: [range] }),
      segments: Array.from({ length: 300 }, (_, i) => noisy(`assets/${'n'.repeat(80)}${i}.js`, 4, 'script')),
    }),
    written('of scripts only', {
      plan: planWith({ coverage: 'scripts', reads: [range], live: { show: [], run: [] } }),
      segments: [...app, noisy('assets/app.js', 100, 'script')],
    }),
    written('with a reference', { reference: 'customer 4711' }),
    written('with a reference of one character', { reference: '0' }),
    written('with a reference that takes escapes', { reference: '"\\/<b>\u00a0\u2028e\u0301' }),
    written('with a reference of 128 bytes', { reference: '\u{1f600}'.repeat(32) }),
    written('with a reference and evidence', { reference: 'a', evidence: ['play-integrity'] }),
    ...secondImage(),
    written('with no exercise', { plan: planWith({ live: { show: [], run: [] } }) }),
    ...['branch a', 'branch b', 'branch c', 'branch d'].map((label) =>
      written(`with an exercise: ${label}`, { challenge: challengeOf(label) }),
    ),
  ]
}

function secondImage(): Promise<Case>[] {
  const sections = [noisy('App.__TEXT.__text', 900, 'native'), noisy('App.__TEXT.__const', 40, 'native')]
  const reading = (...reads: object[]) => base64url(JSON.stringify(inserted(planOfAll, 'text', { reads })))
  const plan = reading(range, { op: 'walk', segment: 1, length: 64, count: 2 })
  const arm = inserted(planOfAll, 'abi', 'arm64-v8a')
  return [
    written('of two images', { plan, text: sections }),
    written('of two images, the second given in another order', { plan, text: [...sections].reverse() }),
    written('of two images of which the second cannot be reached', { plan, text: null }),
    written('of two images of which the second lacks what the plan reads', { plan, text: sections.slice(1) }),
    written('for an ABI', { plan: base64url(JSON.stringify(arm)), abi: 'arm64-v8a' }).then((one) => ({
      ...one,
      needs: 'abi',
    })),
  ]
}

/** Malformed answers of the service, and plans that are refused: nothing is signed. */
function refusals(): Case[] {
  const of = (id: string, change: Partial<Parts>, code: string) =>
    refuse(id, { ...(plain as unknown as Case['input']), ...(change as unknown as Case['input']) }, code)
  return [
    of('a challenge with padding', { challenge: `${plain.challenge.slice(0, 63)}=` }, 'response_invalid'),
    of(
      'a challenge of another alphabet',
      { challenge: plain.challenge.replace(/./, '+') },
      'response_invalid',
    ),
    of('a challenge of 65 characters', { challenge: `${plain.challenge}A` }, 'response_invalid'),
    of('no challenge', { challenge: '' }, 'response_invalid'),
    of('a plan with padding', { plan: `${plain.plan}=` }, 'response_invalid'),
    of('no plan', { plan: '' }, 'response_invalid'),
    of('a plan that is no plan', { plan: base64url('{}') }, 'plan_refused'),
    of('a plan of another version', { plan: planWith({ v: 2 as 1 }) }, 'plan_refused'),
    of('a plan for another app', { plan: planWith({ app: 'org.example' }) }, 'plan_refused'),
    of('a plan of another epoch', { challenge: challengeOf('later', { epoch: 7 }) }, 'plan_refused'),
    of('a plan that asks an unknown probe', { plan: planWith({ probes: ['os.other'] }) }, 'plan_refused'),
    of('an empty reference', { reference: '' }, 'MISUSE'),
    of('a reference of 129 bytes', { reference: `${'\u{1f600}'.repeat(32)}a` }, 'MISUSE'),
    ...['\u0000', '\n', '\u001f', '\u007f', '\u0080', '\u009f'].map((character) =>
      of(
        `a reference with the control character ${character.charCodeAt(0)}`,
        { reference: `a${character}b` },
        'MISUSE',
      ),
    ),
    of('an app of nothing', { segments: [] }, 'measurement_failed'),
  ]
}

export const clientData: Family = {
  name: 'client-data',
  about:
    'Client data to the byte, the binding, and the SHA-256 of what the installation key signs. `measurement` is what `plan` gives over `segments`.',
  floor: { accepted: 20, refused: 12 },
  cases: [...(await Promise.all(cases())), ...refusals()],
}
