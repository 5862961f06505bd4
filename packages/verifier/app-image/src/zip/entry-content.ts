import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { InflateRaw } from 'node:zlib'
import { AppImageError } from '../errors/app-image-error.ts'
import type { ZipEntry } from './archive.ts'
import type { ByteSource } from './byte-source.ts'

const inputChunk = 256 * 1024
/** Up to this size, starting a stream costs more than inflating synchronously. */
const small = 64 * 1024
const outputChunk = 256 * 1024
/** Holds the code tables of a first DEFLATE block and the first bytes after them. */
const firstInput = 4096

/**
 * The content of a small entry. Its CRC is not checked, as Android does not.
 *
 * @throws AppImageError `ZIP_BOMB` above `limit` bytes, `ZIP_ENTRY_CORRUPT`
 */
export function readContent(source: ByteSource, entry: ZipEntry, limit: number): Buffer {
  if (entry.length > limit) throw new AppImageError('ZIP_BOMB', 'an entry is larger than its kind allows')
  const stored = source.read(entry.dataOffset, entry.compressedLength)
  if (entry.method === 0) return stored
  try {
    const content = inflateRawSync(stored, {
      maxOutputLength: entry.length + 1,
      chunkSize: Math.max(64, Math.min(entry.length + 1, outputChunk)),
    })
    if (content.length === entry.length) return content
  } catch (cause) {
    throw corrupt(cause)
  }
  throw corrupt()
}

/** Up to `length` bytes from the start of an entry, fewer if it is shorter or corrupt. */
export function readFirstBytes(source: ByteSource, entry: ZipEntry, length: number): Buffer {
  const stored = source.read(entry.dataOffset, Math.min(entry.compressedLength, firstInput))
  if (entry.method === 0) return stored.subarray(0, length)
  try {
    return inflateRawSync(stored, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length)
  } catch {
    return Buffer.alloc(0)
  }
}

/**
 * Hands the content of an entry to `take`, chunk by chunk; each chunk is valid only during the call.
 *
 * @throws AppImageError `ZIP_ENTRY_CORRUPT` if length or CRC are not as declared.
 */
export async function streamContent(
  source: ByteSource,
  entry: ZipEntry,
  take: (chunk: Buffer) => void,
): Promise<void> {
  let length = 0
  let checksum = 0
  const check = (chunk: Buffer): void => {
    length += chunk.length
    if (length > entry.length) throw corrupt()
    checksum = crc32(chunk, checksum)
    take(chunk)
  }
  if (entry.method === 0) readStored(source, entry, check)
  else if (entry.length <= small) check(readContent(source, entry, small))
  else await inflate(source, entry, check)
  if (length !== entry.length || checksum !== entry.crc32) throw corrupt()
}

function* chunksOf(source: ByteSource, entry: ZipEntry, buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < entry.compressedLength; at += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, entry.compressedLength - at))
    source.fill(chunk, entry.dataOffset + at)
    yield chunk
  }
}

function readStored(source: ByteSource, entry: ZipEntry, take: (chunk: Buffer) => void): void {
  const buffer = Buffer.allocUnsafeSlow(Math.min(inputChunk, entry.compressedLength))
  for (const chunk of chunksOf(source, entry, buffer)) take(chunk)
}

/** Inflates on zlib's own threads; the next chunk is read once the last has been accepted. */
function inflate(source: ByteSource, entry: ZipEntry, take: (chunk: Buffer) => void): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(inputChunk, entry.compressedLength))
  const chunks = chunksOf(source, entry, buffer)
  const stream = createInflateRaw({ chunkSize: outputChunk, flush: constants.Z_NO_FLUSH })
  return new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      stream.destroy()
      reject(error instanceof Error ? error : new Error('reading an entry failed', { cause: error }))
    }
    const guarded = (act: () => void): void => {
      if (stream.destroyed) return
      try {
        act()
      } catch (error) {
        fail(error)
      }
    }
    // One turn later: by then zlib is working on the next chunk.
    stream.on('data', (chunk: Buffer) => process.nextTick(guarded, () => take(chunk)))
    stream.on('error', (error) => fail(corrupt(error)))
    stream.on('end', resolve)
    feed(stream, chunks, guarded)
  })
}

function feed(stream: InflateRaw, chunks: Generator<Buffer>, guarded: (act: () => void) => void): void {
  guarded(() => {
    const next = chunks.next()
    if (next.done === true) stream.end()
    else stream.write(next.value, (error) => (error ? undefined : feed(stream, chunks, guarded)))
  })
}

function corrupt(cause?: unknown): AppImageError {
  return new AppImageError('ZIP_ENTRY_CORRUPT', undefined, { cause })
}
