import {
  carryOutSync,
  checkResponse,
  digestImage,
  drawUpPlan,
  expectedTags,
  parsePlan,
  planSeed,
  type CarryOutInput,
  type CodeImage,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url, encodeChallengeHead, utf8, type ProbeAnswer } from '@assay/protocol'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Verified } from '../../src/index.ts'
import { software, type SoftwareClaims, type SoftwareContext } from '../../src/software/index.ts'
import { codeOf } from '../codes.ts'

const epoch = 1_988_000
const segments = { 'classes.dex': 'dex '.repeat(3000), 'classes2.dex': 'more '.repeat(900) }
const build = {
  app: 'com.example.app',
  build: '1.0+1',
  platform: 'android',
  versionCode: 1,
  channel: 'production',
  coverage: 'image',
  enginePins: false,
  hasServiceWorker: false,
  abi: undefined,
  variant: undefined,
  debuggable: false,
  showsSource: false,
  hasFunctions: true,
} as const
const probes = { 'js.debugger': '', 'js.emulator': 'name' }

function imageOf(contents: Record<string, string>): CodeImage {
  const bytes = new Map(Object.entries(contents).map(([name, text]) => [name, utf8(text)]))
  return {
    segments: [...bytes].map(([name, { length }]) => ({ name, kind: 'dex', length })),
    read: (name, offset, length) => (bytes.get(name) as Uint8Array).slice(offset, offset + length),
  }
}

function challengeOf(number: number): Uint8Array {
  const random = new Uint8Array(16).fill(number)
  const head = { keyNumber: 1, purpose: 1, flags: 0, issuedAt: 1_790_000_000, epoch, random } as const
  const bytes = new Uint8Array(48)
  bytes.set(encodeChallengeHead(head))
  return bytes
}

const planBytes = drawUpPlan({
  app: build.app,
  build: build.build,
  epoch,
  seed: new Uint8Array(32).fill(3),
  coverage: 'image',
  segments: imageOf(segments).segments,
  probes: Object.keys(probes),
})

async function over(
  contents: Record<string, string>,
  answers: Record<string, ProbeAnswer> = probes,
  challenge = challengeOf(1),
): Promise<CarryOutInput> {
  const plan = parsePlan(planBytes)
  const image = imageOf(contents)
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  return { plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes: answers }
}

/** The members `measurement` and `text` of client data as an SDK over this image writes them. */
function measurementOf(input: CarryOutInput, text?: unknown): unknown {
  return { measurement: responseOf(input), text }
}

function responseOf(input: CarryOutInput): unknown {
  const { response, tags } = carryOutSync(input)
  return {
    response: encodeBase64url(response),
    tags: Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)])),
  }
}

async function contextFor(answers: Record<string, ProbeAnswer> = probes): Promise<SoftwareContext> {
  const input = await over(segments, answers)
  return {
    build,
    probes: answers,
    text: undefined,
    expected: {
      probes: input.plan.probes,
      compare: (response) => checkResponse(input, response),
      tags: () => expectedTags(input.digest, input.challenge, nodeCrypto),
    },
  }
}

test('the format has a name and a version', () => {
  expect(software.descriptor).toEqual({ name: 'software', version: '1.0' })
})

test('a genuine device: the claims are the registered facts, the answers and what became of live code', async () => {
  const measured = software.parse(measurementOf(await over(segments)))
  const verified = await software.verify(measured, await contextFor())
  expectTypeOf(verified).toEqualTypeOf<Verified<SoftwareClaims>>()
  expect(verified).toEqual({
    format: 'software',
    claims: {
      measured: true,
      app: 'com.example.app',
      build: '1.0+1',
      platform: 'android',
      versionCode: 1,
      channel: 'production',
      coverage: 'image',
      debuggable: false,
      live: 'not_asked',
      text: 'not_asked',
      probes,
    },
  })
})

test('claims keep the answers that were verified', async () => {
  const context = await contextFor()
  const { claims } = await software.verify(software.parse(measurementOf(await over(segments))), context)
  expect(claims.probes).not.toBe(context.probes)
  expect(Object.isFrozen(claims.probes)).toBe(true)
})

test('one flipped bit: SOFTWARE_SEGMENT_MISMATCH names the segment', async () => {
  const patched = { ...segments, 'classes2.dex': segments['classes2.dex'].replace('m', 'l') }
  const parsed = software.parse(measurementOf(await over(patched)))
  await expect(software.verify(parsed, await contextFor())).rejects.toMatchObject({
    code: 'SOFTWARE_SEGMENT_MISMATCH',
    segments: ['classes2.dex'],
  })
})

test.each([
  ['renamed', { 'classes.dex': segments['classes.dex'], 'classes3.dex': segments['classes2.dex'] }],
  ['extra', { ...segments, 'classes3.dex': 'x' }],
])('a segment %s: SOFTWARE_SEGMENTS', async (_, contents) => {
  const parsed = software.parse(measurementOf(await over(contents)))
  expect(await codeOf(async () => software.verify(parsed, await contextFor()))).toBe('SOFTWARE_SEGMENTS')
})

test('an answer to another challenge fits no segment', async () => {
  const parsed = software.parse(measurementOf(await over(segments, probes, challengeOf(2))))
  expect(await codeOf(async () => software.verify(parsed, await contextFor()))).toBe(
    'SOFTWARE_SEGMENT_MISMATCH',
  )
})

