import {
  carryOutSync,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  textPlan,
  type Plan,
  type ShownFunctions,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { ProbeAnswer } from '@assay/protocol'
import { accept, type Case, type Json } from '../case/case.ts'
import { base64url } from '../material/bytes.ts'
import { challengeOf } from '../material/challenge.ts'
import { imageOf, imageOfPlan, noisy, type SegmentInput } from '../material/image.ts'
import { planOfAll } from '../material/plan.ts'

export interface Folding {
  /** Which image: the first where it is left out, or that of text sections in memory. */
  readonly op?: 'text'
  readonly plan: Uint8Array
  readonly challenge: string
  readonly segments: readonly SegmentInput[]
  readonly probes: readonly (readonly [name: string, answer: ProbeAnswer])[]
  /** Digests of shown functions, or what stands for none. */
  readonly shown: 'absent' | readonly (readonly [name: string, digest: string])[]
}

export const app: readonly SegmentInput[] = [
  noisy('classes.dex', 70_000),
  noisy('classes2.dex', 300),
  noisy('lib/arm64-v8a/libapp.so', 9_001, 'native'),
  noisy('assets/index.android.bundle', 4_096, 'hermes'),
]

export const probes: Folding['probes'] = [
  ['os.debugger', false],
  ['os.emulator', 'ro.hardware=\u{1f600}"\\/\u2028'],
]

export const plain: Folding = {
  plan: Buffer.from(JSON.stringify(planOfAll)),
  challenge: challengeOf('fold'),
  segments: app,
  probes,
  shown: 'absent',
}

export async function fold(folding: Folding): Promise<Json> {
  const planBytes = folding.plan
  const plan = planOf(folding)
  const image = imageOfPlan(plan, imageOf(folding.segments))
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  const shown: ShownFunctions =
    folding.shown === 'absent'
      ? 'absent'
      : Object.fromEntries(folding.shown.map(([name, own]) => [name, Buffer.from(own, 'base64url')]))
  const challenge = Buffer.from(folding.challenge, 'base64url')
  const answers = Object.fromEntries(folding.probes)
  const live = { shown, exercises }
  const input = { plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes: answers, live }
  const { response, tags } = carryOutSync(input)
  return {
    image: base64url(digest.image),
    response: base64url(response),
    tags: tags.map(({ name, tag }) => [name, base64url(tag)]),
  }
}

function planOf({ op, plan: bytes }: Folding): Plan {
  const plan = parsePlan(bytes)
  return op === 'text' ? textPlan({ ...plan, text: plan.text as NonNullable<Plan['text']> }) : plan
}

export function given({ op, plan, challenge, segments, probes: answers, shown }: Folding): Case['input'] {
  const list = (values: unknown) => values as Json
  return {
    ...(op === undefined ? {} : { op }),
    plan: base64url(plan),
    challenge,
    segments: list(segments),
    probes: list(answers),
    shown: list(shown),
  }
}

export async function folded(id: string, change: Partial<Folding>): Promise<Case> {
  const folding = { ...plain, ...change }
  const one = accept(id, given(folding), await fold(folding))
  return folding.shown === 'absent' ? one : { ...one, needs: 'source' }
}

export const planWith = (change: Partial<Plan>) => Buffer.from(JSON.stringify({ ...planOfAll, ...change }))
export const reading = (...reads: Plan['reads']) => ({
  plan: planWith({ reads, live: { show: [], run: [] }, probes: [] }),
  probes: [],
})
