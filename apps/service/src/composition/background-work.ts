import type { FastifyBaseLogger } from 'fastify'
import type { Measurements } from '../attestation/measurement/measurements.ts'
import { createBelievedTime } from '../operations/believed-time.ts'
import { sampleDays } from '../provisioning/dry-run/ports.ts'
import type { Sampler } from '../provisioning/dry-run/samples.ts'
import type { FleetCounts } from '../operations/fleet/fleet-counts.ts'
import type { StatsUseCases } from '../operations/fleet/stats.usecases.ts'
import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import type { TraceBuffer } from '../operations/trace-buffer.ts'
import type { AllowUseCases } from '../provisioning/allow.usecases.ts'
import type { BanUseCases } from '../provisioning/bans.usecases.ts'
import type { BuildUseCases } from '../provisioning/builds/builds.usecases.ts'
import type { Uploads } from '../provisioning/builds/upload.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { SharedState } from '../storage/valkey/shared-state.ts'
import { createJobs } from '../system/jobs.ts'
import type { Clock } from '../system/ports.ts'
import type { createOtherNodes } from './other-nodes.ts'
import type { Platform } from './platform.ts'

const second = 1_000
const minute = 60 * second
const hour = 3_600 * second
const day = 24 * hour
/** Milliseconds between two checks of what the nodes share. */
const hearing = second / 2
/** How long (milliseconds), and how many, denials can be looked up. */
const tracesKept = { age: 30 * 24 * hour, number: 100_000 }
/** Milliseconds for which an installation that no longer attests is remembered. */
const installationsKept = 90 * 24 * hour

interface BackgroundWork {
  storage: Pick<
    Storage,
    'database' | 'claimSamples' | 'installations' | 'traces' | 'believedTime' | 'builds' | 'sharing'
  >
  measurements: Pick<Measurements, 'prepare'>
  traces: TraceBuffer
  counts: Pick<FleetCounts, 'flush'>
  stats: Pick<StatsUseCases, 'condense'>
  bans: Pick<BanUseCases, 'prune'>
  allow: Pick<AllowUseCases, 'prune'>
  sampler: Pick<Sampler, 'flush'>
  signingKeys: Pick<SigningKeyUseCases, 'refresh'>
  builds: Pick<BuildUseCases, 'sweep'>
  uploads: Pick<Uploads, 'clear'>
  platform: Pick<Platform, 'refreshStatusList' | 'inquiries'>
  others: ReturnType<typeof createOtherNodes>
  shared: SharedState | undefined
  console: { prune: () => Promise<void> } | undefined
  /** Seconds. */
  epochLength: number
  clock: Clock
  steady: Clock
  log: FastifyBaseLogger
  onMalfunction: (error: unknown) => void
}

/** The work that the service does by itself, from `begin` to `stop`. */
export function createBackgroundWork(work: BackgroundWork) {
  const { storage, traces, counts, shared, others, clock, steady, log, onMalfunction } = work
  const jobs = createJobs(onMalfunction)
  const believedTime = createBelievedTime({ store: storage.believedTime, clock, steady })
  const flushTraces = async () => {
    await traces.flush()
    const dropped = traces.takeDropped()
    if (dropped > 0) log.warn({ dropped }, 'traces dropped')
  }
  const prune = async (signal: AbortSignal) => {
    const doubt = await believedTime.doubt()
    if (doubt !== undefined) {
      log.warn(`${doubt}: nothing old is removed yet`)
      return
    }
    const steps = [
      () => work.stats.condense(),
      () => work.bans.prune(),
      () => storage.claimSamples.prune(Math.floor(clock() / day) - sampleDays),
      () => work.allow.prune(),
      () => storage.installations.prune(clock() - installationsKept, clock(), signal),
      () => work.console?.prune(),
      () => storage.traces.prune(new Date(clock() - tracesKept.age), tracesKept.number, signal),
    ]
    for (const step of steps) if (!signal.aborted) await step()
  }
  return {
    begin() {
      const lead = Math.min(120, work.epochLength / 4)
      jobs.every((lead / 4) * second, (signal) => work.measurements.prepare(lead, signal), 0)
      jobs.every(second, flushTraces)
      jobs.every(minute, () => counts.flush())
      jobs.every(minute, () => work.sampler.flush())
      void believedTime.note().catch(onMalfunction)
      jobs.every(hour, prune, minute)
      if (shared !== undefined) jobs.every(hearing, toldOnce(shared.hear, log))
      jobs.every(minute, () => work.platform.refreshStatusList(), 0)
      jobs.every(2 * second, (signal) => work.platform.inquiries.askDue(signal))
      jobs.every(hour, () => work.signingKeys.refresh())
      const { database, sharing, builds } = storage
      if (database.kind !== 'sqlite') {
        others.begin(jobs)
        database.onChange(() => void others.listen().catch(() => undefined))
      }
      jobs.every(6 * hour, () => work.builds.sweep(), minute)
      if (sharing !== undefined)
        jobs.every(6 * hour, async (signal) => sharing.share(await builds.listBlobs(), signal), 0)
      // Several nodes may share the folder: work under way is younger.
      jobs.every(6 * hour, () => work.uploads.clear(Date.now() - 24 * hour), 0)
    },
    /** Starts nothing more, waits for the step that is running, and writes what is pending. */
    async stop() {
      await jobs.stop()
      await others.leave().catch(onMalfunction)
      await traces.flush().catch(onMalfunction)
      await counts.flush().catch(onMalfunction)
      await work.sampler.flush().catch(onMalfunction)
    },
  }
}

/** The work, whose failures the log reports when they begin and when they end, not each time. */
function toldOnce(work: () => Promise<void>, log: Pick<FastifyBaseLogger, 'error' | 'info'>) {
  let failing = false
  return async (): Promise<void> => {
    try {
      await work()
      if (failing) log.info('Valkey answers again')
      failing = false
    } catch (error) {
      if (!failing) log.error({ err: error }, 'malfunction')
      failing = true
    }
  }
}
