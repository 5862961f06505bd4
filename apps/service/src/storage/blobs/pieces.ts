import { createReadStream } from 'node:fs'
import { pieceLength } from './blob-store.ts'

/** A file as pieces of a shared blob. Reads may be shorter than requested, but pieces must not. */
export async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: pieceLength })) {
    waiting = waiting.length === 0 ? (chunk as Buffer) : Buffer.concat([waiting, chunk as Buffer])
    while (waiting.length >= pieceLength) {
      yield waiting.subarray(0, pieceLength)
      waiting = waiting.subarray(pieceLength)
    }
  }
  if (waiting.length > 0) yield waiting
}
