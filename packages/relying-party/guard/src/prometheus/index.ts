import { Counter, Gauge, type Registry } from 'prom-client'
import { port } from '../faults/misuse.ts'
import type { ClockOffset } from '../remote/compared-clocks.ts'
import type { Decision } from '../guard/decision.ts'

/** What `decisionCounter` takes. */
export interface DecisionCounterOptions {
  /** The registry (prom-client 14 or later) that your process serves to Prometheus. */
  registry: Registry
}

const name = 'assay_guard_decisions_total'

/** The API chooses the apps that it admits and the tiers are few: no caller can add a series. */
const labelNames = ['app', 'outcome', 'tier', 'code'] as const

/**
 * Counts decisions for Prometheus, as `assay_guard_decisions_total`. Give the result to the guard as `onDecision`, or call it
 * from yours. Guards with one registry count together.
 *
 * - `outcome`: `admitted`, `refused` or `malfunction`: as the guard decides, before a rollout lets a caller through.
 * - `code`: the code of the log; for an admitted request the one with which `enforce` would have refused it, or nothing.
 * - `app` and `tier`: of an admitted app. A refusal has them only where the tier was its reason, because anyone can send the
 *   rest, and a stranger's app would be a series of its own.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `registry` is not one
 */
export function decisionCounter({ registry }: DecisionCounterOptions): (decision: Decision) => void {
  port('registry', registry, ['registerMetric', 'getSingleMetric'])
  const known = registry.getSingleMetric(name) as Counter<(typeof labelNames)[number]> | undefined
  const counter =
    known ??
    new Counter({
      name,
      help: 'Requests by what the guard decided; an admitted one with a code would have been refused under enforce.',
      labelNames,
      registers: [registry],
    })
  return (decision) => counter.inc(labelsOf(decision))
}

const clockName = 'assay_guard_clock_offset_seconds'

/**
 * Shows how far the guard's clock is ahead of the service's, as `assay_guard_clock_offset_seconds`. Give the result to the
 * guard as `onClock`. There is no series before the first answer of the service.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `registry` is not one
 */
export function clockGauge({ registry }: DecisionCounterOptions): (offset: ClockOffset) => void {
  port('registry', registry, ['registerMetric', 'getSingleMetric'])
  const known = registry.getSingleMetric(clockName) as Gauge<string> | undefined
  const gauge =
    known ??
    new Gauge({
      name: clockName,
      help: 'Seconds by which the clock of the guard is ahead of that of the service, by the Date of what it fetched last.',
      // Workers of one proxy have one clock.
      aggregator: 'average',
      registers: [registry],
    })
  // Until the service has answered, nothing is known: 0 would say that both agree.
  if (known === undefined) gauge.remove()
  return ({ seconds }) => gauge.set(seconds)
}

function labelsOf(decision: Decision): Record<(typeof labelNames)[number], string> {
  if (decision.ok) {
    const { app, tier, wouldRefuse } = decision
    return { app, tier, outcome: 'admitted', code: wouldRefuse ?? '' }
  }
  const { kind, code } = decision
  const admitted = kind === 'refused' && code === 'TIER_NOT_ADMITTED' ? decision.attested : null
  return { app: admitted?.app ?? '', tier: admitted?.tier ?? '', outcome: kind, code }
}
