import { AnswerCost } from '../cost/answer-cost.ts'
import type { Reserved } from '../cost/reserved-cost.ts'
import type { Reservation } from './meter.ts'
import type { CostRules } from '../cost/cost-rules.ts'

/** A reservation ended, with this cost in place of the reserved one. */
export type Settle = (cost: number) => void

/** The place that a request holds, with what is `reserved`; `settle` is called once. */
export function reservation(
  rules: CostRules | undefined,
  headers: Readonly<Record<string, string>>,
  reserved: Reserved,
  settle: Settle,
): Reservation {
  const cost = rules === undefined ? undefined : new AnswerCost(rules)
  let charged: number | undefined
  return {
    ok: true,
    headers,
    readsBody: rules?.from.kind === 'body',
    answered: (status, fields) => cost?.answered(status, fields),
    read: (piece) => cost?.read(piece),
    end(how) {
      if (charged !== undefined) return charged
      charged = how === 'not_sent' ? 0 : costOf(how, cost, reserved)
      settle(charged)
      return charged
    },
  }
}

/**
 * A caller who leaves once the cost is stated pays no less than what was reserved: otherwise leaving then would be a way to pay
 * less. Only the input is settled by what was stated of it: no output that follows changes that.
 */
function costOf(how: 'complete' | 'cut', cost: AnswerCost | undefined, { units, input }: Reserved): number {
  const stated = cost?.stated
  if (how === 'complete') return stated ?? units
  const statedInput = cost?.statedInput
  const left = statedInput === undefined ? units : units - input + statedInput
  return Math.max(left, stated ?? 0)
}
