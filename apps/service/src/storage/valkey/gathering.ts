import type { Writable } from 'node:stream'

/**
 * What is written in one turn of the event loop leaves in one write: of requests that come together each would else cost a
 * call of the system.
 *
 * @returns called before each write
 */
export function createGathering(current: () => Writable | undefined): () => void {
  let gathering: Writable | undefined
  return () => {
    const stream = current()
    // After a reconnection it is another one.
    if (stream === undefined || stream === gathering) return
    gathering = stream
    stream.cork()
    setImmediate(() => {
      if (gathering === stream) gathering = undefined
      stream.uncork()
    })
  }
}
