import { invalidArgument, equalBytes } from '@assay/protocol'
import { areDeclared } from '../plan/declared.ts'
import { eventually, type Work } from '../ports/drive.ts'
import type { LiveOutcome } from '../live/show-functions.ts'
import { must } from '../errors/measurement-error.ts'
import type { Eventually } from '../ports/ports.ts'
import { bufferedStepWriter } from './buffered-step-writer.ts'
import type { CarryOutInput } from './carry-out.ts'
import { conclusionOf } from './conclusion.ts'
import { foldPlan } from './fold.ts'

/** Whether a response is the expected one, and the outcome of its live-code step. */
export type ResponseCheck = { matches: true; live: LiveOutcome } | { matches: false }

/**
 * The Verifier's side: carries out the plan once and compares, synchronously if all ports are synchronous. If the plan
 * asks to show functions, `input.live.shown` holds the digests of the registered slices, and a response without source,
 * as from Hermes, matches too and is reported as `absent`: appraisal decides whether that is acceptable for the
 * registered engine.
 *
 * @throws MeasurementError `PLAN_EPOCH`, `PLAN_SEGMENT`, `PLAN_FUNCTION`, `PROBE_ANSWERS`
 */
export function checkResponse(input: CarryOutInput, response: Uint8Array): Eventually<ResponseCheck> {
  return eventually(check(input, response))
}

function* check(input: CarryOutInput, response: Uint8Array): Work<ResponseCheck> {
  const { plan, probes, crypto, challenge, digest } = input
  const { shown, exercises } = input.live ?? { shown: {}, exercises: {} }
  if (shown === 'absent') throw invalidArgument('the Verifier compares with the registered slices')
  if (challenge.length !== 48) throw invalidArgument('a challenge must be 48 bytes')
  must(
    plan.reads.every(({ segment }) => segment < digest.segments.length),
    'PLAN_SEGMENT',
  )
  must(areDeclared(shown, plan.live.show) && areDeclared(exercises, plan.live.run), 'PLAN_FUNCTION')
  must(Object.keys(probes).length === plan.probes.length && areDeclared(probes, plan.probes), 'PROBE_ANSWERS')
  const conclusion = conclusionOf(plan, probes, shown)
  const { k, chain } = yield* foldPlan(input, exercises, bufferedStepWriter(plan))
  if (equalBytes(yield crypto.hmacSha256(k, [chain, ...conclusion]), response)) {
    return { matches: true, live: plan.live.show.length === 0 ? 'not_asked' : 'shown' }
  }
  if (plan.live.show.length === 0) return { matches: false }
  const absent = yield crypto.hmacSha256(k, [chain, ...conclusionOf(plan, probes, 'absent')])
  return equalBytes(absent, response) ? { matches: true, live: 'absent' } : { matches: false }
}
