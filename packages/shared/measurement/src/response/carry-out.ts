import type { ProbeAnswer } from '@assay/protocol'
import { atOnce, inTime, type Work } from '../ports/drive.ts'
import type { Exercises } from '../exercises/exercise.ts'
import type { ShownFunctions } from '../live/show-functions.ts'
import { conclusionOf } from './conclusion.ts'
import { foldPlan, type FoldInput } from './fold.ts'
import { stepWriter } from './step-writer.ts'
import { tagsOf, type Tag } from './tags.ts'

/** The live-code side of carrying out a plan. */
export interface LiveInput {
  /** What `showFunctions` found; at the Verifier the digests of the registered slices, or `absent`. */
  shown: ShownFunctions
  exercises: Exercises
}

/** A plan and everything that carrying it out needs. */
export interface CarryOutInput extends FoldInput {
  /** Exactly one answer for each probe of the plan. */
  probes: Readonly<Record<string, ProbeAnswer>>
  /** Needed if the plan asks for live code. */
  live?: LiveInput
}

/** The result of carrying out a plan. */
export interface CarriedOut {
  /** 32 bytes. */
  response: Uint8Array
  /** In name order, as many as fit into client data. */
  tags: Tag[]
}

/**
 * Carries out a plan over ports that may return promises: the SDK's side. Check the plan with `checkPlanFits` first.
 *
 * @throws MeasurementError `PLAN_EPOCH`, before anything is read, if plan and challenge are from different epochs
 */
export function carryOut(input: CarryOutInput): Promise<CarriedOut> {
  return inTime(work(input))
}

/**
 * Like {@link carryOut}, over synchronous ports. @throws TypeError (`ERR_INVALID_ARG_VALUE`) if one is not.
 */
export function carryOutSync(input: CarryOutInput): CarriedOut {
  return atOnce(work(input))
}

function* work(input: CarryOutInput): Work<CarriedOut> {
  const { plan, digest, challenge, crypto, probes } = input
  const { shown = {}, exercises = {} }: Partial<LiveInput> = input.live ?? {}
  const conclusion = conclusionOf(plan, probes, shown)
  const { k, chain } = yield* foldPlan(input, exercises, stepWriter())
  return {
    response: yield crypto.hmacSha256(k, [chain, ...conclusion]),
    tags: yield* tagsOf(digest, shown, challenge, crypto),
  }
}
