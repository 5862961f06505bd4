import { markLive } from '../live/mark-live.ts'
import { must } from '../measurement-error.ts'
import type { Segment } from '../ports.ts'
import { coveredSegments } from '../image/covered-segments.ts'
import type { Plan } from './plan.ts'

/** What else a plan must agree with. What is left out is not compared. */
export interface PlanExpectation {
  app?: string
  build?: string
  epoch?: number
  /** Names of live functions that can be shown. */
  functions?: readonly string[]
  /** Names of exercises that can be carried out. */
  exercises?: readonly string[]
}

/**
 * Holds a plan against what is there, before anything is read.
 *
 * @throws MeasurementError `PLAN_BUILD` for another app's or build's plan, `PLAN_EPOCH`, `PLAN_SEGMENT` for a segment
 *   that the image lacks, `PLAN_PROBE` for a probe that is not declared, `PLAN_FUNCTION` for a function or exercise
 *   that is not; `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 */
export const checkPlanFits = /* @__PURE__ */ markLive(
  'assay:live:check-plan-fits',
  function (
    plan: Plan,
    segments: readonly Segment[],
    probes: readonly string[],
    expected: PlanExpectation = {},
  ): void {
    const { app = plan.app, build = plan.build, epoch = plan.epoch, functions, exercises } = expected
    must(plan.app === app && plan.build === build, 'PLAN_BUILD')
    must(plan.epoch === epoch, 'PLAN_EPOCH')
    const { length } = coveredSegments(segments, plan.coverage)
    must(
      plan.reads.every((read) => read.segment < length),
      'PLAN_SEGMENT',
    )
    must(contains(probes, plan.probes), 'PLAN_PROBE')
    must(contains(functions, plan.live.show) && contains(exercises, plan.live.run), 'PLAN_FUNCTION')
  },
)

function contains(declared: readonly string[] | undefined, asked: readonly string[]): boolean {
  return asked.every((name) => declared?.includes(name) ?? true)
}
