import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBuffer, type Entry } from 'yauzl'
import { readCentralDirectory } from '../../src/zip/central-directory.ts'
import { expectRefusal } from '../expect-refusal.ts'
import { writeZip } from './write-zip.ts'

const endLength = 22

/** The records of an archive, and how many its end record states. */
function directoryOf(archive: Buffer): { directory: Buffer; count: number } {
  const end = archive.subarray(-endLength)
  const start = end.readUInt32LE(16)
  return { directory: archive.subarray(start, start + end.readUInt32LE(12)), count: end.readUInt16LE(10) }
}

const read = (directory: Buffer, count: number) =>
  readCentralDirectory(directory, {
    bytes: Buffer.alloc(endLength),
    offset: directory.length,
    entryCount: count,
    directoryOffset: 0,
    directoryLength: directory.length,
  })

/** What another reader makes of them; undefined: it refuses them. */
async function listedByYauzl(directory: Buffer, count: number): Promise<Entry[] | undefined> {
  const end = Buffer.alloc(endLength)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false }
  return new Promise((resolve) => {
    fromBuffer(Buffer.concat([directory, end]), options, (error, archive) => {
      if (error) return resolve(undefined)
      const entries: Entry[] = []
      archive.on('entry', (entry: Entry) => {
        entries.push(entry)
        archive.readEntry()
      })
      archive.on('error', () => resolve(undefined))
      archive.on('end', () => resolve(entries))
      archive.readEntry()
    })
  })
}

const recordLength = 46
const nameOf = (entry: Entry) => entry.fileName as unknown as Buffer
const endsWithin = (entries: readonly Entry[], directory: Buffer) =>
  entries.reduce(
    (sum, entry) =>
      sum + recordLength + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength,
    0,
  ) <= directory.length

function outcome(directory: Buffer, count: number) {
  try {
    return read(directory, count)
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const entry = fc.record({
  name: fc.string({ minLength: 1, maxLength: 12 }),
  content: fc.string({ maxLength: 8 }),
  flags: fc.constantFrom(0, 1, 8, 0x40, 0x41, 0x800),
  extra: fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from([1, 2, 0, 0]),
    Buffer.from([9, 9, 1, 0, 7, 0, 0]),
    Buffer.alloc(3),
  ),
})
const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 })

describe('readCentralDirectory', () => {
  it('lists what yauzl lists, and refuses what yauzl refuses', async () => {
    const seen = { listed: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), edits, async (entries, changes) => {
        const { directory, count } = directoryOf(writeZip(entries))
        const changed = Buffer.from(directory)
        if (changed.length > 0) for (const [at, value] of changes) changed[at % changed.length] = value
        const ours = outcome(changed, count)
        const theirs = await listedByYauzl(changed, count)
        if (Array.isArray(ours)) {
          seen.listed += 1
          expect(ours).toEqual(
            theirs?.map((each) => ({
              name: nameOf(each).toString('utf8'),
              nameBytes: nameOf(each),
              flags: each.generalPurposeBitFlag,
              method: each.compressionMethod,
              crc32: each.crc32,
              compressedLength: each.compressedSize,
              length: each.uncompressedSize,
              headerOffset: each.relativeOffsetOfLocalHeader,
              isLink: [3, 19].includes(each.versionMadeBy >>> 8) && each.externalFileAttributes >>> 28 === 10,
            })),
          )
        } else if (theirs !== undefined && endsWithin(theirs, changed)) {
          // Beyond what yauzl looks at.
          const names = theirs.map(nameOf)
          if (ours === 'ZIP_ENTRY_PATH') expect(names.every((name) => isUtf8(name))).toBe(false)
          else expect(['ZIP64_UNSUPPORTED', 'ZIP_TOO_MANY_ENTRIES']).toContain(ours)
        } else {
          seen.refused += 1
          expect(['ZIP_MALFORMED', 'ZIP_ENCRYPTED', 'ZIP64_UNSUPPORTED']).toContain(ours)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(seen.listed).toBeGreaterThan(100)
    expect(seen.refused).toBeGreaterThan(100)
  })

  it('refuses strong encryption by its own flag', async () => {
    const { directory } = directoryOf(writeZip([{ name: 'a', flags: 0x41 }]))
    await expectRefusal('ZIP_ENCRYPTED', () => read(directory, 1))
    const { directory: half } = directoryOf(writeZip([{ name: 'a', flags: 0x40 }]))
    await expectRefusal('ZIP_MALFORMED', () => read(half, 1))
  })

  it('refuses extra fields that are longer than they have room', async () => {
    const { directory } = directoryOf(writeZip([{ name: 'a', extra: Buffer.from([1, 2, 1, 0]) }]))
    await expectRefusal('ZIP_MALFORMED', () => read(directory, 1))
    const { directory: fits } = directoryOf(writeZip([{ name: 'a', extra: Buffer.from([1, 2, 1, 0, 5]) }]))
    expect(read(fits, 1)).toHaveLength(1)
  })

  it('refuses a record without name, extra field and comment', async () => {
    const { directory } = directoryOf(writeZip([{ name: '' }]))
    await expectRefusal('ZIP_MALFORMED', () => read(directory, 1))
  })
})
