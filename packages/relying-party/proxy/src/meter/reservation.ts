import { AnswerCost } from '../cost/answer-cost.ts'
import type { Reservation } from './meter.ts'
import type { CostRules } from '../cost/cost-rules.ts'

/** How a reservation ended: with a cost in place of the reserved one, or `undefined`: the reserved cost stays. */
export type Settle = (cost: number | undefined) => void

/** The place that a request holds; `settle` is called once. */
export function reservation(
  rules: CostRules | undefined,
  headers: Readonly<Record<string, string>>,
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
      settle(how === 'complete' ? cost?.stated : how === 'not_sent' ? 0 : undefined)
    },
  }
}
