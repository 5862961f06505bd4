import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import { Overload } from '../../faults/retryable-error.ts'
import { parseJsonBody } from '../input/strict-body.ts'
import { createFairQueue } from './fair-queue.ts'
import { widestNetwork } from './network-prefix.ts'
import { createRetryAfter } from './retry-after.ts'
import { intakePerStep } from './tick-budget.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request has been taken in, and counts as under way until it is answered. */
    isUnderWay: boolean
    /** Why the request was not taken in. */
    intakeRefusal: Error | undefined
  }
}

/** Requests under way, most of which wait for a store or a vendor. */
const mostUnderWay = 1_024

/** Pending steps: beyond it, a request that is taken in would only wait further inside. */
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

export interface IntakeOptions {
  /**
   * Open connections, each with one request: whoever has a connection finds space, because clients that are refused
   * at once are back at once.
   */
  readonly connections: number
  /** Pending steps of requests under way. */
  readonly ready: () => number
  /** Steps that may be taken in one tick of the event loop. */
  readonly mostPerTick: () => number
  readonly random?: () => number
  /** Milliseconds that only increase. */
  readonly clock?: () => number
}

/**
 * A request to the public endpoints is read, parsed and answered when there is capacity for its work. Use it on the
 * scope of these endpoints. If nobody waits it costs two comparisons; otherwise the complete body waits in a
 * {@link createFairQueue fair queue}, and is refused with `temporarily_unavailable` when that takes too long. Every
 * client that gets a 503 or 429, for this or another reason, gets a {@link createRetryAfter time of its own} after which
 * it may try again. Networks are those of the clients, also behind a trusted proxy.
 */
export function createIntake(scope: FastifyInstance, options: IntakeOptions): void {
  const { connections, ready, mostPerTick, random = Math.random, clock = () => performance.now() } = options
  const queue = createFairQueue({ requests: connections * 2, bytes: mostBytes })
  /** Apart, so that a flood from one network does not send others away for longer when the service is overloaded. */
  const whenRefused = { 503: createRetryAfter(random, clock), 429: createRetryAfter(random, clock) }
  let underWay = 0
  let isPumping = false
  let look: NodeJS.Timeout | undefined

  const hasCapacity = () => underWay < mostUnderWay && ready() < mostReady
  const begin = (request: FastifyRequest) => {
    request.isUnderWay = true
    underWay++
  }
  const pump = () => {
    isPumping = false
    for (let left = mostPerTick() * intakePerStep; left > 0 && hasCapacity(); left--) {
      const waiting = queue.next()
      if (waiting === undefined) return
      waiting.takeIn()
    }
    keepPumping()
  }
  /** A request that ends frees capacity; if only steps are pending, the next tick does. */
  const keepPumping = () => {
    if (isPumping || queue.size() === 0 || underWay >= mostUnderWay) return
    isPumping = true
    setImmediate(pump)
  }
  const lookAfter = () => {
    look ??= setInterval(() => {
      queue.refuseBefore(clock() - longestWait)
      if (queue.size() > 0) return
      clearInterval(look)
      look = undefined
    }, lookEvery).unref()
  }
  const wait = (
    request: FastifyRequest,
    bytes: number,
    { takeIn, refuse }: { takeIn: () => void; refuse: (error: Error) => void },
  ) => {
    const { raw, ip, routeOptions } = request
    queue.add({
      network: widestNetwork(ip),
      step: routeOptions.url === paths.attestations ? 'attestation' : 'challenge',
      bytes,
      since: clock(),
      isGone: () => raw.socket.destroyed,
      takeIn,
      refuse: () => refuse(new Overload(random())),
    })
    lookAfter()
    keepPumping()
  }

  scope.decorateRequest('isUnderWay', false)
  scope.decorateRequest('intakeRefusal', undefined)
  scope.removeContentTypeParser(mediaTypes.json)
  scope.addContentTypeParser<Buffer>(mediaTypes.json, { parseAs: 'buffer' }, (request, body, done) => {
    const takeIn = () => {
      begin(request)
      try {
        done(null, parseJsonBody(body))
      } catch (error) {
        done(error as Error)
      }
    }
    // A parser error would end the connection: the refused client would return over a new one, which costs more.
    const refuse = (error: Error) => {
      request.intakeRefusal = error
      done(null, undefined)
    }
    if (queue.size() === 0 && hasCapacity()) takeIn()
    else wait(request, body.length, { takeIn, refuse })
  })
  scope.addHook('preValidation', (request, _reply, done) => done(request.intakeRefusal))
  scope.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 503 || reply.statusCode === 429) {
      const atLeast = Number(reply.getHeader('retry-after') ?? 0)
      reply.header('retry-after', String(whenRefused[reply.statusCode].refused(atLeast)))
    } else for (const spread of Object.values(whenRefused)) spread.served()
    if (request.isUnderWay) {
      request.isUnderWay = false
      underWay--
      keepPumping()
    }
    done(null, payload)
  })
}
