import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import { Overload } from '../../faults/retryable-error.ts'
import { parseJsonBody } from '../input/strict-body.ts'
import { createComeBack } from './come-back.ts'
import { widestNetwork } from './network-prefix.ts'
import { shareInTurn } from './turns.ts'
import { createWaitingRoom } from './waiting-room.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request has been let in, and counts as under way until it is answered. */
    isUnderWay: boolean
    /** Why the request was not let in. */
    notLetIn: Error | undefined
  }
}

/** Requests under way, most of which wait for a store or a vendor. */
const mostUnderWay = 1_024

/** Pending steps: beyond it, a request that is let in would only wait further inside. */
const mostReady = 64

/** Bytes of the waiting bodies. */
const mostBytes = 128 * 1024 * 1024

/**
 * Milliseconds after which a waiting request is refused. This is late on purpose: whoever is refused at once is back
 * at once.
 */
const longestWait = 5_000

/** Milliseconds between two checks for requests that have waited too long. */
const lookEvery = 250

export interface EntryOptions {
  /**
   * Open connections, each with one request: whoever has a connection finds room, because clients that are refused at
   * once are back at once.
   */
  readonly connections: number
  /** Pending steps of requests under way. */
  readonly ready: () => number
  /** Steps that may be taken in one turn of the event loop. */
  readonly inTurn: () => number
  readonly random?: () => number
  /** Milliseconds that only increase. */
  readonly clock?: () => number
}

/**
 * Entry: a request to the public endpoints is read, parsed and answered when there is room for its work. Use it on
 * the scope of these endpoints. If nobody waits it costs two comparisons; otherwise the complete body waits in the
 * {@link createWaitingRoom waiting room}, and is refused with `temporarily_unavailable` when that takes too long. Every
 * client that gets a 503, for this or another reason, gets its own time to {@link createComeBack come back}. Networks
 * are those of the clients, also behind a trusted proxy.
 */
export function letInByTurns(scope: FastifyInstance, options: EntryOptions): void {
  const { connections, ready, inTurn, random = Math.random, clock = () => performance.now() } = options
  const room = createWaitingRoom({ requests: connections * 2, bytes: mostBytes })
  const comeBack = createComeBack(random, clock)
  let underWay = 0
  let isPumping = false
  let look: NodeJS.Timeout | undefined

  const isRoom = () => underWay < mostUnderWay && ready() < mostReady
  const begin = (request: FastifyRequest) => {
    request.isUnderWay = true
    underWay++
  }
  const pump = () => {
    isPumping = false
    for (let left = inTurn() * shareInTurn; left > 0 && isRoom(); left--) {
      const waiting = room.next()
      if (waiting === undefined) return
      waiting.letIn()
    }
    keepPumping()
  }
  /** A request that ends makes room; if only steps are pending, the next turn does. */
  const keepPumping = () => {
    if (isPumping || room.size() === 0 || underWay >= mostUnderWay) return
    isPumping = true
    setImmediate(pump)
  }
  const lookAfter = () => {
    look ??= setInterval(() => {
      room.refuseBefore(clock() - longestWait)
      if (room.size() > 0) return
      clearInterval(look)
      look = undefined
    }, lookEvery).unref()
  }
  const wait = (
    request: FastifyRequest,
    bytes: number,
    { letIn, refuse }: { letIn: () => void; refuse: (error: Error) => void },
  ) => {
    const { raw, ip, routeOptions } = request
    room.add({
      network: widestNetwork(ip),
      step: routeOptions.url === paths.attestations ? 'attestation' : 'challenge',
      bytes,
      since: clock(),
      isGone: () => raw.socket.destroyed,
      letIn,
      refuse: () => refuse(new Overload(random())),
    })
    lookAfter()
    keepPumping()
  }

  scope.decorateRequest('isUnderWay', false)
  scope.decorateRequest('notLetIn', undefined)
  scope.removeContentTypeParser(mediaTypes.json)
  scope.addContentTypeParser<Buffer>(mediaTypes.json, { parseAs: 'buffer' }, (request, body, done) => {
    const letIn = () => {
      begin(request)
      try {
        done(null, parseJsonBody(body))
      } catch (error) {
        done(error as Error)
      }
    }
    // A parser error would end the connection: the refused client would come back over a new one, which costs more.
    const refuse = (error: Error) => {
      request.notLetIn = error
      done(null, undefined)
    }
    if (room.size() === 0 && isRoom()) letIn()
    else wait(request, body.length, { letIn, refuse })
  })
  scope.addHook('preValidation', (request, _reply, done) => done(request.notLetIn))
  scope.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 503) {
      const asked = Number(reply.getHeader('retry-after') ?? 0)
      reply.header('retry-after', String(comeBack.refused(asked)))
    } else comeBack.served()
    if (request.isUnderWay) {
      request.isUnderWay = false
      underWay--
      keepPumping()
    }
    done(null, payload)
  })
}
