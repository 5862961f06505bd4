import type { RecordedTrace } from '../system/recorded-trace.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createTokenBuckets } from '../http/limits/token-bucket.ts'
import { createStatsUseCases } from '../operations/fleet/stats.usecases.ts'
import { createUserUseCases } from '../operations/users/users.usecases.ts'
import { createOutcomeFeed, lookEvery } from '../operations/outcome-feed.ts'
import { createTraceBuffer } from '../operations/trace-buffer.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { StartCounting } from './counting.ts'
import type { ServiceLog } from './service-log.ts'
import { reportedOnce } from './shared-state.feature.ts'
import { loadTracing } from './tracing/load-tracing.ts'

const second = 1_000
const minute = 60 * second
/** Milliseconds after which an alert learns of a build that refuses its users. */
const refusalsEvery = 15 * second
/** How long (milliseconds), and how many, refusals can be looked up. */
const tracesKept = { age: 30 * 24 * 60 * minute, number: 100_000 }
/** Traces of refused challenges and unverified reports that are kept per app: their senders have proved nothing yet. */
const refusalsKept = { requests: 10, seconds: 60 }
/** Apps whose share of them is remembered. */
const refusalApps = 10_000

/** Refusals of all nodes that viewers' nodes read at a time. */
const mostRead = 200
/** For the log. */
const words = 'live refusals of other nodes are shown again'

interface OutcomesParts {
  config: Pick<CheckedConfig, 'clock' | 'steady' | 'random' | 'metrics' | 'tracing'>
  storage: Pick<Storage, 'traces' | 'fleet' | 'userCounts' | 'provedRefusals' | 'secrets'>
  counting: StartCounting
  /** Undefined: there are no other nodes. */
  shared: object | undefined
  log: Pick<ServiceLog, 'error' | 'info' | 'warn'>
  onMalfunction: (error: unknown) => void
}

export type Outcomes = Awaited<ReturnType<typeof composeOutcomes>>['handlers']

/** How exchanges ended, for operators: traces, counts, the live feed, metrics and spans. No exchange waits for it. */
export async function composeOutcomes(parts: OutcomesParts) {
  const { config, storage, counting, shared, log, onMalfunction } = parts
  const { clock, steady } = config
  const traces = createTraceBuffer(storage.traces)
  const counted = await counting(storage, config)
  const { count, counts, userCounts, refusedBuilds, limitedNetworks, unregistered, watch, metricsListener } =
    counted
  const tracing = config.tracing && (await loadTracing(config.tracing, onMalfunction))
  const stats = createStatsUseCases({ fleet: storage.fleet, counts, clock })
  const users = createUserUseCases({ store: storage.userCounts, counts: userCounts, clock })
  const feed = createOutcomeFeed(
    shared && {
      refusals: (since) => storage.traces.list({ since }, { after: undefined, limit: mostRead }),
      clock,
    },
  )
  const flushTraces = async () => {
    await traces.flush()
    const dropped = traces.takeDropped()
    if (dropped > 0) log.warn({ dropped }, 'traces dropped')
  }
  return {
    handlers: {
      ...{ traces, stats, users, refusedBuilds, limitedNetworks, count, unregistered, watch, tracing, feed },
      metrics: metricsListener,
      recordTrace(trace: RecordedTrace): void {
        traces.record(trace)
        feed.refused(trace)
      },
      /** A share of each app, for traces that anybody could cause. */
      fewPerApp() {
        const take = createTokenBuckets(refusalsKept, refusalApps, steady)
        return (app: string): boolean => take(app).allowed
      },
    },
    jobs: [
      { every: second, work: flushTraces },
      ...(shared === undefined ? [] : [{ every: lookEvery, work: reportedOnce(feed.look, log, words) }]),
      { every: minute, work: () => counts.flush() },
      { every: minute, work: () => userCounts.flush().then(users.measure) },
      { every: refusalsEvery, work: refusedBuilds.flush },
    ],
    async prune(signal: AbortSignal) {
      await stats.condense()
      await users.condense()
      await storage.traces.prune(new Date(clock() - tracesKept.age), tracesKept.number, signal)
    },
    async close() {
      await traces.flush().catch(onMalfunction)
      await counts.flush().catch(onMalfunction)
      await userCounts.flush().catch(onMalfunction)
      await tracing?.close()
    },
  } satisfies Feature
}
