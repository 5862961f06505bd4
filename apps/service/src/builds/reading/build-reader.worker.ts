import { parentPort, workerData } from 'node:worker_threads'
import { AppImageError, readBuild, type BuildFormat } from '@assay/app-image'
import { openFileBlobs, type BlobWriter } from '../../storage/index.ts'
import type { ReaderAnswer, ReaderCommand, ReaderData } from './reader-messages.ts'

/**
 * Reads builds on a thread of its own: what a hostile file burns is this thread's time and memory, and the service
 * ends it when either runs out. Segments are written as they are read and named only on `keep`.
 */

/** Files kept open until it is known whether the build is accepted; segments beyond it are named at once. */
const openWriters = 512

const blobs = openFileBlobs((workerData as ReaderData).blobFolder)
let writers: BlobWriter[] = []

parentPort?.on('message', (command: ReaderCommand) => {
  void carryOut(command)
    .catch(failed)
    .then((answer) => parentPort?.postMessage(answer))
})

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
