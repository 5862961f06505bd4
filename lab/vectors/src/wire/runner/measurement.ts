import {
  carryOutSync,
  checkPlanFits,
  coreFunctions,
  coveredSegments,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  shapeOf,
  textPlan,
  type Exercises,
  type Plan,
  type Segment,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import {
  codeSegmentKind,
  decodeBase64url,
  encodeBase64url,
  labelOf,
  lengthPrefixed,
  resourceFolder,
  resourceHead,
  uint64,
  type Coverage,
  type ProbeAnswer,
} from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import type { Json } from '../case/case.ts'
import { hex, sha256 } from '../material/bytes.ts'
import { imageOf, imageOfPlan, type SegmentInput } from '../material/image.ts'
import { member, orRefuse, Refusal, type Answering, type Input } from './answering.ts'

function bytes(input: Input, name: string): Uint8Array {
  return orRefuse(decodeBase64url(member<string>(input, name)), 'MALFORMED')
}

export const answerCodeSegments: Answering = (input) =>
  orRefuse(
    codeSegmentKind(member<Build['format']>(input, 'format'), member(input, 'path'), bytes(input, 'head')),
    'NO_SEGMENT',
  )

/** As registration puts segments together: app-image does so from the entries of an archive. */
export const answerResourceFolders: Answering = (input) => {
  const folders = new Map<string, { path: string; content: Uint8Array }[]>()
  for (const { path, bytes: text } of member<{ path: string; bytes: string }[]>(input, 'files')) {
    const name = resourceFolder(path)
    const content = orRefuse(decodeBase64url(text), 'MALFORMED')
    if (name !== undefined) folders.set(name, [...(folders.get(name) ?? []), { path, content }])
  }
  if (folders.size === 0) throw new Refusal('NO_SEGMENT')
  return [...folders].map(([name, files]) => {
    const sorted = files.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    const segment = Buffer.concat(
      sorted.flatMap(({ path, content }) => [resourceHead(path, content.length), content]),
    )
    return { name, sha256: hex(sha256(segment)) }
  })
}

export const answerPlans: Answering = async (input) => {
  const planBytes = bytes(input, 'plan')
  const plan = parsePlan(planBytes)
  const declared = { segments: member<Segment[]>(input, 'segments'), read: () => new Uint8Array(0) }
  const { segments } = imageOfPlan(plan, declared)
  const names = (name: string) => member<string[]>(input, name)
  const carriedOut = Object.fromEntries(
    names('exercises').map((name) => [name, (chain: Uint8Array) => chain]),
  )
  checkPlanFits(plan, segments, {
    app: member(input, 'app'),
    build: member(input, 'build'),
    abi: member(input, 'abi'),
    probes: Object.fromEntries(names('probes').map((name) => [name, true])),
    functions: {},
    exercises: carriedOut,
  })
  // Only the fold knows about the challenge, and so of its epoch.
  const zeros = segments.map(({ name, kind, length }) => ({
    name,
    kind,
    bytes: encodeBase64url(new Uint8Array(length)),
  }))
  await foldOver(planBytes, plan, zeros, bytes(input, 'challenge'), {}, 'absent', carriedOut)
  return plan as unknown as Json
}

export const answerImages: Answering = async (input) => {
  const coverage = member<Coverage>(input, 'coverage')
  switch (input['op']) {
    case 'digest': {
      const image = imageOf(member<SegmentInput[]>(input, 'segments'))
      const digest = await digestImage(image, coverage, bytes(input, 'seed'), nodeCrypto)
      return {
        image: encodeBase64url(digest.image),
        segments: digest.segments.map(({ name, digest: own }) => ({ name, digest: encodeBase64url(own) })),
      }
    }
    case 'head': {
      const [name, length] = [member<string>(input, 'name'), member<number>(input, 'length')]
      return hex(Buffer.concat([labelOf('seg'), bytes(input, 'seed'), lengthPrefixed(name), uint64(length)]))
    }
    case 'order':
      return coveredSegments(member<Segment[]>(input, 'segments'), coverage).map(({ name }) => name)
    case 'shape':
      return (
        (await shapeOf(
          member<Segment[]>(input, 'segments'),
          input['abi'] as string | undefined,
          nodeCrypto,
        )) ?? null
      )
    default:
      throw new Refusal('UNKNOWN_OP')
  }
}

const startOf = coreFunctions['fold-start'] as (chain: Uint8Array, places: number) => number

export const answerFolds: Answering = async (input) => {
  if (input['op'] === 'start') {
    return startOf(Buffer.from(member<string>(input, 'chain'), 'hex'), member(input, 'places'))
  }
  const planBytes = bytes(input, 'plan')
  const whole = parsePlan(planBytes)
  const { text } = whole
  const plan = input['op'] === 'text' && text !== undefined ? textPlan({ ...whole, text }) : whole
  const segments = member<SegmentInput[]>(input, 'segments')
  const probes = Object.fromEntries(member<[string, ProbeAnswer][]>(input, 'probes'))
  const shown = member<'absent' | [string, string][]>(input, 'shown')
  const digests =
    shown === 'absent'
      ? shown
      : Object.fromEntries(shown.map(([name, digest]) => [name, Buffer.from(digest, 'base64url')]))
  const known = <T>(list: readonly string[], value: T) =>
    Object.fromEntries(list.map((name) => [name, value]))
  checkPlanFits(plan, imageOfPlan(plan, imageOf(segments)).segments, {
    app: plan.app,
    build: plan.build,
    abi: plan.abi,
    probes: known(plan.probes, true),
    functions: known(plan.live.show, true),
    exercises,
  })
  return foldOver(planBytes, plan, segments, bytes(input, 'challenge'), probes, digests, exercises)
}

async function foldOver(
  planBytes: Uint8Array,
  plan: Plan,
  segments: readonly SegmentInput[],
  challenge: Uint8Array,
  probes: Readonly<Record<string, ProbeAnswer>>,
  shown: 'absent' | Readonly<Record<string, Uint8Array>>,
  carriedOut: Exercises,
): Promise<Json> {
  const image = imageOfPlan(plan, imageOf(segments))
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  const live = { shown, exercises: carriedOut }
  const folded = carryOutSync({ plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes, live })
  return {
    image: encodeBase64url(digest.image),
    response: encodeBase64url(folded.response),
    tags: folded.tags.map(({ name, tag }) => [name, encodeBase64url(tag)]),
  }
}
