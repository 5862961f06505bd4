import type { Server } from 'node:net'

/** Steps in one turn while connections come. */
const fewest = 8
/** Milliseconds after a connection within which another one may be waiting. */
const recently = 5

/**
 * How much is done in one turn of the event loop. Node accepts one connection in a turn, so that turns are short while connections
 * come: in a flood of them those of others would wait for seconds to be accepted.
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
