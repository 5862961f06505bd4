import { lengthPrefixed, uint32, utf8, type ProbeAnswer } from '@assay/protocol'
import { declared } from '../declared.ts'
import { markLive } from '../live/mark-live.ts'
import type { ShownFunctions } from '../live/show-functions.ts'
import { must } from '../measurement-error.ts'
import type { Plan } from '../plan/plan.ts'

/**
 * What the response covers besides the reads: LP(probe answers) ‖ u32 count ‖ (LP(name) ‖ LP(SHA-256 of the shown
 * source, empty where the engine shows none)) for each function that the plan asks to show.
 *
 * @throws MeasurementError `PROBE_ANSWERS`, `PLAN_FUNCTION`
 */
export const conclusionOf = /* @__PURE__ */ markLive(
  'assay:live:conclusion',
  function (plan: Plan, probes: Readonly<Record<string, ProbeAnswer>>, shown: ShownFunctions): Uint8Array[] {
    const { show } = plan.live
    const functions = show.flatMap((name) => [
      lengthPrefixed(name),
      lengthPrefixed(shown === 'absent' ? '' : declared(shown, name, 'PLAN_FUNCTION')),
    ])
    return [lengthPrefixed(encodeAnswers(plan, probes)), uint32(show.length), ...functions]
  },
)

/** Names and answers in the plan's order, as JSON in the canonical form of RFC 8785, which `JSON.stringify` gives here. */
function encodeAnswers(plan: Plan, probes: Readonly<Record<string, ProbeAnswer>>): Uint8Array {
  must(Object.keys(probes).length === plan.probes.length, 'PROBE_ANSWERS')
  return utf8(JSON.stringify(plan.probes.map((name) => [name, declared(probes, name, 'PROBE_ANSWERS')])))
}
