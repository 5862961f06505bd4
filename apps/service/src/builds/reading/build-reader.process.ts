import { AppImageError, readBuild, type BuildFormat } from '@assay/app-image'
import { openFileBlobs, type BlobWriter } from '../../storage/index.ts'
import type { ReaderAnswer, ReaderCommand } from './reader-messages.ts'

/**
 * Reads builds in a process of its own: what a hostile file burns is this process's time and memory, and the service
 * ends it when either runs out. Segments are written as they are read and named only on `keep`. The one argument is
 * the folder of the blobs.
 */

/** Files kept open until it is known whether the build is accepted; segments beyond it are named at once. */
const openWriters = 512

const blobs = openFileBlobs(process.argv[2] as string)
let writers: BlobWriter[] = []

process.on('message', (command: ReaderCommand) => {
  void carryOut(command)
    .catch(failed)
    .then((answer) => process.send?.(answer))
})
// The service has ended, however that came about.
process.on('disconnect', () => process.exit())

function failed(error: unknown): ReaderAnswer {
  const { message, code } = error as Partial<NodeJS.ErrnoException>
  return { kind: 'failed', message: message ?? 'the build reader failed', code }
}

async function carryOut(command: ReaderCommand): Promise<ReaderAnswer> {
  switch (command.kind) {
    case 'read':
      return read(command.file, command.format)
    case 'keep':
      for (const writer of writers) writer.commit()
      writers = []
      return { kind: 'done' }
    case 'drop':
      drop()
      return { kind: 'done' }
    case 'sweep':
      blobs.sweep(new Set(command.keep), new Date(command.before))
      return { kind: 'done' }
  }
}

async function read(file: string, format: BuildFormat): Promise<ReaderAnswer> {
  try {
    const report = await readBuild(file, { format, keep: () => keepSegment(blobs.writer()) })
    return { kind: 'read', report }
  } catch (error) {
    drop()
    if (error instanceof AppImageError) return { kind: 'refused', code: error.code }
    throw error
  }
}

function keepSegment(writer: BlobWriter) {
  const postponed = writers.length < openWriters
  if (postponed) writers.push(writer)
  return {
    write: (chunk: Uint8Array) => writer.write(chunk),
    end: () => {
      if (!postponed) writer.commit()
    },
  }
}

function drop(): void {
  for (const writer of writers) writer.abort()
  writers = []
}