test('answers other than those that were folded: SOFTWARE_RESPONSE_MISMATCH', async () => {
  const parsed = software.parse(measurementOf(await over(segments)))
  const context = await contextFor({ ...probes, 'js.emulator': '' })
  expect(await codeOf(() => software.verify(parsed, context))).toBe('SOFTWARE_RESPONSE_MISMATCH')
})

test('a probe left unanswered: SOFTWARE_PROBES, before anything is measured', async () => {
  const parsed = software.parse(measurementOf(await over(segments)))
  const context = { ...(await contextFor()), probes: { 'js.debugger': '' } }
  expect(await codeOf(() => software.verify(parsed, context))).toBe('SOFTWARE_PROBES')
})

test('live code left out where the engine shows source: SOFTWARE_LIVE_CODE', async () => {
  const context = await contextFor()
  const parsed = software.parse(measurementOf(await over(segments)))
  const absent: SoftwareContext = {
    ...context,
    build: { ...build, showsSource: true },
    expected: { ...context.expected, compare: () => ({ matches: true, live: 'absent' }) },
  }
  expect(await codeOf(() => software.verify(parsed, absent))).toBe('SOFTWARE_LIVE_CODE')
})

test('the ABI of a build that is registered by ABI is a claim', async () => {
  const context = await contextFor()
  const parsed = software.parse(measurementOf(await over(segments)))
  const { claims } = await software.verify(parsed, { ...context, build: { ...build, abi: 'arm64-v8a' } })
  expect(claims.abi).toBe('arm64-v8a')
  expect(claims).not.toHaveProperty('variant')
})

test('what a store made of a build is a claim', async () => {
  const context = await contextFor()
  const parsed = software.parse(measurementOf(await over(segments)))
  const of = { ...context, build: { ...build, variant: 'play' } }
  expect((await software.verify(parsed, of)).claims.variant).toBe('play')
})

test.each([
  [true, 'pinned'],
  [false, 'unmeasured'],
] as const)(
  'the coverage `entry`, by an engine that pins modules (%s): lazy modules are %s',
  async (enginePins, lazy) => {
    const context = await contextFor()
    const parsed = software.parse(measurementOf(await over(segments)))
    const of = { ...build, coverage: 'entry', enginePins } as const
    expect((await software.verify(parsed, { ...context, build: of })).claims).toMatchObject({
      coverage: 'entry',
      lazy,
    })
    const ofImage = { ...context, build: { ...build, enginePins } }
    expect((await software.verify(parsed, ofImage)).claims).not.toHaveProperty('lazy')
  },
)

test('a build with a service worker: the claim says that the worker is not measured', async () => {
  const context = await contextFor()
  const parsed = software.parse(measurementOf(await over(segments)))
  const of = { ...build, hasServiceWorker: true } as const
  expect((await software.verify(parsed, { ...context, build: of })).claims).toMatchObject({
    coverage: 'image',
    serviceWorker: 'unmeasured',
  })
  expect((await software.verify(parsed, context)).claims).not.toHaveProperty('serviceWorker')
})

test('the second image matches, differs or could not be reached, and none of it is refused', async () => {
  const input = await over(segments)
  const context = await contextFor()
  const asked = { ...context, text: (response: Uint8Array) => checkResponse(input, response) }
  const textOf = async (text: unknown) =>
    (await software.verify(software.parse(measurementOf(input, text)), asked)).claims.text
  expect(await textOf(responseOf(input))).toBe('matched')
  expect(await textOf(responseOf(await over(segments, probes, challengeOf(2))))).toBe('differs')
  expect(await textOf(null)).toBe('absent')
})

test('a requested second image without an answer, or an answer without a request: SOFTWARE_TEXT', async () => {
  const input = await over(segments)
  const context = await contextFor()
  const asked = { ...context, text: (response: Uint8Array) => checkResponse(input, response) }
  const left = software.parse(measurementOf(input))
  expect(await codeOf(() => software.verify(left, asked))).toBe('SOFTWARE_TEXT')
  for (const text of [null, responseOf(input)]) {
    const added = software.parse(measurementOf(input, text))
    expect(await codeOf(() => software.verify(added, context))).toBe('SOFTWARE_TEXT')
  }
})

describe('a response that differs, which the service wants to know of', () => {
  const claiming = async () => ({ ...(await contextFor()), claimsDifference: true })

  test('is claimed with the coverage none, and nothing is said of live code', async () => {
    const other = { ...segments, 'classes.dex': 'other' }
    const verified = await software.verify(software.parse(measurementOf(await over(other))), await claiming())
    expect(verified.claims).toMatchObject({
      ...{ measured: true, coverage: 'none', live: 'not_asked', text: 'not_asked', probes },
    })
  })

  test('that is the registered one is measured as ever', async () => {
    const verified = await software.verify(
      software.parse(measurementOf(await over(segments))),
      await claiming(),
    )
    expect(verified.claims).toMatchObject({ coverage: 'image' })
  })

  test('does not excuse answers that were not asked for', async () => {
    const measured = software.parse(measurementOf(await over({ ...segments, 'classes.dex': 'other' })))
    await expect(software.verify(measured, { ...(await claiming()), probes: {} })).rejects.toMatchObject({
      code: 'SOFTWARE_PROBES',
    })
  })
})
