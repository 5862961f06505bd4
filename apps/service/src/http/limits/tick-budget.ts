import type { Server } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { networkPrefix } from './network-prefix.ts'
import { createWaitingQueue } from './waiting-queue.ts'

/** Steps in one tick while connections arrive. */
const fewest = 8
/** Milliseconds after a connection within which another one may be waiting. */
const recently = 5

/**
 * How much is done in one tick of the event loop. Node accepts one connection per tick, so ticks are short while
 * connections arrive: in a flood, other connections would wait for seconds to be accepted.
 *
 * @param most steps in one tick while nobody connects
 */
export function createTickBudget(most: number, clock: () => number = () => performance.now()) {
  let connectedAt = -Infinity
  return {
    mostPerTick: (): number => (clock() - connectedAt < recently ? fewest : most),
    watch(server: Server): void {
      server.on('connection', () => {
        connectedAt = clock()
      })
    },
  }
}

/** Requests taken in within one tick, for each step that may be taken in it: an exchange has about ten. */
export const intakePerStep = 1 / 4

export type TickHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/**
 * A hook that lets a few requests through in each tick, and the others in later ones, in their order. It is for routes that
 * wait for no intake and have no quota: thousands of answers in one tick would hold up every exchange, which takes a step in
 * each tick. No request is refused. A request leaves the queue with its connection, so that open connections bound the queue.
 */
export function spreadOverTicks(mostPerTick: () => number): TickHook {
  const waiting = createWaitingQueue<() => void>()
  /** Of this tick; undefined: nobody came in the one before, and none is counted. */
  let left: number | undefined
  const begin = () => {
    setImmediate(tick)
    return Math.ceil(mostPerTick() * intakePerStep)
  }
  const tick = () => {
    if (waiting.size() === 0) {
      left = undefined
      return
    }
    left = begin()
    for (let pass = waiting.first(); pass !== undefined && left > 0; pass = waiting.first()) {
      left--
      pass()
    }
  }
  return ({ raw: { socket } }, _reply, done) => {
    left ??= begin()
    if (left > 0) {
      left--
      done()
      return
    }
    if (socket.destroyed) return
    const leave = () => waiting.remove(place)
    const place = waiting.add(() => {
      socket.off('close', leave)
      leave()
      done()
    })
    socket.once('close', leave)
  }
}

/** Probes of a supervisor that pass in one tick, at most one of each network. */
const probesPerTick = 8

/**
 * A hook for probes of liveness and readiness, whose supervisor ends this process if they wait: a few pass in each tick,
 * and the others, which only a flood sends, wait like any request without a quota.
 */
export function letProbesPass(others: TickHook): TickHook {
  const seen = new Set<string>()
  return (request, reply, done) => {
    const network = networkPrefix(request.ip)
    if (seen.size === probesPerTick || seen.has(network)) {
      others(request, reply, done)
      return
    }
    if (seen.size === 0) setImmediate(() => seen.clear())
    seen.add(network)
    done()
  }
}
