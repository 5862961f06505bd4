import type { FastifyInstance } from 'fastify'
import type { SchemeRegistry } from '@assay/evidence'
import type { RefusedActs } from '../operations/audit/refused-acts.ts'
import type { AuditUseCases } from '../operations/audit/audit.usecases.ts'
import type { Actors } from '../system/actor.ts'
import type { StatsUseCases } from '../operations/fleet/stats.usecases.ts'
import type { RolloutUseCases } from '../operations/users/rollout.usecases.ts'
import type { UserUseCases } from '../operations/users/users.usecases.ts'
import type { DoctorUseCases } from '../operations/doctor.usecases.ts'
import type { UnregisteredBuildUseCases } from '../operations/fleet/unregistered-builds.usecases.ts'
import type { OutcomeFeed } from '../operations/outcome-feed.ts'
import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import type { TraceBuffer } from '../operations/trace-buffer.ts'
import type { SummariseTrace } from '../operations/trace-summary.ts'
import type { ApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import type { ApiUseCases } from '../provisioning/apis.usecases.ts'
import type { AppUseCases } from '../provisioning/apps.usecases.ts'
import type { AllowUseCases } from '../provisioning/allow.usecases.ts'
import type { InstallationUseCases } from '../provisioning/installations/installations.usecases.ts'
import type { BanUseCases } from '../provisioning/bans.usecases.ts'
import type { BootKeyUseCases } from '../provisioning/boot-keys.usecases.ts'
import type { BuildUseCases } from '../provisioning/builds/builds.usecases.ts'
import type { DevelopmentSecretUseCases } from '../provisioning/development-secrets.usecases.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { SearchUseCases } from '../provisioning/search/search.usecases.ts'
import type { Authorisation } from './authorisation/authorisation.ts'
import type { LargeRequests } from './limits/large-requests.ts'
import type { StreamPlaces } from './limits/stream-places.ts'
import { registerAuditRoutes } from './routes/audit.routes.ts'
import { registerApiKeyRoutes } from './routes/api-keys.routes.ts'
import { registerApiRoutes } from './routes/apis.routes.ts'
import { registerAppRoutes } from './routes/apps.routes.ts'
import { registerAllowRoutes } from './routes/allow.routes.ts'
import { registerInstallationRoutes } from './routes/installations.routes.ts'
import { registerBanRoutes } from './routes/bans.routes.ts'
import { registerBootKeyRoutes } from './routes/boot-keys.routes.ts'
import { registerBuildRoutes } from './routes/builds.routes.ts'
import { registerDevelopmentSecretRoutes } from './routes/development.routes.ts'
import { registerDoctorRoutes } from './routes/doctor.routes.ts'
import { registerSigningKeyRoutes } from './routes/keys.routes.ts'
import { registerOutcomeRoutes } from './routes/outcomes.routes.ts'
import { registerPolicyRoutes } from './routes/policies.routes.ts'
import { registerDryRunRoutes } from './routes/dry-run.routes.ts'
import type { DryRunUseCases } from '../provisioning/dry-run/dry-run.usecases.ts'
import { registerSearchRoutes } from './routes/search.routes.ts'
import { registerStatsRoutes } from './routes/stats.routes.ts'
import { registerInstallationStatsRoutes } from './routes/installation-stats.routes.ts'
import { registerUnregisteredBuildRoutes } from './routes/unregistered-builds.routes.ts'
import { registerTraceRoutes } from './routes/traces.routes.ts'

/** What operators and release pipelines use. */
export interface OperatorDependencies {
  apps: AppUseCases
  /** The schemes of evidence that the service accepts. */
  schemes: SchemeRegistry
  apis: ApiUseCases
  apiKeys: ApiKeyUseCases
  bans: BanUseCases
  installations: InstallationUseCases
  allow: AllowUseCases
  builds: BuildUseCases
  developmentSecrets: DevelopmentSecretUseCases
  policies: PolicyUseCases
  bootKeys: BootKeyUseCases
  doctor: DoctorUseCases
  dryRun: DryRunUseCases
  signingKeys: SigningKeyUseCases
  traces: Pick<TraceBuffer, 'find' | 'list'>
  summarise: SummariseTrace
  search: SearchUseCases
  stats: Pick<StatsUseCases, 'stats'>
  users: Pick<UserUseCases, 'installations'>
  rollouts: RolloutUseCases
  unregisteredBuilds: UnregisteredBuildUseCases
  outcomes: OutcomeFeed
  streams: StreamPlaces
  /** Of all listeners. */
  large: LargeRequests
  audit: AuditUseCases
  refusedActs: Pick<RefusedActs, 'refuse'>
  /** Knows on whose behalf the code runs. */
  actors: Actors
  /** Bytes of a file to register. */
  largestBuild: number
}

/** The routes of operators and pipelines: for API keys at the service's address, for sessions at that of the console. */
export function registerOperatorRoutes(
  scope: FastifyInstance,
  dependencies: OperatorDependencies,
  authorisation: Authorisation,
): void {
  const { apps, schemes, apis, policies, builds, largestBuild, actors, large, refusedActs } = dependencies
  scope.addHook('onSend', async ({ apiKey, method, routeOptions }, { statusCode }) => {
    if (statusCode !== 403 || apiKey === null) return
    const { id: key, name, scope } = apiKey
    const act = routeOptions.config.endpoint?.route ?? `${method} ${routeOptions.url ?? ''}`
    await refusedActs.refuse({ key, name, scope, act })
  })
  scope.addHook('onRoute', (route) => {
    const { handler } = route
    const isLarge = route.config?.endpoint?.isLarge === true
    route.handler = function (request, reply) {
      const { apiKey } = request
      if (apiKey === null) return handler.call(this, request, reply)
      const { id: key, name } = apiKey
      const work = () => actors.as({ key, name }, () => handler.call(this, request, reply))
      return isLarge ? large({ key, isGone: () => request.raw.socket.destroyed }, work) : work()
    }
  })
  registerAppRoutes(scope, apps, schemes, authorisation)
  registerApiRoutes(scope, apis, authorisation)
  registerPolicyRoutes(scope, policies, authorisation)
  registerBootKeyRoutes(scope, dependencies.bootKeys, authorisation)
  registerBuildRoutes(scope, { builds, authorisation, largest: largestBuild })
  registerApiKeyRoutes(scope, dependencies, authorisation)
  registerDevelopmentSecretRoutes(scope, dependencies.developmentSecrets, authorisation)
  registerSigningKeyRoutes(scope, dependencies.signingKeys, authorisation)
  registerBanRoutes(scope, dependencies.bans, authorisation)
  registerAllowRoutes(scope, dependencies.allow, authorisation)
  registerInstallationRoutes(scope, dependencies.installations, authorisation)
  registerTraceRoutes(scope, dependencies, authorisation)
  registerSearchRoutes(scope, dependencies.search, authorisation)
  registerAuditRoutes(scope, dependencies.audit, authorisation)
  registerDryRunRoutes(scope, dependencies.dryRun, authorisation)
  registerStatsRoutes(scope, dependencies.stats, authorisation)
  registerInstallationStatsRoutes(scope, dependencies, authorisation)
  registerUnregisteredBuildRoutes(scope, dependencies.unregisteredBuilds, authorisation)
  registerOutcomeRoutes(scope, dependencies, authorisation)
  registerDoctorRoutes(scope, dependencies.doctor, authorisation)
}
