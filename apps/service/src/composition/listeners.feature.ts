import type { FastifyInstance } from 'fastify'
import type { Count } from '../attestation/model/counted-attestation.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { Stopping } from '../faults/retryable-error.ts'
import { buildApp, type AppDependencies } from '../http/app.ts'
import { limitGuesses } from '../http/authorisation/authorisation.ts'
import type { FloodLimits } from '../http/limits/flood-limits.ts'
import type { createTickBudget } from '../http/limits/tick-budget.ts'
import type { OperatorDependencies } from '../http/operator-routes.ts'
import { stopListening } from '../http/server.ts'
import type { CountUnserved } from '../http/unserved.ts'
import { createReadiness } from '../operations/readiness.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Random } from '../system/ports.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

type Public = Pick<
  AppDependencies,
  'challenges' | 'attestations' | 'developmentTokens' | 'statusLists' | 'publicUrl'
>

/** What a service must have to serve; `service`: it is not stopping. */
type ServicePart = 'service' | 'database' | 'blobs' | 'builds' | 'valkey'

interface ListenerParts extends Public {
  config: CheckedConfig
  storage: Pick<Storage, 'database' | 'blobs' | 'checkBlobs' | 'sessions'>
  operators: OperatorDependencies
  registrations: Pick<Registrations, 'isOrigin'>
  limits: FloodLimits
  ticks: ReturnType<typeof createTickBudget>
  /** Steps of exchanges that wait for their turn. */
  waiting: () => number
  metrics: FastifyInstance | undefined
  /** Rejects if what the nodes share does not answer; undefined: they share nothing. */
  probeShared: (() => Promise<void>) | undefined
  nonces: Random
  count: Count
  log: Pick<ServiceLog, 'info'>
}

/** A request that was not served, as it is counted. */
const unserved = { build: '', platform: '', outcome: 'unserved', tier: '', evidence: '', policy: '' } as const

/** Where the service listens: for apps, for operators and pipelines (by default at the same address), for the console and for Prometheus. */
export async function composeListeners(parts: ListenerParts) {
  const { config, storage, operators, registrations, limits, ticks, waiting, metrics, nonces, count, log } =
    parts
  const { challenges, attestations, developmentTokens, statusLists, publicUrl } = parts
  const { clock, steady } = config
  let isDraining = false
  const readiness = createReadiness<ServicePart>({
    probes: {
      service: async () => {
        if (isDraining) throw new Stopping()
      },
      database: () => storage.database.ping(clock()),
      blobs: () => storage.blobs.probe(),
      builds: storage.checkBlobs,
      ...(parts.probeShared === undefined ? {} : { valkey: parts.probeShared }),
    },
    clock: steady,
  })
  const common = {
    ...operators,
    ...{ limits, clock },
    random: nonces,
    trustedProxies: config.trustedProxies,
    log: { level: config.logLevel, destination: config.logDestination },
    bodyTime: config.limits.bodyTime,
    connections: config.limits,
    onUnserved: (request: Parameters<CountUnserved>[0]) => count({ ...unserved, ...request }),
    lookUpKey: limitGuesses((secret: string) => operators.apiKeys.authenticate(secret), limits),
  }
  const surface: AppDependencies = {
    ...common,
    ...{ challenges, attestations, developmentTokens, statusLists, publicUrl },
    isOrigin: (origin) => registrations.isOrigin(origin),
    intake: { ready: waiting, mostPerTick: ticks.mostPerTick },
    isReady: () => readiness.isReady(),
  }
  const app = await buildApp(surface, config.admin === undefined ? 'everyone' : 'apps')
  const admin = config.admin && (await buildApp(surface, 'operators'))
  ticks.watch(app.server)
  // Loaded only if there is one: most services have none.
  const console =
    config.console &&
    (await (
      await import('./create-console.ts')
    ).createConsole(config.console, { ...common, sessions: storage.sessions }))
  const listeners = [app, admin, console?.app, metrics].filter((one) => one !== undefined)
  return {
    handlers: { app, admin, console: console?.app, metrics, readiness },
    prune: async () => console?.prune(),
    async drain() {
      isDraining = true
      log.info({}, 'the service stops once the requests under way are answered')
      await Promise.all(listeners.map(stopListening))
    },
  } satisfies Feature
}
