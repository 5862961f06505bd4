import { createReadStream, type Stats } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { Transform, type PassThrough, type Readable } from 'node:stream'
import { mediaTypes } from '@assay/protocol'
import { fileUnreadable } from '../faults/cli-error.ts'
import { formatOf } from './read-build-file.ts'

/** What is sent to register a build. */
export interface BuildBody {
  mediaType: string
  /** The bytes; they end with a CliError if a file cannot be read to its end. Call it once. */
  open: () => Readable
  /** Bytes, if known beforehand. */
  length?: number
}

/**
 * Sends a file as it is, a folder as a ZIP.
 *
 * @param update called with the number of bytes sent, and of all bytes
 */
export async function bodyOf(
  file: string,
  found: Stats,
  update: (done: number, total: number) => void,
): Promise<BuildBody> {
  if (found.isDirectory()) return { mediaType: mediaTypes.zip, open: await zipOf(file) }
  return {
    mediaType: mediaTypes[await formatOf(file)],
    open: () => bytesOf(file, counted(found.size, update)),
    length: found.size,
  }
}

function bytesOf(file: string, through: Transform): Readable {
  const source = createReadStream(file, { highWaterMark: 1 << 20 })
  source.on('error', (cause) => through.destroy(fileUnreadable(file, cause)))
  through.on('close', () => source.destroy())
  return source.pipe(through)
}

function counted(total: number, update: (done: number, total: number) => void): Transform {
  let done = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length
      update(done, total)
      next(null, chunk)
    },
  })
}

async function zipOf(folder: string): Promise<() => Readable> {
  const { ZipFile } = await import('yazl')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return () => {
    const zip = new ZipFile()
    const stream = zip.outputStream as PassThrough
    zip.on('error', (cause: NodeJS.ErrnoException) =>
      stream.destroy(fileUnreadable(cause.path ?? `A file in ${folder}`, cause)),
    )
    for (const { parentPath, name } of files) {
      const file = path.join(parentPath, name)
      zip.addFile(file, path.relative(folder, file).split(path.sep).join('/'), { compress: false })
    }
    zip.end()
    return stream
  }
}
