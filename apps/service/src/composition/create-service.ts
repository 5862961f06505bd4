import type { FastifyInstance } from 'fastify'
import { mostTogether } from '../attestation/speed/lockstep.ts'
import { floodQuotas, type CheckedConfig } from '../config/service.config.ts'
import { createFloodLimits } from '../http/limits/flood-limits.ts'
import { createTickBudget } from '../http/limits/tick-budget.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { SharedState } from '../storage/valkey/shared-state.ts'
import { createPooledRandom } from '../system/random.ts'
import { composeAttestation } from './attestation.feature.ts'
import { composeAudit } from './audit.feature.ts'
import { composeBuildReader, composeBuilds } from './builds.feature.ts'
import { createChanges } from './changes.ts'
import { composeDevelopment } from './development.feature.ts'
import { composeDryRun } from './dry-run.feature.ts'
import { composeEvidence } from './evidence.feature.ts'
import { createLifecycle, type Feature } from './feature.ts'
import { composeListeners } from './listeners.feature.ts'
import { composeMeasurements } from './measurements.feature.ts'
import { composeNodes } from './nodes.feature.ts'
import { startCounting, type StartCounting } from './counting.ts'
import { composeOperators } from './operators.feature.ts'
import { composeOutcomes } from './outcomes.feature.ts'
import { composePruning } from './pruning.feature.ts'
import { expiringAnchors } from './product-schemes.ts'
import { createPublicUrl } from './public-url.ts'
import { composeReferences } from './references.feature.ts'
import { composeRegistrations } from './registrations.feature.ts'
import { createServiceLog } from './service-log.ts'
import { serviceVersion } from '../system/version.ts'
import { composeSharedState } from './shared-state.feature.ts'
import { composeSigning } from './signing.feature.ts'
import { composeStore } from './store.feature.ts'

export interface Service {
  app: FastifyInstance
  /** The routes of operators, where they have a listener of their own. */
  admin: FastifyInstance | undefined
  /** The console, where there is one. */
  console: FastifyInstance | undefined
  /** The metrics for Prometheus, if enabled. */
  metrics: FastifyInstance | undefined
  /** Starts the background work. */
  begin(): void
  /** Called when another process has taken the database: reports it, and closes. */
  giveWay(): Promise<void>
  /** Lets requests under way finish, writes what is pending, and closes everything. */
  close(): Promise<void>
}

export interface ServiceParts {
  /** Whether other nodes may serve from the same database. */
  hasPeers: boolean
  /** Short-lived state shared by all nodes; undefined: this process keeps its own. */
  shared?: SharedState | undefined
  counting?: StartCounting | undefined
}

