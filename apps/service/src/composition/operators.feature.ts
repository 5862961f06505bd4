import type { CacheFill, StatusListSize, VendorList } from '@assay/protocol/schemas'
import type { SchemeRegistry } from '@assay/evidence'
import type { PseudonymOf } from '../attestation/issue.ts'
import type { UnregisteredBuilds } from '../attestation/challenge/unregistered-builds.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { settingsOf, type CheckedConfig } from '../config/service.config.ts'
import { createLargeRequests } from '../http/limits/large-requests.ts'
import { createStreamPlaces } from '../http/limits/stream-places.ts'
import type { OperatorDependencies } from '../http/operator-routes.ts'
import { createAuditUseCases } from '../operations/audit/audit.usecases.ts'
import { createRefusedActs } from '../operations/audit/refused-acts.ts'
import { createAuditVerification } from '../operations/audit/verification.ts'
import { createUnregisteredBuildUseCases } from '../operations/fleet/unregistered-builds.usecases.ts'
import { createRolloutUseCases } from '../operations/users/rollout.usecases.ts'
import type { UserUseCases } from '../operations/users/users.usecases.ts'
import { createDoctorUseCases } from '../operations/doctor.usecases.ts'
import { createHealth } from '../operations/health.ts'
import { createTraceSummary } from '../operations/trace-summary.ts'
import { createAllowUseCases } from '../provisioning/allow.usecases.ts'
import { createApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import { createApiUseCases } from '../provisioning/apis.usecases.ts'
import { createAppUseCases } from '../provisioning/apps.usecases.ts'
import { createBootKeyUseCases } from '../provisioning/boot-keys.usecases.ts'
import { createBanUseCases } from '../provisioning/bans.usecases.ts'
import { createSearchUseCases } from '../provisioning/search/search.usecases.ts'
import { createInstallationUseCases } from '../provisioning/installations/installations.usecases.ts'
import type { LetThroughCounts } from '../provisioning/model/ports.ts'
import type { VouchingKeyId } from '../attestation/model/installation.ts'
import type { PlatformVerifier } from '../attestation/evidence/platform-evidence.ts'
import type { TraceBuffer } from '../operations/trace-buffer.ts'
import type { References } from './references.feature.ts'
import { apisOf, buildsOf, every } from './of-app.ts'
import type { Storage } from '../storage/open-storage.ts'
import { kindsOf } from './evidence.feature.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

const minute = 60_000
const day = 24 * 60 * minute
/** APIs that the summary of a trace names. */
const mostApis = 100

/** What is made here, from what the others provide. */
type Made =
  | 'apps'
  | 'apis'
  | 'apiKeys'
  | 'bans'
  | 'bootKeys'
  | 'installations'
  | 'summarise'
  | 'search'
  | 'allow'
  | 'audit'
  | 'refusedActs'
  | 'actors'
  | 'doctor'
  | 'rollouts'
  | 'unregisteredBuilds'
  | 'streams'
  | 'large'
  | 'largestBuild'

interface OperatorParts extends Omit<OperatorDependencies, Made | 'traces'> {
  traces: TraceBuffer
  users: UserUseCases
  platform: PlatformVerifier
  references: References
  /** The rank of an installation among the samples of claims. */
  rankOf: (app: string, key: string) => number
  /** Writes the samples that this node still holds. */
  flushSamples: () => Promise<void>
  config: CheckedConfig
  storage: Storage
  schemes: SchemeRegistry
  registrations: Registrations
  pseudonymOf: PseudonymOf
  publicUrl: () => string
  caches: () => CacheFill[]
  /** Builds that devices named and that were not registered. */
  unregistered: UnregisteredBuilds
  log: Pick<ServiceLog, 'error'>
  onMalfunction: (error: unknown) => void
  /** Nodes that serve. */
  nodes: () => number
  /** Resolves when other nodes have written what they held. */
  othersWrite: () => Promise<void>
  statusLists: () => StatusListSize[]
  vendorLists: () => VendorList[]
}

/** What operators and release pipelines use, and what support has let through today, as of the last minute. */
export function composeOperators(
  parts: OperatorParts,
): Feature<OperatorDependencies & { letThroughs: () => LetThroughCounts }> {
  const { config, storage, schemes, registrations, pseudonymOf, publicUrl, caches, statusLists } = parts
  const { log, onMalfunction } = parts
  const { builds, developmentSecrets, policies, dryRun, signingKeys, traces, stats, users, outcomes } = parts
  const { clock, steady, random, limits, dataFolder } = config
  const { apps, apis, database } = storage
  const { all, settings: evidence } = schemes
  const listed = {
    apps,
    findApi: (audience: string) => apis.find(audience),
    registrations,
    pseudonymOf,
    actor: () => storage.actors.current(),
    random,
    clock,
  }
  const shared = new Set(
    all.flatMap(({ vouchingKeys }) => vouchingKeys.flatMap(({ kind, isShared }) => (isShared ? [kind] : []))),
  )
  const isShared = ({ kind }: VouchingKeyId) => shared.has(kind)
  const bans = createBanUseCases({
    ...listed,
    bans: storage.bans,
    installations: storage.installations,
    isShared,
  })
  const allow = createAllowUseCases({ ...listed, entries: storage.allowEntries })
  const installations = createInstallationUseCases({
    ...{ ...listed, isShared },
    ...{ bans: storage.bans, entries: storage.allowEntries, allowEntries: storage.allowEntries },
    known: storage.knownInstallations,
    installations: storage.installations,
    buildsOf: async (app, versionCode) =>
      (await buildsOf(storage)(app)).filter((build) => build.version_code === versionCode),
    apisOf: apisOf(storage),
    findTrace: (trace) => traces.find(trace),
    platform: parts.platform,
    referenceOf: parts.references.referenceOf,
    rankOf: parts.rankOf,
    beforeForget: async (...installation) => {
      await parts.othersWrite()
      parts.references.notes.forget(...installation)
      await parts.flushSamples()
    },
    flush: async () => {
      await Promise.all([traces.flush(), parts.references.notes.flush()])
    },
  })
  const verification = createAuditVerification({
    audit: storage.audit,
    clock,
    onFault: (fault) => log.error(fault, 'the audit log is not whole'),
  })
  const refusedActs = createRefusedActs({
    record: ({ key, name, act, since, until, ...rest }) =>
      storage.actors.as({ key, name }, () =>
        storage.record('act.refused', act, {
          ...rest,
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
        }),
      ),
    clock,
    onMalfunction,
  })
  let letThroughs: LetThroughCounts = { all: 0, most: 0 }
  const countLetThroughs = async () => {
    letThroughs = await storage.allowEntries.countLetThroughs(clock())
  }
  const handlers: OperatorDependencies = {
    ...{ schemes, bans, installations, allow, builds, developmentSecrets, policies, dryRun, signingKeys },
    ...{ traces, stats, users, outcomes },
    search: createSearchUseCases({
      apps: () =>
        every(
          (page) => apps.list(page),
          ({ id }) => id,
        ),
      audiencesOf: async (app) => (await apisOf(storage)(app)).map(({ audience }) => audience),
      findTrace: (trace) => traces.find(trace),
      findInstallations: async (app, query) => (await installations.find(app, query)).installations,
      findBuild: (app, id) => storage.builds.findSummary(app, id),
    }),
    summarise: createTraceSummary({
      stats: (query) => stats.stats(query),
      findBuild: (app, build) => storage.builds.findSummary(app, build),
      activity: storage.activity,
      apisOf: apisOf(storage, mostApis),
      clock,
    }),
    rollouts: createRolloutUseCases({
      users,
      findApp: (app) => apps.find(app),
      buildsOf: buildsOf(storage),
      apisOf: apisOf(storage),
      clock,
    }),
    apps: createAppUseCases({
      apps,
      installations: storage.installations,
      forgetReferences: async (app) => {
        await traces.flush()
        await parts.references.forgetOf(app)
      },
      registrations,
      clock,
      secrets: storage.appSecrets,
      evidence,
      onAdded: (app) => builds.expect(app.platform),
    }),
    apis: createApiUseCases({ apis, registrations, clock }),
    bootKeys: createBootKeyUseCases({ bootKeys: storage.bootKeys, registrations, clock }),
    apiKeys: createApiKeyUseCases({ apiKeys: storage.apiKeys, clock, random }),
    audit: createAuditUseCases(storage.audit, verification),
    refusedActs,
    actors: storage.actors,
    doctor: createDoctorUseCases({
      apps,
      evidence,
      activity: storage.activity,
      kindsOf: (name) => kindsOf(all, name),
      settings: () => ({ ...settingsOf(config, database.kind), public_url: publicUrl() }),
      health: createHealth({
        ping: () => database.ping(clock()),
        folder: dataFolder,
        timeouts: storage.recentFaults,
        caches,
        statusLists,
        vendorLists: parts.vendorLists,
        steady,
      }),
      clock,
    }),
    unregisteredBuilds: createUnregisteredBuildUseCases({
      counted: parts.unregistered,
      registrations,
      nodes: parts.nodes,
    }),
    streams: createStreamPlaces(),
    large: createLargeRequests(),
    largestBuild: limits.buildSize,
  }
  return {
    handlers: { ...handlers, letThroughs: () => letThroughs },
    jobs: [
      { every: minute, first: 0, work: countLetThroughs },
      { every: day, first: 10 * minute, work: verification.runAll },
      { every: minute, work: refusedActs.flush },
    ],
    async close() {
      await refusedActs.close()
      await verification.close()
    },
    async prune(signal) {
      await bans.prune()
      if (!signal.aborted) await allow.prune()
    },
  }
}
