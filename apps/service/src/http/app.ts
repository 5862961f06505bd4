import cors from '@fastify/cors'
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { headerNames, paths } from '@assay/protocol'
import { registerApiKeyRoutes } from './routes/api-keys.routes.ts'
import type { SchemeRegistry } from '@assay/evidence'
import type { ApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import { registerApiRoutes } from './routes/apis.routes.ts'
import type { ApiUseCases } from '../provisioning/apis.usecases.ts'
import { registerAppRoutes } from './routes/apps.routes.ts'
import type { AppUseCases } from '../provisioning/apps.usecases.ts'
import { registerAttestationRoutes } from './routes/attestations.routes.ts'
import type { AttestationUseCases } from '../attestation/answer.ts'
import { registerBanRoutes } from './routes/bans.routes.ts'
import type { BanUseCases } from '../provisioning/bans.usecases.ts'
import { registerBuildRoutes } from './routes/builds.routes.ts'
import type { BuildUseCases } from '../provisioning/builds/builds.usecases.ts'
import { registerChallengeRoutes } from './routes/challenges.routes.ts'
import type { ChallengeUseCases } from '../attestation/challenge/issue-challenge.ts'
import { registerDoctorRoutes } from './routes/doctor.routes.ts'
import type { DoctorUseCases, LogLevel } from '../operations/doctor.usecases.ts'
import { registerHealthRoutes, type Readiness } from './routes/health.routes.ts'
import { createAuthorisation, type Authorisation } from './authorisation.ts'
import { answerUnreadable, drain, sendProblem, toProblem, useProblemDocuments } from './error-handler.ts'
import { limitConnections, type ConnectionLimits } from './limits/connections.ts'
import type { FloodLimits } from './limits/flood-limits.ts'
import { refuseSlowBodies } from './limits/slow-bodies.ts'
import { serializers } from './logging.ts'
import { createRefusalLog } from './refusal-log.ts'
import { useMethodNotAllowed } from './method-not-allowed.ts'
import { useStrictJson } from './strict-body.ts'
import { useStrictQueries } from './queries.ts'
import { registerKeyRoutes, registerSigningKeyRoutes } from './routes/keys.routes.ts'
import type { KeyUseCases } from '../operations/signing-keys.usecases.ts'
import { registerMetadataRoutes } from './routes/metadata.routes.ts'
import { useOpenapi } from './routes/openapi.routes.ts'
import { registerPolicyRoutes } from './routes/policies.routes.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import { registerStatusListRoutes } from './routes/status-lists.routes.ts'
import type { StatusListUseCases } from '../operations/status-lists.usecases.ts'
import type { TraceBuffer } from '../operations/trace-buffer.ts'
import { registerTraceRoutes } from './routes/traces.routes.ts'

/** What the HTTP surface is made over. */
export interface AppDependencies {
  apps: AppUseCases
  /** The schemes of evidence that it takes. */
  schemes: SchemeRegistry
  apis: ApiUseCases
  apiKeys: ApiKeyUseCases
  bans: BanUseCases
  builds: BuildUseCases
  policies: PolicyUseCases
  challenges: ChallengeUseCases
  doctor: DoctorUseCases
  attestations: AttestationUseCases
  keys: KeyUseCases
  statusLists: Pick<StatusListUseCases, 'find'>
  traces: Pick<TraceBuffer, 'find'>
  isOrigin: (origin: string) => Promise<boolean>
  limits: FloodLimits
  isReady: Readiness
  /** How it is reached, without a trailing slash; asked when a request needs it. */
  publicUrl: () => string
  trustedProxies: readonly string[]
  random: Random
  clock: Clock
  log: { level: LogLevel; destination: { write(line: string): void } | undefined }
  /** Bytes of a file to register. */
  largestBuild: number
  /** Seconds that a small body may take. */
  bodyTime: number
  connections: ConnectionLimits
}

/** Bytes of a body of the provisioning and management endpoints. */
const bodyLimit = 64 * 1024
/** Milliseconds. A file to register may take its time as a whole, but not stand still. */
const timeouts = { request: 900_000, idle: 120_000, keepAlive: 72_000 }

/** Builds the HTTP surface; does not listen. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const app = createInstance(dependencies)
  refuseSlowBodies(app, dependencies.bodyTime)
  limitConnections(app.server, dependencies.connections, {
    isBehindProxy: dependencies.trustedProxies.length > 0,
  })
  const methods = useMethodNotAllowed(app)
  useStrictJson(app)
  useProblemDocuments(app, createRefusalLog(dependencies.clock))
  useStrictQueries(app)
  const openapi = useOpenapi(app, dependencies.schemes, dependencies.publicUrl)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(headerNames.trace, request.id)
    done()
  })
  const authorisation = createAuthorisation(dependencies.apiKeys, dependencies.limits)
  app.decorateRequest('apiKey', null)
  await app.register((scope) => attesters(scope, dependencies))
  await app.register((scope) => provisioning(scope, dependencies, authorisation))
  await app.register((scope) => management(scope, dependencies, authorisation))
  registerKeyRoutes(app, dependencies.keys)
  registerStatusListRoutes(app, dependencies.statusLists)
  registerMetadataRoutes(app, dependencies.publicUrl, dependencies.keys)
  registerHealthRoutes(app, dependencies.isReady)
  openapi.seal()
  methods.seal([paths.challenges, paths.attestations])
  await app.ready()
  return app
}

function createInstance({ log, random, trustedProxies }: AppDependencies): FastifyInstance {
  const app = Fastify({
    bodyLimit,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    keepAliveTimeout: timeouts.keepAlive,
    // Requests that are under way when the service stops get their answers.
    return503OnClosing: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    routerOptions: { maxParamLength: 1024 },
    genReqId: () => randomId(random, 16),
    requestIdHeader: false,
    logController: new LogController({ requestIdLogLabel: 'trace', disableRequestLogging: true }),
    logger: {
      level: log.level,
      serializers,
      base: null,
      ...(log.destination === undefined ? {} : { stream: log.destination }),
    },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, toProblem(error)),
  })
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onResponse', (request, _reply, done) => {
    drain(request.raw)
    done()
  })
  app.addHook('onResponse', logAnswer)
  return app
}

/** One line for a malfunction; the others only when debugging: of refusals a sample is logged. */
function logAnswer(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const level = reply.statusCode >= 500 ? 'info' : 'debug'
  request.log[level]({ req: request, res: reply, ms: Math.round(reply.elapsedTime) }, 'answered')
  done()
}

/** The two public endpoints, for everybody. */
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
  scope.addHook('onRequest', dependencies.limits.network)
  registerChallengeRoutes(scope, dependencies.challenges, dependencies.limits)
  registerAttestationRoutes(scope, dependencies.attestations)
}

/** Apps, builds and APIs, for operators; builds for release pipelines too. */
async function provisioning(
  scope: FastifyInstance,
  { apps, apis, builds, policies, schemes, largestBuild }: AppDependencies,
  authorisation: Authorisation,
): Promise<void> {
  registerAppRoutes(scope, apps, schemes, authorisation)
  registerApiRoutes(scope, apis, authorisation)
  registerPolicyRoutes(scope, policies, authorisation)
  registerBuildRoutes(scope, { builds, authorisation, largest: largestBuild })
}

/** API keys, signing keys, bans, traces and the state of the service, for operators. */
async function management(
  scope: FastifyInstance,
  { apiKeys, bans, keys, traces, doctor }: AppDependencies,
  authorisation: Authorisation,
): Promise<void> {
  registerApiKeyRoutes(scope, apiKeys, authorisation)
  registerSigningKeyRoutes(scope, keys, authorisation)
  registerBanRoutes(scope, bans, authorisation)
  registerTraceRoutes(scope, traces, authorisation)
  registerDoctorRoutes(scope, doctor, authorisation)
}
