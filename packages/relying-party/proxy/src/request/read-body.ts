import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { HeldBody } from './held-bodies.ts'

/** The body is larger than its route accepts. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'

  constructor() {
    super('the body of a request is too large')
  }
}

/** Why a body that is read whole cannot be. */
export type UnreadBody =
  'PROXY_BODY_TOO_LARGE' | 'PROXY_BODY_INCOMPLETE' | 'PROXY_BODIES_FULL' | 'PROXY_BODIES_SHARE'

/** Bounds of a body that is read whole: milliseconds, and bytes in a second, on average, after `grace`. */
const due = { grace: 10_000, rate: 2_048, total: 120_000, judgedEach: 2_000 }
/** Bytes for which space is made at first. */
const firstSpace = 4 * 1024

/**
 * The pieces of a body, as they come. A reader who stops does not end the connection: an answer must still go over it.
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

export interface BodyReading {
  /** Bytes. */
  readonly most: number
  /** Bytes that are said to come; undefined: it is not said. */
  readonly length: number | undefined
  /** Takes the space. */
  readonly held: HeldBody
  /** For an event `abort`. */
  readonly signal: EventEmitter
}

/** Reads a body whole. Its pieces are copied: each of them, however small, takes as much memory as hundreds of bytes. */
export function readBody(
  request: IncomingMessage,
  { most, length, held, signal }: BodyReading,
): Promise<Buffer | UnreadBody> {
  return new Promise((resolve) => {
    const began = performance.now()
    let bytes: Buffer = Buffer.alloc(0)
    let count = 0
    const end = (result: Buffer | UnreadBody) => {
      clearInterval(judging)
      request.off('data', take)
      if (typeof result === 'string') request.pause()
      resolve(result)
    }
    const judge = () => {
      const taken = performance.now() - began
      const least = ((taken - due.grace) / 1_000) * due.rate
      if (taken > due.total || count < least) end('PROXY_BODY_INCOMPLETE')
    }
    // A body that has come already needs no judge, and a timer takes longer than reading it.
    const judging = request.complete ? undefined : setInterval(judge, due.judgedEach)
    const take = (piece: Buffer) => {
      const size = count + piece.length
      if (size > most) return end('PROXY_BODY_TOO_LARGE')
      // Most small bodies come in one piece, which is then not copied.
      if (count === 0 && size === length) bytes = piece
      else if (size > bytes.length) {
        const space = Math.min(most, Math.max(size, 2 * bytes.length, firstSpace))
        const answer = held.grow(space)
        if (answer !== true) return end(answer)
        const larger = Buffer.allocUnsafeSlow(space)
        bytes.copy(larger, 0, 0, count)
        bytes = larger
      }
      if (bytes !== piece) piece.copy(bytes, count)
      count = size
    }
    const answer = held.grow(0)
    if (answer !== true) return end(answer)
    request.on('data', take)
    request.once('end', () => end(bytes.subarray(0, count)))
    request.once('error', () => end('PROXY_BODY_INCOMPLETE'))
    request.once('close', () => end('PROXY_BODY_INCOMPLETE'))
    signal.once('abort', () => end('PROXY_BODY_INCOMPLETE'))
  })
}

/** A large body that is sent once, and kept no longer than that. */
export async function* sentOnce(body: { bytes: Buffer | undefined }, held: HeldBody): AsyncGenerator<Buffer> {
  try {
    const { bytes } = body
    body.bytes = undefined
    if (bytes !== undefined) yield bytes
  } finally {
    held.release()
  }
}
