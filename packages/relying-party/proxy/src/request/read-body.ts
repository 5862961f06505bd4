import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

/** The body is larger than its route accepts. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'

  constructor() {
    super('the body of a request is too large')
  }
}

/**
 * The pieces of a body, as they come. Whoever stops reading does not end the connection: an answer must still go over it.
 *
 * @throws BodyTooLarge where it has more than `most` bytes
 */
async function* piecesOf(request: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  let count = 0
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    count += piece.length
    if (count > most) throw new BodyTooLarge()
    yield piece
  }
}

/** As {@link piecesOf}; the types of the library that sends it do not know that it takes any iterable. */
export function streamOf(request: IncomingMessage, most: number): Readable {
  return piecesOf(request, most) as unknown as Readable
}

/** @param signal for an event `abort` @throws BodyTooLarge; an error where the connection, or the time, ends early */
export function readBody(request: IncomingMessage, most: number, signal: EventEmitter): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let count = 0
    request.on('data', (piece: Buffer) => {
      count += piece.length
      if (count > most) {
        request.pause()
        reject(new BodyTooLarge())
      } else pieces.push(piece)
    })
    request.once('end', () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)))
    request.once('error', reject)
    for (const [source, event] of [[request, 'close'] as const, [signal, 'abort'] as const])
      source.once(event, () => reject(new Error('a body ended early')))
  })
}
