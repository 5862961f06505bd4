import { encodeChallengeHead, type ProbeAnswer } from '@assay/protocol'
import { nodeCrypto } from '../src/node-crypto.ts'
import {
  carryOutSync,
  digestImage,
  drawUpPlan,
  epochSeed,
  parsePlan,
  planSeed,
  type CarryOutInput,
  type CodeImage,
  type PlanInput,
} from '../src/index.ts'
import { noise } from './synthetic-image.ts'

const epochKey = noise(32, 'epoch key')
export const epoch = 1_966_080
export const askedProbes = ['t.a', 't.b', 't.c', 't.d']
export const answers: Record<string, ProbeAnswer> = { 't.a': '', 't.b': true, 't.c': -15, 't.d': 'x,\u00fc' }

/** 48 bytes in the form of a challenge. */
export function challengeOf(label: string, challengeEpoch = epoch): Uint8Array {
  const head = { keyNumber: 1, purpose: 1, flags: 0, issuedAt: 1_800_000_000, epoch: challengeEpoch } as const
  const bytes = new Uint8Array(48)
  bytes.set(encodeChallengeHead({ ...head, random: noise(16, label) }))
  bytes.set(noise(20, `mac ${label}`), 28)
  return bytes
}

/** The bytes of the plan that a Verifier draws up for an image. */
export async function planFor(image: CodeImage, changes: Partial<PlanInput> = {}): Promise<Uint8Array> {
  const input = { app: 'com.example.app', build: '1.0+1', epoch, coverage: 'image', ...changes } as const
  const seed = await epochSeed(nodeCrypto, epochKey, input.epoch, input.app, input.build)
  return drawUpPlan({ segments: image.segments, probes: askedProbes, seed, ...input })
}

/** Everything that answering `challenge` over `image` needs. */
export async function answering(
  image: CodeImage,
  planBytes: Uint8Array,
  challenge: Uint8Array,
): Promise<CarryOutInput> {
  const plan = parsePlan(planBytes)
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  return { plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes: answers }
}

export async function responseOf(
  image: CodeImage,
  planBytes: Uint8Array,
  challenge: Uint8Array,
): Promise<string> {
  return hex(carryOutSync(await answering(image, planBytes, challenge)).response)
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The `code` with which something refuses. */
export async function codeOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
  return 'accepted'
}
