import type { FastifyInstance } from 'fastify'
import type { Count } from '../attestation/model/sighting.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createFleetCounts, type FleetCounts } from '../operations/fleet/fleet-counts.ts'
import type { FleetStore } from '../operations/fleet/ports.ts'

/** Who is told how each exchange ended; nobody waits for them. */
export interface Observers {
  count: Count
  counts: Pick<FleetCounts, 'flush'>
  /** Serves the numbers for Prometheus, where they are asked for. */
  metricsListener: FastifyInstance | undefined
}

/** How a service is observed. */
export type Observe = (
  fleet: FleetStore,
  config: Pick<CheckedConfig, 'clock' | 'metrics'>,
) => Promise<Observers>

/** Roll-ups in the database, and numbers for Prometheus where there are to be any. */
export const observed: Observe = async (fleet, { clock, metrics: asked }) => {
  const counts = createFleetCounts(fleet, clock)
  // Loaded where they are asked for.
  const metrics = asked === undefined ? undefined : (await import('../http/metrics.ts')).createMetrics()
  return {
    count(sighting) {
      counts.count(sighting)
      metrics?.count(sighting)
    },
    counts,
    metricsListener: metrics?.listener(),
  }
}

/** Tells nobody anything. For measuring what the other observers cost: operators would be blind. */
export const unobserved: Observe = async () => ({
  count: () => undefined,
  counts: { flush: async () => undefined },
  metricsListener: undefined,
})
