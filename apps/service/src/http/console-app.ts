import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ApiKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { ProblemError } from '../faults/problem-error.ts'
import type { Session, SessionUseCases } from '../operations/sessions.usecases.ts'
import type { Clock } from '../system/ports.ts'
import { createAuthorisation, type Authenticate, type Lookup } from './authorisation/authorisation.ts'
import { callers } from './authorisation/callers.ts'
import type { FloodLimits } from './limits/flood-limits.ts'
import { createInstance, type ListenerOptions } from './instance.ts'
import { registerOperatorRoutes, type OperatorDependencies } from './operator-routes.ts'
import type { ConsoleFile, ConsoleFiles } from './console/console-files.ts'
import { consoleHeaders } from './console/console-headers.ts'
import { requireOwnHost, requireOwnOrigin } from './console/own-origin.ts'
import { clearSessionCookie, sessionIdIn, setSessionCookie } from './console/session-cookie.ts'

export interface ConsoleDependencies extends OperatorDependencies, ListenerOptions {
  lookUpKey: Lookup<ApiKey>
  sessions: SessionUseCases
  /** A session by its id, with a limit on guesses. `renews`: somebody is working with it. */
  lookUpSession: { renewing: Lookup<Session>; passing: Lookup<Session> }
  /** The origin by which the console is reached; called when a request comes. */
  origins: () => readonly string[]
  files: ConsoleFiles
  limits: Pick<FloodLimits, 'key' | 'lookup'>
  clock: Clock
}

/** With this field the page says that it asks on its own and nobody is working: the session is not renewed. */
const backgroundHeader = 'x-assay-background'

const signIn = z.strictObject({ key: z.string().max(256) })

/**
 * The listener of the console: its files, signing in, and the routes of operators under `/console`, by session. None of
 * it is available at the address that apps use.
 */
export async function buildConsole(dependencies: ConsoleDependencies): Promise<FastifyInstance> {
  const { origins, files } = dependencies
  const { app, methods } = createInstance(dependencies)
  const ownHost = requireOwnHost(origins)
  const headers = consoleHeaders(files.page.bytes)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    ownHost(request)
  })
  await app.register(async (scope) => registerEndpoints(scope, dependencies), { prefix: '/console' })
  await app.register(async (scope) => registerFiles(scope, files))
  methods.seal([])
  await app.ready()
  return app
}

function registerEndpoints(scope: FastifyInstance, dependencies: ConsoleDependencies): void {
  const ownOrigin = requireOwnOrigin(dependencies.origins)
  const { clock } = dependencies
  scope.addHook('onRequest', async (request) => ownOrigin(request))
  const authenticate = bySession(dependencies)
  registerSessionRoutes(scope, dependencies, authenticate, clock)
  registerOperatorRoutes(scope, dependencies, createAuthorisation(authenticate, dependencies.limits))
}

/** A request with a session, and what is known about it. */
type SessionCaller = Awaited<ReturnType<Authenticate>> & { session: Session }

/** By the cookie of the session. */
function bySession({ sessions, lookUpSession }: ConsoleDependencies) {
  return async (request: FastifyRequest): Promise<SessionCaller> => {
    const id = sessionIdIn(request.headers.cookie)
    const lookUp =
      request.headers[backgroundHeader] === undefined ? lookUpSession.renewing : lookUpSession.passing
    const session = id === undefined ? undefined : await lookUp(id, request.ip)
    if (session === undefined) throw new ProblemError('unauthorized')
    return { name: session.hash, key: session.key, session, holds: () => sessions.holds(session) }
  }
}

function registerSessionRoutes(
  scope: FastifyInstance,
  { sessions, lookUpKey }: ConsoleDependencies,
  authenticate: (request: FastifyRequest) => Promise<SessionCaller>,
  clock: Clock,
): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get('/session', async (request) => publicSession((await authenticate(request)).session))
  routes.post('/session', { schema: { body: signIn } }, async (request, reply) => {
    const key = await lookUpKey(request.body.key, request.ip)
    if (key === undefined) throw new ProblemError('unauthorized')
    // There is nothing here for the key of a pipeline.
    if (!isReader(key)) {
      request.apiKey = key
      throw new ProblemError('scope_insufficient')
    }
    const { id, session } = await sessions.open(key)
    const seconds = Math.ceil((session.endsAt - clock()) / 1000)
    return reply.status(201).header('set-cookie', setSessionCookie(id, seconds)).send(publicSession(session))
  })
  routes.delete('/session', async (request, reply) => {
    const { session } = await authenticate(request)
    await sessions.end(session)
    return reply.status(204).header('set-cookie', clearSessionCookie).send()
  })
}

/** What the page learns about its session. */
function publicSession({ key: { id, name, scope, apps, let_through }, endsAt }: Session) {
  return { key: { id, name, scope, apps, let_through }, ends_at: new Date(endsAt).toISOString() }
}

const isReader = ({ scope }: ApiKey): boolean => (callers.lookup as readonly string[]).includes(scope)

const anyQuery = z.looseObject({})

/** Serves the page under every path of the console (the page itself reads the path), and the files that it loads. */
function registerFiles(scope: FastifyInstance, { page, assets }: ConsoleFiles): void {
  const send = (reply: FastifyReply, { type, bytes }: ConsoleFile) => reply.type(type).send(bytes)
  scope.get('/', (_request, reply) => reply.redirect('/console/', 302))
  scope.get('/console', (_request, reply) => reply.redirect('/console/', 302))
  scope.get<{ Params: { name: string } }>('/console/assets/:name', (request, reply) => {
    const file = assets.get(request.params.name)
    if (file === undefined) throw new ProblemError('not_found')
    return send(reply.header('cache-control', 'private, max-age=31536000, immutable'), file)
  })
  scope.get<{ Params: { '*': string } }>(
    '/console/*',
    { schema: { querystring: anyQuery } },
    (request, reply) => {
      // The page must not take a name that the service may use one day.
      if (/^(?:v\d+|session)(?:\/|$)/.test(request.params['*'])) throw new ProblemError('not_found')
      return send(reply, page)
    },
  )
}
