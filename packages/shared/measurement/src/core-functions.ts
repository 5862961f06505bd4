import { checkPlanFits } from './plan/check-plan-fits.ts'
import { parsePlan } from './plan/parse-plan.ts'
import { asAnswer } from './probes/probe.ts'
import { conclusionOf } from './response/conclusion.ts'
import { start } from './response/fold.ts'
import { liveFunctions, type LiveFunction } from './live/mark-live.ts'
import { sourceOf } from './live/show-functions.ts'

/** The live functions of this package, which an SDK declares together with its own. */
export const coreFunctions: Readonly<Record<string, LiveFunction>> = /* @__PURE__ */ liveFunctions(
  parsePlan,
  checkPlanFits,
  conclusionOf,
  start,
  sourceOf,
  asAnswer,
)