/** The composition root: features in the order in which they need each other, then in the order of their closing. */
export async function createService(
  config: CheckedConfig,
  storage: Storage,
  { hasPeers, shared, counting = startCounting }: ServiceParts,
): Promise<Service> {
  const log = createServiceLog()
  const onMalfunction = (error: unknown) => log.error({ err: error }, 'malfunction')
  const changes = createChanges()
  const address = createPublicUrl(config.publicUrl)
  const ticks = createTickBudget(mostTogether)
  const nonces = createPooledRandom(config.random)
  const given = { config, storage, nonces, onMalfunction, log, changes, publicUrl: address.url }

  const store = composeStore(storage, log)
  const sharedState = composeSharedState(shared, log)
  const nodes = composeNodes({ ...given, hasPeers })
  const limits = createFloodLimits(floodQuotas(config.limits), config.steady, nodes.handlers.count)
  const evidence = composeEvidence(given)
  const registered = await composeRegistrations({ ...given, ...evidence.handlers, nodes: nodes.handlers })
  const known = { ...given, ...evidence.handlers, ...registered.handlers }
  const measuring = await composeMeasurements(given)
  const measurements = measuring.handlers
  const outcomes = await composeOutcomes({ ...given, counting, shared })
  const audit = composeAudit({ ...given, outcomes: outcomes.handlers })
  const mayKeepRefusal = outcomes.handlers.fewPerApp()
  const reader = composeBuildReader(given)
  const builds = await composeBuilds({ ...known, reader: reader.handlers, measurements })
  const signing = composeSigning({ ...known, nodes: nodes.handlers })
  const { signingKeys, statusLists } = signing.handlers
  // Whoever follows changes does so by now: this reads the keys, by the time of the database if there are several nodes.
  await nodes.handlers.look()
  const dryRun = await composeDryRun(known)
  const references = await composeReferences(given)
  const attestation = await composeAttestation({
    ...{ ...known, shared, measurements, signingKeys, limits, mayKeepRefusal },
    outcomes: outcomes.handlers,
    references: references.handlers,
    checkUpToDate: nodes.handlers.checkUpToDate,
    sample: dryRun.handlers.take,
    onSeen: builds.handlers.recordSeen,
    mostPerTick: ticks.mostPerTick,
  })
  const forDevelopment = { ...known, ...outcomes.handlers, signingKeys, mayKeep: mayKeepRefusal }
  const development = composeDevelopment(forDevelopment)
  const operators = composeOperators({
    ...{ ...known, ...outcomes.handlers, outcomes: outcomes.handlers.feed },
    builds: builds.handlers.useCases,
    developmentSecrets: development.handlers.secrets,
    signingKeys: development.handlers.signingKeys,
    dryRun: dryRun.handlers.useCases,
    rankOf: dryRun.handlers.rankOf,
    flushSamples: dryRun.handlers.flush,
    references: references.handlers,
    nodes: nodes.handlers.count,
    othersWrite: nodes.handlers.othersWrite,
    statusLists: () => statusLists.sizes(),
    vendorLists: evidence.handlers.vendorLists,
    caches: () => [attestation.handlers.usedChallenges(), ...measurements.fill()],
  })
  const listeners = await composeListeners({
    ...{ ...known, ...attestation.handlers, ...outcomes.handlers, statusLists, limits, ticks },
    operators: operators.handlers,
    developmentTokens: development.handlers.tokens,
    probeShared: shared?.refresh,
  })
  const { readiness, ...listening } = listeners.handlers
  address.listensAt(listening.app)
  outcomes.handlers.watch(() => ({
    parts: readiness.parts,
    signsUntil: signingKeys.signsUntil,
    anchors: expiringAnchors(config.vendors),
    lastBackup: storage.lastBackup,
    auditBrokenAt: audit.handlers.brokenAt,
    vendorLists: evidence.handlers.vendorLists,
    live: outcomes.handlers.feed.counts,
    letThroughs: operators.handlers.letThroughs,
    installations: outcomes.handlers.users.measured,
    clockOffset: nodes.handlers.clockOffset,
    limitedNetworks: outcomes.handlers.limitedNetworks.count,
    refusedBuilds: outcomes.handlers.refusedBuilds.measured,
    stores: {
      database: storage.onDatabaseTime,
      ...(shared === undefined ? {} : { valkey: shared.valkey.onTime }),
    },
  }))
  // What an installation has left at another node is written before one forgets it.
  changes.follow(({ isOwn }) => {
    if (isOwn) return
    const held = [outcomes.handlers.traces, references.handlers.notes, dryRun.handlers]
    void Promise.all(held.map((each) => each.flush())).catch(onMalfunction)
  })
  log.writeTo(listening.app.log)
  log.info({ version: serviceVersion }, 'the service is put together')

  // A sweep waits for the build that is being read: the reader ends before it. The store outlasts all others.
  const working = [
    listeners,
    reader,
    builds,
    measuring,
    evidence,
    signing,
    nodes,
    audit,
    outcomes,
    references,
  ]
  const features: Feature[] = [...working, dryRun, registered, attestation, development, operators]
  const pruning = composePruning({ ...given, features })
  const { begin, close } = createLifecycle([...features, pruning, sharedState, store], onMalfunction)
  const giveWay = async () => {
    log.fatal({}, 'another process is at work on the database: this one stops')
    await close()
  }
  return { ...listening, begin, giveWay, close }
}
