import type { FastifyInstance } from 'fastify'
import type { Count } from '../attestation/model/counted-attestation.ts'
import {
  createUnregisteredBuilds,
  type UnregisteredBuilds,
} from '../attestation/challenge/unregistered-builds.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createFleetCounts, type FleetCounts } from '../operations/fleet/fleet-counts.ts'
import type { ServiceSources } from '../http/metrics/service-gauges.ts'
import { createUserCounts, type UserCounts } from '../operations/users/user-counts.ts'
import type { FleetStore } from '../operations/fleet/ports.ts'
import { createLimitedNetworks, type LimitedNetworks } from '../operations/users/limited-networks.ts'
import {
  createRefusedBuilds,
  type ProvedRefusalStore,
  type RefusedBuilds,
} from '../operations/users/refused-builds.ts'
import type { UserStore } from '../operations/users/ports.ts'
import { serviceVersion } from '../system/version.ts'

/** Observers that learn how each exchange ended; nobody waits for them. */
export interface Counting {
  count: Count
  counts: Pick<FleetCounts, 'flush'>
  userCounts: Pick<UserCounts, 'flush'>
  refusedBuilds: Pick<RefusedBuilds, 'flush' | 'measured'>
  limitedNetworks: Pick<LimitedNetworks, 'count'>
  unregistered: UnregisteredBuilds
  /** Adds what the service knows of itself to the metrics, if enabled. */
  watch: (sources: () => ServiceSources) => void
  /** Serves the metrics for Prometheus, if enabled. */
  metricsListener: FastifyInstance | undefined
}

/** Where counts are kept, and the secret under which users are. */
export interface CountingStores {
  fleet: Pick<FleetStore, 'add'>
  userCounts: Pick<UserStore, 'add'>
  provedRefusals: ProvedRefusalStore
  secrets: { getOrCreate(name: string, make: () => Uint8Array): Promise<Uint8Array> }
}

/** How a service counts, and what it does with the counts. */
export type StartCounting = (
  storage: CountingStores,
  config: Pick<CheckedConfig, 'clock' | 'steady' | 'random' | 'metrics'>,
) => Promise<Counting>

/** Roll-ups in the database, and metrics for Prometheus if enabled. */
export const startCounting: StartCounting = async (storage, { clock, steady, random, metrics: options }) => {
  const counts = createFleetCounts(storage.fleet, clock)
  const secret = await storage.secrets.getOrCreate('installation-counts', () => random(32))
  const userCounts = createUserCounts({ store: storage.userCounts, secret, clock })
  const refusedBuilds = createRefusedBuilds({ store: storage.provedRefusals, secret, clock })
  const limitedNetworks = createLimitedNetworks(steady)
  const unregistered = createUnregisteredBuilds(clock)
  // Loaded only if they are enabled.
  const metrics =
    options === undefined
      ? undefined
      : (await import('../http/metrics.ts')).createMetrics(serviceVersion, unregistered.list)
  return {
    count({ user, network = '', ...counted }) {
      counts.count(counted)
      metrics?.count(counted)
      const { app, outcome, build, tier, code } = counted
      if (outcome === 'unserved') limitedNetworks.unserved(network, code)
      if (user === undefined || (outcome !== 'passed' && outcome !== 'refused')) return
      const { vouchedBy, ...counting } = user
      userCounts.count({ app, outcome, build, tier, code, ...counting })
      refusedBuilds.count({ app, outcome, build, code, vouchedBy, ...counting })
      if (outcome === 'passed' && vouchedBy !== undefined) limitedNetworks.passed(network, vouchedBy)
    },
    ...{ counts, userCounts, refusedBuilds, limitedNetworks },
    unregistered,
    watch: (sources) => metrics?.watch(sources()),
    metricsListener: options && metrics?.listener(options),
  }
}

/** Reports nothing. Only for measuring what the other observers cost: operators would be blind. */
export const notCounting: StartCounting = async () => ({
  count: () => undefined,
  counts: { flush: async () => undefined },
  userCounts: { flush: async () => undefined },
  refusedBuilds: { flush: async () => undefined, measured: () => [] },
  limitedNetworks: { count: () => 0 },
  unregistered: { minutes: 0, named: () => undefined, list: () => [] },
  watch: () => undefined,
  metricsListener: undefined,
})
