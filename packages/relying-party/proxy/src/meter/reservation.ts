import { AnswerCost } from '../cost/answer-cost.ts'
import type { Reservation } from './meter.ts'
import type { CostRules } from '../cost/cost-rules.ts'

/** How a reservation ended: with a cost in place of the reserved one, or `undefined`: the reserved cost stays. */
export type Settle = (cost: number | undefined) => void

/** The place that a request holds, with `reserved` units; `settle` is called once. */
export function reservation(
  rules: CostRules | undefined,
  headers: Readonly<Record<string, string>>,
  reserved: number,
  settle: Settle,
): Reservation {
  const cost = rules === undefined ? undefined : new AnswerCost(rules)
  let hasEnded = false
  return {
    ok: true,
    headers,
    readsBody: rules?.from.kind === 'body',
    answered: (status, fields) => cost?.answered(status, fields),
    read: (piece) => cost?.read(piece),
    end(how) {
      if (hasEnded) return
      hasEnded = true
      settle(how === 'not_sent' ? 0 : costOf(how, cost?.stated, reserved))
    },
  }
}

/** Whoever leaves once the cost is stated pays no less than it: otherwise leaving then would be a way to pay less. */
function costOf(how: 'complete' | 'cut', stated: number | undefined, reserved: number): number | undefined {
  return how === 'cut' && stated !== undefined && stated <= reserved ? undefined : stated
}
