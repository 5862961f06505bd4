import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OutcomeBatch, OutcomeFeed } from '../../operations/outcome-feed.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Authorisation, Principal } from '../authorisation/authorisation.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { StreamPlaces } from '../limits/stream-places.ts'

/** Milliseconds between two heartbeats. At each the service checks that the viewer may still watch. */
const heartbeat = 15_000
/** Maximum bytes that wait for a slow reader. */
const mostWaiting = 256 * 1024

interface OutcomeRoutes {
  outcomes: Pick<OutcomeFeed, 'recent' | 'subscribe'>
  streams: StreamPlaces
}

/** Recent outcomes as they happen (server-sent events, HTML Living Standard section 9.2). */
export function registerOutcomeRoutes(
  scope: FastifyInstance,
  { outcomes, streams }: OutcomeRoutes,
  authorisation: Authorisation,
): void {
  const open = new Set<() => void>()
  const watch = (request: FastifyRequest, reply: FastifyReply) => {
    // The viewer hung up while the key was looked up: the answer has closed already, and would never give its place
    // back.
    if (request.raw.socket.destroyed) {
      reply.hijack()
      return
    }
    const principal = request.principal as Principal
    const leave = streams.take(principal.name)
    if (leave === undefined) throw new ProblemError('rate_limited', { retryAfter: heartbeat / 1000 })
    const end = streamTo(request, reply, principal, outcomes)
    open.add(end)
    reply.raw.once('close', () => {
      open.delete(end)
      leave()
    })
  }
  endpointsFor(
    scope,
    'operations',
    authorisation,
  )(
    {
      route: 'GET /v1/outcomes',
      id: 'watchOutcomes',
      summary:
        'Watch the outcomes of attestations as server-sent events, beginning with the last 50: all of this node, and refusals and malfunctions of the others every two seconds; four streams at a time for each key',
      caller: 'read',
      answers: { 200: { stream: 'text/event-stream' } },
    },
    (request) => (reply) => watch(request, reply),
  )
  // Otherwise they would keep the service open when it stops.
  scope.addHook('preClose', (done) => {
    for (const end of open) end()
    done()
  })
}

/** @returns ends the stream */
function streamTo(
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  outcomes: OutcomeRoutes['outcomes'],
): () => void {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // A proxy that buffers answers would hold the stream back.
    'x-accel-buffering': 'no',
  })
  const write = (text: string) => {
    // A viewer who reconnects gets the newest ones; what a slow reader has missed is not kept for it.
    if (raw.writableLength > mostWaiting) raw.destroy()
    else raw.write(text)
  }
  const send = (batch: OutcomeBatch) => write(`data: ${JSON.stringify(batch)}\n\n`)
  write('retry: 5000\n\n')
  send(outcomes.recent())
  const unsubscribe = outcomes.subscribe(send)
  const timer = setInterval(() => {
    principal.holds().then(
      (holds) => (holds ? write(':\n\n') : raw.end('event: ended\ndata: {}\n\n')),
      (error: unknown) => {
        request.log.error({ err: error }, 'malfunction')
        raw.destroy()
      },
    )
  }, heartbeat)
  timer.unref()
  raw.once('close', () => {
    unsubscribe()
    clearInterval(timer)
  })
  return () => raw.end()
}
