import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { z, type ZodType } from 'zod'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { Answer, Answers, ResultOf, Stream } from './answers.ts'
import { sendPrepared } from './send-prepared.ts'
import type { PreparedBody } from '../../system/prepared-body.ts'
import type { Endpoint, Tag, TaggedEndpoint } from './endpoint.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route was made from. */
    endpoint?: TaggedEndpoint
  }
}

/**
 * Gives the body of the answer. It may set headers; the status and the media type are those of the declaration. A
 * conditional type, because the compiler then knows the answers before it looks at a handler, and keeps its literals.
 */
export type Handler<Params, Query, Body, Given extends Answers> = [Given] extends [Answers]
  ? (
      request: FastifyRequest<{ Params: Params; Querystring: Query; Body: Body }>,
      reply: Pick<FastifyReply, 'header'>,
    ) => ResultOf<Given> | Promise<ResultOf<Given>>
  : never

/** What concerns the framework alone. `onRequest` runs after the check of who calls. */
export interface RouteExtras extends Pick<RouteOptions, 'bodyLimit' | 'preValidation'> {
  readonly onRequest?: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void
}

/** Registers an endpoint. */
export type AddEndpoint<Who extends Endpoint['caller']> = <
  Params extends ZodType,
  Query extends ZodType,
  Body extends ZodType,
  Given extends Answers,
>(
  endpoint: Endpoint<Params, Query, Body, Given> & { readonly caller: Who },
  handle: Handler<z.output<Params>, z.output<Query>, z.output<Body>, Given>,
  extras?: RouteExtras,
) => void

/** For the endpoints of a scope that need a key, each open to those whom it names. */
export function endpointsFor(
  scope: FastifyInstance,
  tag: Tag,
  authorisation: Authorisation,
): AddEndpoint<keyof Authorisation> {
  return (endpoint, handle, extras = {}) => {
    const { onRequest } = extras
    const first = authorisation[endpoint.caller]
    scope.route(
      routeOf({ ...endpoint, tag }, handle as AnyHandler, {
        ...extras,
        onRequest: onRequest === undefined ? first : [first, onRequest],
      }),
    )
  }
}

/** For endpoints that are open to everyone. */
export function openEndpoints(scope: FastifyInstance, tag: Tag): AddEndpoint<'anyone'> {
  return (endpoint, handle, extras = {}) => {
    scope.route(routeOf({ ...endpoint, tag }, handle as AnyHandler, extras))
  }
}

type AnyHandler = (request: FastifyRequest, reply: FastifyReply) => unknown
type Extras = Omit<RouteExtras, 'onRequest'> & Pick<RouteOptions, 'onRequest'>

function routeOf(endpoint: TaggedEndpoint, handle: AnyHandler, extras: Extras): RouteOptions {
  const { route, params, query, body, files, answers } = endpoint
  const [method = '', url = ''] = route.split(' ')
  return {
    ...extras,
    method,
    url,
    schema: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
    },
    config: { endpoint, isFile: files !== undefined },
    handler: answeringWith(answers, handle),
  }
}

/** Sends what a handler returns, as the answers say. */
function answeringWith(answers: Answers, handle: AnyHandler): AnyHandler {
  const senders = new Map(Object.entries(answers).map(([status, of]) => [Number(status), senderOf(of)]))
  const [only, ...others] = senders.keys()
  if (only === undefined) throw new TypeError('an endpoint without an answer')
  return async (request, reply) => {
    const result = await handle(request, reply)
    const { status, body } = others.length === 0 ? { status: only, body: result } : (result as StatusAndBody)
    return (senders.get(status) as Sender)(reply.status(status), body)
  }
}

type StatusAndBody = { readonly status: number; readonly body: unknown }
type Sender = (reply: FastifyReply, body: unknown) => FastifyReply | void

function senderOf(answer: Answer): Sender {
  if (answer === 'nothing') return (reply) => reply.send()
  if (answer instanceof z.ZodType) return (reply, body) => reply.send(body)
  if ('json' in answer) return (reply, body) => reply.type(answer.type).send(JSON.stringify(body))
  if ('prepared' in answer)
    return (reply, body) => sendPrepared(reply.type(answer.prepared), body as PreparedBody)
  return (reply, body) => (body as Stream)(reply)
}
