import { AppImageError, readBuild, type SegmentHead, type SegmentWriter } from '@assay/app-image'
import { openFileBlobs, type BlobWriter } from '../storage/index.ts'
import type { ReaderAnswer, ReaderCommand, Reading } from '../provisioning/builds/reading/reader-messages.ts'
import { createSdkFinder } from '../provisioning/builds/reading/sdk-finder.ts'

/**
 * Reads builds in a separate process: what a hostile file burns is this process's time and memory, and the service
 * ends it when either runs out. Segments are written as they are read and named only on `keep`. The one argument is
 * the folder of the blobs.
 */

/** Files kept open until it is known whether the build is accepted; segments beyond it are named at once. */
const openWriters = 512

const blobs = openFileBlobs(process.argv[2] as string)
let postponed: Postponed[] = []

/** A segment that is written and not yet named. */
interface Postponed {
  writer: BlobWriter
  /** Hex, once the segment has been read to its end. */
  sha256?: string
  /** Settles, and never rejects, when its bytes are on disk or could not be put there ahead of time. */
  flushed: Promise<void>
}

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
      return read(command.file, command)
    case 'keep':
      await Promise.all(postponed.map(({ flushed }) => flushed))
      for (const { writer, sha256 } of postponed) writer.commit(sha256)
      postponed = []
      return { kind: 'done' }
    case 'drop':
      await drop()
      return { kind: 'done' }
    case 'sweep':
      blobs.sweep(new Set(command.keep), new Date(command.before))
      return { kind: 'done' }
  }
}

async function read(file: string, { format, coverage }: Reading): Promise<ReaderAnswer> {
  try {
    const finder = createSdkFinder()
    const keep = (head: SegmentHead) =>
      both(keepSegment(blobs.writer({ digested: true })), finder.writer(head))
    const report = await readBuild(file, { format, coverage, keep })
    return { kind: 'read', report: { ...report, sdk: finder.found() } }
  } catch (error) {
    await drop()
    if (error instanceof AppImageError) return { kind: 'refused', code: error.code }
    throw error
  }
}

function keepSegment(writer: BlobWriter): SegmentWriter {
  const entry: Postponed | undefined =
    postponed.length < openWriters ? { writer, flushed: Promise.resolve() } : undefined
  if (entry !== undefined) postponed.push(entry)
  return {
    write: (chunk) => writer.write(chunk),
    end: (sha256) => {
      if (entry === undefined) {
        writer.commit(sha256)
        return
      }
      entry.sha256 = sha256
      // Where it fails, naming the segment fails too, or puts it on disk after all.
      entry.flushed = writer.flush().catch(() => undefined)
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

async function drop(): Promise<void> {
  await Promise.all(postponed.map(({ flushed }) => flushed))
  for (const { writer } of postponed) writer.abort()
  postponed = []
}
