import { areDeclared, type Table } from './declared.ts'
import { markLive } from '../live/mark-live.ts'
import { must } from '../errors/measurement-error.ts'
import type { Segment } from '../ports/ports.ts'
import { coveredSegments } from './covered-segments.ts'
import type { Plan } from './plan.ts'

/** What a plan must agree with besides the image. */
export interface PlanExpectation {
  app: string
  build: string
  /** The requested ABI, if any. */
  abi?: string | undefined
  /** The declared probes. */
  probes: Table
  /** Live functions that can be shown. */
  functions: Table
  /** Exercises that can be carried out. */
  exercises: Table
}

/**
 * Checks a plan against the installed app, before anything is read.
 *
 * @throws MeasurementError `PLAN_BUILD` for the plan of another app, build or ABI, `PLAN_SEGMENT` for a segment that
 * the image lacks, `PLAN_PROBE` for an undeclared probe, `PLAN_FUNCTION` for an undeclared function or exercise;
 *   `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
 */
export const checkPlanFits = /* @__PURE__ */ markLive(
  'assay:live:check-plan-fits',
  function (
    { app, build, abi, coverage, reads, live, probes }: Plan,
    segments: readonly Segment[],
    expected: PlanExpectation,
  ): void {
    must(app === expected.app && build === expected.build && abi === expected.abi, 'PLAN_BUILD')
    const { length } = coveredSegments(segments, coverage)
    must(
      reads.every(({ segment }) => segment < length),
      'PLAN_SEGMENT',
    )
    must(areDeclared(expected.probes, probes), 'PLAN_PROBE')
    must(
      areDeclared(expected.functions, live.show) && areDeclared(expected.exercises, live.run),
      'PLAN_FUNCTION',
    )
  },
)
