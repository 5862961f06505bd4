import {
  AppImageError,
  readBuild,
  type BuildFormat,
  type SegmentHead,
  type SegmentWriter,
} from '@assay/app-image'
import { openFileBlobs, type BlobWriter } from '../../storage/index.ts'
import type { ReaderAnswer, ReaderCommand } from './reader-messages.ts'
import { createSdkFinder } from './sdk-finder.ts'

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
    const finder = createSdkFinder()
    const keep = (head: SegmentHead) => both(keepSegment(blobs.writer()), finder.writer(head))
    const report = await readBuild(file, { format, keep })
    return { kind: 'read', report: { ...report, sdk: finder.found() } }
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

function both(first: SegmentWriter, second: SegmentWriter | undefined): SegmentWriter {
  if (second === undefined) return first
  return {
    write: (chunk) => {
      first.write(chunk)
      second.write(chunk)
    },
    end: (sha256) => {
      first.end(sha256)
      second.end(sha256)
    },
  }
}

function drop(): void {
  for (const writer of writers) writer.abort()
  writers = []
}
