import type { Server } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

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
 * A hook that lets a part of a turn's requests through, and the others after them in their order. For what passes no waiting room
 * and has no quota: thousands of answers in one turn would hold up whoever takes a step in each. Nobody is refused: the
 * connections bound how many wait. Whoever has gone is forgotten.
 */
export function takeTurns(inTurn: () => number): TurnHook {
  const waiting: { readonly request: FastifyRequest; readonly admit: () => void }[] = []
  /** Of this turn; undefined: nobody came in the one before, and none is counted. */
  let left: number | undefined
  const begin = () => {
    setImmediate(turn)
    return Math.ceil(inTurn() * shareInTurn)
  }
  const turn = () => {
    if (waiting.length === 0) {
      left = undefined
      return
    }
    const most = begin()
    const next = waiting.splice(0, most)
    left = most - next.length
    for (const { request, admit } of next) if (!request.raw.socket.destroyed) admit()
  }
  return (request, _reply, done) => {
    left ??= begin()
    if (left === 0) waiting.push({ request, admit: done })
    else {
      left--
      done()
    }
  }
}
