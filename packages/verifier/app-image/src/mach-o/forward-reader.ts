import type { ByteSource } from '../zip/byte-source.ts'

/** The bytes of an executable, which can only be read from first to last, as often as needed. */
export interface ExecutableBytes {
  /** Bytes. What is streamed has this length, or streaming rejects. */
  readonly length: number
  /** Each chunk is valid only during the call. */
  stream(take: (chunk: Buffer) => void): Promise<void>
}

/** Bytes that a reader asks for. Later ranges begin at or after the end of earlier ones. */
export interface Range {
  readonly offset: number
  readonly length: number
}

/** Requests one range after the other, and gets a copy of the bytes of each. Never requests bytes beyond the end. */
export type ForwardReader<T> = Generator<Range, T, Buffer>

const chunkLength = 256 * 1024

/** A file as it lies on the disk. */
export function bytesOfFile(source: ByteSource): ExecutableBytes {
  return {
    length: source.length,
    async stream(take) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(chunkLength, source.length))
      for (let at = 0; at < source.length; at += chunkLength) {
        const chunk = buffer.subarray(0, Math.min(chunkLength, source.length - at))
        source.fill(chunk, at)
        take(chunk)
      }
    },
  }
}

/**
 * Runs `reader` over the bytes in one pass, in memory that does not grow with their number: a compressed entry cannot be
 * read by offset. Every chunk goes to `observe` too.
 */
export async function readForward<T>(
  bytes: ExecutableBytes,
  reader: ForwardReader<T>,
  observe: (chunk: Buffer) => void,
): Promise<T> {
  let step = reader.next()
  let wanted = Buffer.alloc(0)
  let filled = 0
  let offset = 0
  const serve = (chunk: Buffer): void => {
    while (step.done !== true && step.value.offset < offset + chunk.length) {
      if (filled === 0) wanted = Buffer.allocUnsafeSlow(step.value.length)
      filled += chunk.copy(wanted, filled, step.value.offset + filled - offset)
      if (filled < wanted.length) return
      filled = 0
      step = reader.next(wanted)
    }
  }
  await bytes.stream((chunk) => {
    observe(chunk)
    serve(chunk)
    offset += chunk.length
  })
  if (step.done !== true) throw new Error('a reader asked for bytes out of order')
  return step.value
}
