import { unlinkSync } from 'node:fs'
import path from 'node:path'
import type { BuildFormat, SegmentHead, SegmentWriter } from '@assay/app-image'
import { AppImageError, createOwnSecretSearch, prepareToRead, readBuild } from '@assay/app-image/read-build'
import { startIncoming } from '../storage/blobs/file-blob-writer.ts'
import { incomingOf, openFileBlobs } from '../storage/blobs/file-blobs.ts'
import type {
  ReaderAnswer,
  ReaderCommand,
  Reading,
  WrittenSegment,
} from '../provisioning/builds/reading/reader-messages.ts'
import { createSdkFinder } from '../provisioning/builds/reading/sdk-finder.ts'

/**
 * Reads builds in a separate process, with few rights (`readerRights`): a hostile file burns only the time and memory
 * of this process, and the service ends it when either runs out. Segments are written as they are read; the service
 * gives them their names. Arguments: the folder of the blobs, and the format of the expected builds, if any.
 */

const [blobFolder, expected] = process.argv.slice(2) as [string, BuildFormat?]
const incoming = incomingOf(blobFolder)

process.on('message', (command: ReaderCommand) => {
  void carryOut(command)
    .catch(failed)
    .then((answer) => process.send?.(answer))
})
// Whatever fails here fails again with the first build, and is reported then.
if (expected !== undefined) prepareToRead(expected).catch(() => undefined)
// The service has ended, for whatever reason.
process.on('disconnect', () => process.exit())

function failed(error: unknown): ReaderAnswer {
  const { message, code } = error as Partial<NodeJS.ErrnoException>
  return { kind: 'failed', message: message ?? 'the build reader failed', code }
}

async function carryOut(command: ReaderCommand): Promise<ReaderAnswer> {
  switch (command.kind) {
    case 'read':
      return read(command.file, command)
    case 'sweep': {
      const removed = openFileBlobs(blobFolder).sweep(new Set(command.keep), new Date(command.before))
      return { kind: 'swept', removed }
    }
  }
}

async function read(file: string, { format, coverage, isUpdate }: Reading): Promise<ReaderAnswer> {
  const begun = new Map<string, () => void>()
  const written: WrittenSegment[] = []
  try {
    const finder = createSdkFinder()
    let withSecret: string | undefined
    const searchOf = ({ name }: SegmentHead): SegmentWriter => {
      const secrets = createOwnSecretSearch()
      return {
        write: (chunk) => secrets.add(chunk),
        end: () => {
          if (secrets.found()) withSecret ??= name
        },
      }
    }
    const keep = (head: SegmentHead) => {
      const writer = startIncoming(incoming)
      begun.set(writer.file, () => writer.end())
      const { length } = head
      const end = (sha256: string) => {
        writer.end()
        begun.set(writer.file, () => undefined)
        written.push({ file: writer.file, sha256, length })
      }
      return both(both({ write: (chunk) => writer.write(chunk), end }, searchOf(head)), finder.writer(head))
    }
    const report = await readBuild(file, { format, coverage, isUpdate, keep, inspect: searchOf })
    if (withSecret !== undefined)
      throw new AppImageError('BUILD_HOLDS_SECRET', undefined, { file: withSecret })
    return { kind: 'read', report: { ...report, sdk: finder.found() }, written }
  } catch (error) {
    for (const [each, close] of begun) {
      close()
      unlinkSync(path.join(incoming, each))
    }
    if (error instanceof AppImageError) return { kind: 'refused', code: error.code, file: error.file }
    throw error
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
