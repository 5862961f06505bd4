import { lengthPrefixed, uint32, type ProbeAnswer } from '@assay/protocol'
import { markLive } from '../live/mark-live.ts'
import type { ShownFunctions } from '../live/show-functions.ts'
import type { Plan } from '../plan/plan.ts'

/**
 * What the response covers besides the reads: LP(probe answers) ‖ u32 count ‖ (LP(name) ‖ LP(SHA-256 of the shown
 * source, empty if the engine shows none)) for each function that the plan asks to show.
 *
 * The caller must ensure that there is an answer for each probe, and a digest for each function.
 */
export const conclusionOf = /* @__PURE__ */ markLive(
  'assay:live:conclusion',
  function (plan: Plan, probes: Readonly<Record<string, ProbeAnswer>>, shown: ShownFunctions): Uint8Array[] {
    const { show } = plan.live
    const functions = show.flatMap((name) => [
      lengthPrefixed(name),
      lengthPrefixed(shown === 'absent' ? '' : (shown[name] as Uint8Array)),
    ])
    // Names and answers in the plan's order, as JSON in the canonical form of RFC 8785, which `JSON.stringify` gives
    // here.
    const answers = JSON.stringify(plan.probes.map((name) => [name, probes[name]]))
    return [lengthPrefixed(answers), uint32(show.length), ...functions]
  },
)
