import type { LogLevel } from '@assay/protocol/schemas'
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { headerNames, traceIdBytes, traceIdOf } from '@assay/protocol'
import { addressIn } from '@assay/protocol/network'
import type { Clock, Random } from '../system/ports.ts'
import { answerUnreadable, drain, sendProblem, toProblem, useProblemDocuments } from './error-handler.ts'
import { createTrust } from './limits/client-address.ts'
import { limitConnections, type ConnectionLimits } from './limits/connections.ts'
import { refusePipelines } from './limits/pipelines.ts'
import { refuseSlowBodies } from './limits/slow-bodies.ts'
import type { TickHook } from './limits/tick-budget.ts'
import { endConnectionsWhenDraining } from './server.ts'
import { serializers } from './logging.ts'
import { useMethodNotAllowed } from './method-not-allowed.ts'
import { useStrictQueries } from './input/queries.ts'
import { createRefusalLog } from './refusal-log.ts'
import { useStrictJson } from './input/strict-body.ts'
import { createUnservedCounter, type CountUnserved } from './unserved.ts'

/** What every listener needs. */
export interface ListenerOptions {
  trustedProxies: readonly string[]
  random: Random
  clock: Clock
  log: { level: LogLevel; destination: { write(line: string): void } | undefined }
  /** Seconds that a small body may take. */
  bodyTime: number
  connections: ConnectionLimits
  /** Called for each answer with 429 or 503. */
  onUnserved: CountUnserved
  /** Before the answer to what is no request for any route; default: at once. */
  beforeUnreadable?: TickHook
}

/** Bytes of a body of the provisioning and management endpoints. */
const bodyLimit = 64 * 1024
/** Milliseconds. A file to register may take long as a whole, but must not stall. */
const timeouts = { request: 900_000, idle: 120_000, keepAlive: 72_000 }

/**
 * An instance that follows the rules of every listener: limits, strict bodies and queries, problem documents, traces,
 * log.
 */
export function createInstance(options: ListenerOptions) {
  const { trustedProxies, clock, bodyTime, connections, onUnserved } = options
  const app = fastifyOf(options)
  endConnectionsWhenDraining(app)
  refuseSlowBodies(app, bodyTime)
  limitConnections(app.server, connections, { isBehindProxy: trustedProxies.length > 0 })
  refusePipelines(app.server)
  const methods = useMethodNotAllowed(app)
  useStrictJson(app)
  useProblemDocuments(app, createRefusalLog(clock), createUnservedCounter(onUnserved))
  useStrictQueries(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(headerNames.trace, request.id)
    done()
  })
  if (trustedProxies.length > 0) app.addHook('onRequest', warnOfNoAddress())
  app.decorateRequest('apiKey', null)
  app.decorateRequest('principal', null)
  return { app, methods }
}

/** Says once that clients are counted by what is not their address. The text itself stays out of the log: it may be anything. */
function warnOfNoAddress(): TickHook {
  let isReported = false
  return (request, _reply, done) => {
    if (!isReported && addressIn(request.ip) === undefined) {
      isReported = true
      request.log.warn('a trusted proxy sends an X-Forwarded-For that holds no address')
    }
    done()
  }
}

const atOnce: TickHook = (_request, _reply, done) => done()

function fastifyOf({
  log,
  random,
  clock,
  trustedProxies,
  beforeUnreadable = atOnce,
}: ListenerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    keepAliveTimeout: timeouts.keepAlive,
    // Requests that are under way when the service stops still get their answers.
    return503OnClosing: false,
    trustProxy: trustedProxies.length === 0 ? false : createTrust(trustedProxies),
    routerOptions: { maxParamLength: 1024 },
    genReqId: () => traceIdOf(random(traceIdBytes)),
    requestIdHeader: false,
    logController: new LogController({ requestIdLogLabel: 'trace', disableRequestLogging: true }),
    logger: {
      level: log.level,
      serializers,
      base: null,
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      ...(log.destination === undefined ? {} : { stream: log.destination }),
    },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) =>
      beforeUnreadable(request, reply, () => void sendProblem(request, reply, toProblem(error))),
  })
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onResponse', (request, _reply, done) => {
    drain(request.raw)
    done()
  })
  app.addHook('onResponse', logAnswer)
  return app
}

/**
 * One line for each malfunction and for each change that a key makes; the others only when debugging. Refusals,
 * including those for lack of capacity, are sampled.
 */
function logAnswer(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { apiKey, method } = request
  const key = apiKey === null ? {} : { key: apiKey.id }
  const level = reply.statusCode >= 500 || (apiKey !== null && method !== 'GET') ? 'info' : 'debug'
  request.log[level]({ req: request, res: reply, ...key, ms: Math.round(reply.elapsedTime) }, 'answered')
  done()
}
