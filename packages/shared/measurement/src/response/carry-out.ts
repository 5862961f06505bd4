import type { ProbeAnswer } from '@assay/protocol'
import { atOnce, inTime, type Work } from '../drive.ts'
import type { Exercises } from '../live/exercise.ts'
import type { LiveOutcome, ShownFunctions } from '../live/show-functions.ts'
import { conclusionOf } from './conclusion.ts'
import { checkFoldInput, foldExercises, foldReads, type FoldInput } from './fold.ts'
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
  /** Needed where the plan asks for live code. */
  live?: LiveInput
  /** Whether to work out tags too: default true. The Verifier needs them only when a response differs. */
  withTags?: boolean
}

/** What carrying out a plan gave. */
export interface CarriedOut {
  /** 32 bytes. */
  response: Uint8Array
  /** In name order, as many as fit into client data. */
  tags: Tag[]
  /** Whether the source of live functions was compared. `absent` is never as good as `shown`. */
  live: LiveOutcome
}

/**
 * Carries out a plan over ports that may answer by promises: the SDK's side. Hold the plan against app, build and
 * declared probes with `checkPlanFits` first.
 *
 * @throws MeasurementError before anything is read: `PLAN_EPOCH` when plan and challenge are of two epochs,
 *   `PLAN_SEGMENT`, `PLAN_FUNCTION`, `PROBE_ANSWERS`
 */
export async function carryOut(input: CarryOutInput): Promise<CarriedOut> {
  return inTime(work(input))
}

/** As {@link carryOut} over ports that answer at once. @throws TypeError (`ERR_INVALID_ARG_VALUE`) when one does not. */
export function carryOutSync(input: CarryOutInput): CarriedOut {
  return atOnce(work(input))
}

function* work(input: CarryOutInput): Work<CarriedOut> {
  const { plan, digest, challenge, crypto, withTags = true } = input
  const { shown, exercises } = input.live ?? { shown: {}, exercises: {} }
  checkFoldInput(input, exercises)
  const conclusion = conclusionOf(plan, input.probes, shown)
  const fold = yield* foldExercises(input, yield* foldReads(input, stepWriter()), exercises)
  const response = yield crypto.hmacSha256(fold.k, [fold.chain, ...conclusion])
  const tags = withTags ? yield* tagsOf(digest, shown, challenge, crypto) : []
  const outcome = shown === 'absent' ? shown : 'shown'
  return { response, tags, live: plan.live.show.length > 0 ? outcome : 'not_asked' }
}
