import type { Server } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { networkPrefix } from './network-prefix.ts'
import { createWaitingQueue } from './waiting-queue.ts'

/** Steps in one turn while connections arrive. */
const fewest = 8
/** Milliseconds after a connection within which another one may be waiting. */
const recently = 5

/**
 * How much is done in one turn of the event loop. Node accepts one connection per turn, so turns are short while
 * connections arrive: in a flood, other connections would wait for seconds to be accepted.
 *
 * @param most steps in one turn while nobody connects
 */
export function createTurns(most: number, clock: () => number = () => performance.now()) {
  let connectedAt = -Infinity
  return {
    inTurn: (): number => (clock() - connectedAt < recently ? fewest : most),
    watch(server: Server): void {
      server.on('connection', () => {
        connectedAt = clock()
      })
    },
  }
}

/** Requests let in within one turn, for each step that may be taken in it: an exchange has about ten. */
export const shareInTurn = 1 / 4

export type TurnHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/**
 * A hook that lets a few requests through in each turn, and the others in later turns, in their order. It is for routes that
 * pass no waiting room and have no quota: thousands of answers in one turn would hold up every exchange, which takes a step in
 * each turn. No request is refused. A request leaves the queue with its connection, so that open connections bound the queue.
 */
export function takeTurns(inTurn: () => number): TurnHook {
  const waiting = createWaitingQueue<() => void>()
  /** Of this turn; undefined: nobody came in the one before, and none is counted. */
  let left: number | undefined
  const begin = () => {
    setImmediate(turn)
    return Math.ceil(inTurn() * shareInTurn)
  }
  const turn = () => {
    if (waiting.size() === 0) {
      left = undefined
      return
    }
    left = begin()
    for (let letIn = waiting.first(); letIn !== undefined && left > 0; letIn = waiting.first()) {
      left--
      letIn()
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

/** Probes of a supervisor that pass in one turn, at most one of each network. */
const probesInTurn = 8

/**
 * A hook for probes of liveness and readiness, whose supervisor ends this process if they wait: a few pass in each turn,
 * and the others, which only a flood sends, wait like any request without a quota.
 */
export function letProbesPass(others: TurnHook): TurnHook {
  const seen = new Set<string>()
  return (request, reply, done) => {
    const network = networkPrefix(request.ip)
    if (seen.size === probesInTurn || seen.has(network)) {
      others(request, reply, done)
      return
    }
    if (seen.size === 0) setImmediate(() => seen.clear())
    seen.add(network)
    done()
  }
}
