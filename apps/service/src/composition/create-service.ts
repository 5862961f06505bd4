import { createPresets, vocabularyOf } from '@assay/appraisal'
import type { AttestationTrace } from '@assay/protocol'
import { installationPseudonym } from '@assay/tokens'
import type { FastifyInstance } from 'fastify'
import { createApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import { buildApp } from '../http/app.ts'
import { createAttestationUseCases } from '../attestation/answer.ts'
import { createLastSeen } from '../provisioning/builds/last-seen.ts'
import { takenFromReader } from '../provisioning/builds/reading/reader-rights.ts'
import { createChallengeKeys } from '../attestation/challenge/challenge-keys.ts'
import { createRegistrations } from '../attestation/registrations/registrations.ts'
import { createCohort, inCohorts, mostTogether } from '../attestation/speed/cohort.ts'
import { limitGuesses } from '../http/authorisation/authorisation.ts'
import { createTurns } from '../http/limits/turns.ts'
import { createFloodLimits } from '../http/limits/flood-limits.ts'
import { createTokenBuckets } from '../http/limits/token-bucket.ts'
import { createMeasurements } from '../attestation/measurement/measurements.ts'
import { createPolicyUseCases } from '../provisioning/policies.usecases.ts'
import { createSigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import { createStatusLists } from '../operations/status-lists.usecases.ts'
import { createPooledRandom } from '../system/random.ts'
import { addressOf, stopListening } from '../http/server.ts'
import { floodQuotas, type CheckedConfig } from '../config/service.config.ts'
import { createOutcomeFeed } from '../operations/outcome-feed.ts'
import { createReadiness } from '../operations/readiness.ts'
import { createTraceBuffer } from '../operations/trace-buffer.ts'
import { createStatsUseCases } from '../operations/fleet/stats.usecases.ts'
import { createBackgroundWork } from './background-work.ts'
import { composeAttestation } from './compose-attestation.ts'
import { composeBuilds } from './compose-builds.ts'
import { composeDevelopment } from './compose-development.ts'
import { composeOperators } from './compose-operators.ts'
import type { Storage } from '../storage/open-storage.ts'
import { observed, type Observe } from './observers.ts'
import { createOtherNodes } from './other-nodes.ts'
import type { SharedState } from '../storage/valkey/shared-state.ts'
import { createPlatform } from './platform.ts'
import { loadTracing } from './tracing/load-tracing.ts'

const second = 1_000
const minute = 60 * second
/** Milliseconds for which registrations stay valid while the store does not confirm them. */
const registrationsOutlast = 15 * minute
/** Traces of refused challenges and unverified reports that are kept per app: their senders have proved nothing yet. */
const refusalsKept = { requests: 10, seconds: 60 }
/** Apps whose share of them is remembered. */
const refusalApps = 10_000

export interface Service {
  app: FastifyInstance
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
  observe?: Observe | undefined
}

/**
 * The composition root: the one place that names concrete formats, stores and timers.
 */
export async function createService(
  config: CheckedConfig,
  storage: Storage,
  { hasPeers, shared, observe = observed }: ServiceParts,
): Promise<Service> {
  const { clock, steady, random, limits, epochLength } = config
  const { apps, builds, blobs, database } = storage
  // Work begins with `begin`, once there is a log in which failures can be reported.
  const onMalfunction = (error: unknown) => app.log.error({ err: error }, 'malfunction')

  const platform = createPlatform({
    vendors: config.vendors,
    apps,
    installations: storage.installations,
    secrets: storage.secrets,
    moreSchemes: config.moreSchemes,
    fetch: config.fetch,
    clock,
    onMalfunction,
  })
  const { schemes } = platform
  const vocabulary = vocabularyOf(schemes.all)
  const registrations = createRegistrations({
    ...storage.registered,
    vocabulary,
    clock,
    steady,
    // Nobody else writes to SQLite.
    heardAt: () => (database.kind === 'sqlite' ? Infinity : others.heardAt()),
    outlast: registrationsOutlast,
  })
  const policies = createPolicyUseCases({
    policies: storage.policies,
    registrations,
    presets: createPresets(schemes.all),
    vocabulary,
    clock,
  })
  const epochKey = await storage.secrets.getOrCreate('epoch', () => random(32))
  const pseudonymSecret = await storage.secrets.getOrCreate('pseudonym', () => random(32))
  const measurements = createMeasurements({
    builds,
    segments: blobs,
    epochKey,
    epochLength,
    clock: steady,
  })
  const nonces = createPooledRandom(random)
  const challengeKeys = shared?.challengeKeys ?? createChallengeKeys({ random, nonces, clock: steady })
  const turns = createTurns(mostTogether)
  const nextTurn = createCohort(turns.inTurn)
  const pace = inCohorts(nextTurn)
  const others = createOtherNodes({
    store: storage.nodes,
    hasPeers,
    onChange: async () => {
      // A node alone has forgotten what it changed, unless it does not know that the change was committed.
      if (hasPeers || (await storage.isInDoubt())) {
        registrations.changed()
        statusLists.changed()
      }
      await signingKeys.refresh()
    },
    steady,
    random,
  })
  const floodLimits = createFloodLimits(floodQuotas(limits), steady, others.nodes)
  const traces = createTraceBuffer(storage.traces)
  const { count, counts, metricsListener } = await observe(storage.fleet, config)
  const tracing = config.tracing && (await loadTracing(config.tracing, onMalfunction))
  const stats = createStatsUseCases({ fleet: storage.fleet, counts, clock })
  const feed = createOutcomeFeed()
  const recordTrace = (trace: AttestationTrace) => {
    traces.record(trace)
    feed.refused(trace)
  }
  const fewPerApp = () => {
    const take = createTokenBuckets(refusalsKept, refusalApps, steady)
    return (app: string) => take(app).allowed
  }
  const mayKeepRefusal = fewPerApp()
  const apiKeys = createApiKeyUseCases({ apiKeys: storage.apiKeys, clock, random })
  const signingKeys = createSigningKeyUseCases({
    signingKeys: storage.signingKeys,
    clock: others.keyClock(clock),
    lease: others.lease,
  })
  const {
    reader,
    uploads,
    useCases: buildUseCases,
  } = await composeBuilds({ config, storage, schemes, registrations, measurements, onMalfunction })
  const pseudonymOf = (...installation: [app: string, audience: string, thumbprint: string]) =>
    installationPseudonym(pseudonymSecret, ...installation)
  let listening: string | undefined
  const publicUrl = (): string => config.publicUrl ?? (listening ??= addressOf(app))
  const statusLists = createStatusLists({
    status: storage.status,
    findApi: async (audience) =>
      (await registrations.isAudience(audience)) ? registrations.findApi(audience) : undefined,
    pseudonymOf,
    signingKey: () => signingKeys.signing(),
    publicUrl,
    clock,
  })
  // Keys follow the time of the database if there are several nodes.
  await others.listen()
  const { attest, challenges, dryRun, usedChallenges } = await composeAttestation({
    config,
    storage,
    shared,
    platform: platform.verifier,
    vocabulary,
    registrations,
    policies,
    measurements,
    signingKeys,
    challengeKeys,
    limits: floodLimits,
    checkHearing: others.checkHearing,
    pseudonymOf,
    publicUrl,
    tracing,
    pace,
    count,
    recordTrace,
    mayKeepRefusal,
    mayKeepHearsay: fewPerApp(),
  })

  const development = composeDevelopment({
    storage,
    signingKeys,
    registrations,
    pseudonymOf,
    publicUrl,
    count,
    recordTrace,
    mayKeep: mayKeepRefusal,
    clock,
    steady,
    random: nonces,
    secretRandom: random,
  })

  let closing = false
  const isOpen = async () => {
    if (closing) throw new Error('the service is stopping')
  }
  const operators = composeOperators({
    config,
    storage,
    platform,
    registrations,
    pseudonymOf,
    publicUrl,
    caches: () => [usedChallenges(), ...measurements.fill()],
    apiKeys,
    builds: buildUseCases,
    developmentSecrets: development.secrets,
    policies,
    signingKeys: development.signingKeys,
    traces,
    stats,
    dryRun: dryRun.useCases,
    outcomes: feed,
  })
  const listener = {
    trustedProxies: config.trustedProxies,
    random: nonces,
    log: { level: config.logLevel, destination: config.logDestination },
    bodyTime: limits.bodyTime,
    connections: limits,
    clock,
  }
  const lookUpKey = limitGuesses((secret: string) => apiKeys.authenticate(secret), floodLimits)
  const noteBuild = createLastSeen({ builds, clock, onMalfunction })
  const app: FastifyInstance = await buildApp({
    ...operators,
    ...listener,
    lookUpKey,
    challenges: { issue: nextTurn.request(challenges.issue) },
    developmentTokens: development.tokens,
    attestations: createAttestationUseCases({
      attest: nextTurn.request(attest),
      recordTrace,
      count,
      elapsed: () => performance.now(),
      mayKeepUnsigned: fewPerApp(),
      mayKeepRepeat: fewPerApp(),
      mayKeepMustEnrol: fewPerApp(),
      onSeen: (about, trace) => {
        noteBuild(about)
        feed.passed({ trace, at: new Date(clock()).toISOString(), ...about })
      },
      clock: shared?.clock ?? clock,
    }),
    statusLists,
    isOrigin: (origin) => registrations.isOrigin(origin),
    entry: { ready: nextTurn.waiting, inTurn: turns.inTurn },
    limits: floodLimits,
    isReady: createReadiness({
      probes: [
        isOpen,
        () => database.ping(clock()),
        () => blobs.probe(),
        storage.checkBlobs,
        ...(shared === undefined ? [] : [shared.hear]),
      ],
      clock: steady,
    }),
    publicUrl,
  })
  // Loaded only if there is one: most services have none.
  const console =
    config.console === undefined
      ? undefined
      : await (
          await import('./create-console.ts')
        ).createConsole(config.console, {
          ...operators,
          ...listener,
          lookUpKey,
          sessions: storage.sessions,
          limits: floodLimits,
        })

  turns.watch(app.server)
  app.log.info(takenFromReader, 'the build reader is started without these')
  const background = createBackgroundWork({
    storage,
    measurements,
    traces,
    counts,
    stats,
    bans: operators.bans,
    allow: operators.allow,
    sampler: dryRun.sampler,
    signingKeys,
    builds: buildUseCases,
    uploads,
    platform,
    others,
    shared,
    console,
    epochLength,
    clock,
    steady,
    log: app.log,
    onMalfunction,
  })

  let closed: Promise<void> | undefined
  const closeAll = async () => {
    closing = true
    const listeners = [app, console?.app, metricsListener].filter((one) => one !== undefined)
    await Promise.all(listeners.map(stopListening))
    // A sweep waits for the build that is being read.
    await Promise.all([background.stop(), reader.close()])
    await tracing?.close()
    shared?.close()
    blobs.close()
    await database.close()
  }
  const close = () => (closed ??= closeAll())

  return {
    app,
    console: console?.app,
    metrics: metricsListener,
    begin: background.begin,
    async giveWay() {
      app.log.fatal('another process is at work on the database: this one stops')
      await close()
    },
    close,
  }
}
