import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { headerNames, paths } from '@assay/protocol'
import type { ApiKey } from '@assay/protocol/schemas'
import { registerAttestationRoutes } from './routes/attestations.routes.ts'
import type { AttestationUseCases } from '../attestation/answer.ts'
import { registerChallengeRoutes } from './routes/challenges.routes.ts'
import type { ChallengeUseCases } from '../attestation/challenge/issue-challenge.ts'
import { registerDevelopmentKeyRoutes, registerDevelopmentTokenRoutes } from './routes/development.routes.ts'
import type { DevelopmentTokenUseCases } from '../provisioning/development-tokens.usecases.ts'
import { registerHealthRoutes, type Readiness } from './routes/health.routes.ts'
import { byApiKey, createAuthorisation, type Lookup } from './authorisation/authorisation.ts'
import { createInstance, type ListenerOptions } from './instance.ts'
import type { FloodLimits } from './limits/flood-limits.ts'
import { createIntake, type IntakeOptions } from './limits/intake.ts'
import { createLateRefusals } from './limits/late-refusals.ts'
import { letProbesPass, spreadOverTicks } from './limits/tick-budget.ts'
import { registerKeyRoutes } from './routes/keys.routes.ts'
import { registerMetadataRoutes } from './routes/metadata.routes.ts'
import { registerOperatorRoutes, type OperatorDependencies } from './operator-routes.ts'
import { useOpenapi } from './routes/openapi.routes.ts'
import { registerStatusListRoutes } from './routes/status-lists.routes.ts'
import type { StatusListUseCases } from '../operations/status-lists.usecases.ts'

/** What the HTTP surface is built on. */
export interface AppDependencies extends OperatorDependencies, ListenerOptions {
  lookUpKey: Lookup<ApiKey>
  challenges: ChallengeUseCases
  attestations: AttestationUseCases
  developmentTokens: DevelopmentTokenUseCases
  statusLists: Pick<StatusListUseCases, 'find' | 'findShard'>
  /** Called before any limit, so that pages can read a refusal: it must not read the store, whatever the origin. */
  isOrigin: (origin: string) => Promise<boolean>
  limits: FloodLimits
  isReady: Readiness
  intake: Omit<IntakeOptions, 'connections'>
  /** The URL by which it is reached, without a trailing slash; called when a request needs it. */
  publicUrl: () => string
}

/** What waits for the intake. */
const byIntake: ReadonlySet<string> = new Set(
  [paths.challenges, paths.attestations, paths.developmentTokens].map((path) => `POST ${path}`),
)
/** What tells a supervisor whether to end this process. */
const probes: ReadonlySet<string> = new Set(
  [paths.live, paths.ready].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
)

/** Whom a listener serves: operators may have one of their own. What anyone may read, and the probes, are at each. */
export type Audience = 'everyone' | 'apps' | 'operators'

/** Builds the HTTP surface; does not listen. */
export async function buildApp(
  dependencies: AppDependencies,
  audience: Audience = 'everyone',
): Promise<FastifyInstance> {
  const overTicks = spreadOverTicks(dependencies.intake.mostPerTick)
  const { app, methods } = createInstance({ ...dependencies, beforeUnreadable: overTicks })
  const asProbe = letProbesPass(overTicks)
  // Before the hooks of any scope, which answer preflights and those who have no key.
  app.addHook('onRequest', (request, reply, done) => {
    const route = `${request.method} ${request.routeOptions.url}`
    if (byIntake.has(route)) done()
    else if (probes.has(route)) asProbe(request, reply, done)
    else overTicks(request, reply, done)
  })
  const openapi = useOpenapi(app, dependencies.publicUrl)
  const authorisation = createAuthorisation(
    byApiKey(dependencies.lookUpKey, (id) => dependencies.apiKeys.find(id)),
    dependencies.limits,
  )
  if (audience !== 'operators') await app.register((scope) => attesters(scope, dependencies))
  if (audience !== 'apps')
    await app.register(async (scope) => registerOperatorRoutes(scope, dependencies, authorisation))
  registerKeyRoutes(app, dependencies.signingKeys)
  registerDevelopmentKeyRoutes(app, dependencies.developmentTokens)
  registerStatusListRoutes(app, dependencies.statusLists)
  registerMetadataRoutes(app, dependencies.publicUrl, dependencies.signingKeys)
  registerHealthRoutes(app, dependencies.isReady)
  openapi.seal()
  methods.seal([paths.challenges, paths.attestations, paths.developmentTokens])
  await app.ready()
  return app
}

/** The endpoints that are open to everyone. */
async function attesters(scope: FastifyInstance, dependencies: AppDependencies): Promise<void> {
  await scope.register(cors, {
    origin: (origin, answer) => {
      if (origin === undefined) answer(null, false)
      else
        dependencies.isOrigin(origin).then(
          (known) => answer(null, known),
          (error: unknown) => answer(error as Error, false),
        )
    },
    methods: ['POST'],
    allowedHeaders: ['content-type'],
    exposedHeaders: [
      headerNames.attestationChallenge,
      headerNames.trace,
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 600,
    strictPreflight: false,
  })
  const late = createLateRefusals()
  const { network, challenges } = dependencies.limits
  scope.addHook('onRequest', late(network))
  createIntake(scope, { connections: dependencies.connections.connections, ...dependencies.intake })
  const lateChallenges = { challenges: late(challenges) }
  registerChallengeRoutes(scope, dependencies.challenges, lateChallenges)
  registerAttestationRoutes(scope, dependencies.attestations, dependencies.schemes.itemSchema)
  registerDevelopmentTokenRoutes(scope, dependencies.developmentTokens, lateChallenges)
}
