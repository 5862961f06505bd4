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

/** @throws BodyTooLarge; the connection's own error where it ends early */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of piecesOf(request, most)) pieces.push(piece)
  return Buffer.concat(pieces)
}
