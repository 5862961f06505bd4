import type { Writable } from 'node:stream'

/**
 * Sends what is written in one turn of the event loop with one write: otherwise each of the requests that come together
 * would cost a system call.
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
