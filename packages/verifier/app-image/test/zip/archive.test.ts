import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedBytes } from '@assay/testkit/fixed'
import { readArchive } from '../../src/zip/archive.ts'
import type { Archive } from '../../src/zip/archive.ts'
import { openByteSource } from '../../src/zip/byte-source.ts'
import { readContent, streamContent } from '../../src/zip/entry-content.ts'
import { zipLimits } from '../../src/zip/limits.ts'
import { refuseUnusualMethods } from '../../src/zip/methods.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import { writeZip } from './write-zip.ts'
import type { ArchiveTemplate, EntryTemplate } from './write-zip.ts'

const two: EntryTemplate[] = [
  { name: 'a.txt', content: 'first' },
  { name: 'b/c.txt', content: 'second', method: 0 },
]

async function withArchive<T>(bytes: Uint8Array, use: (archive: Archive) => T | Promise<T>): Promise<T> {
  const source = openByteSource(fileOf(bytes))
  try {
    return await use(readArchive(source))
  } finally {
    source.close()
  }
}

const names = (bytes: Uint8Array) => withArchive(bytes, ({ entries }) => [...entries.keys()])
const refused = (
  code: Parameters<typeof expectRefusal>[0],
  entries: EntryTemplate[],
  archive?: ArchiveTemplate,
) => expectRefusal(code, () => names(writeZip(entries, archive)))

describe('readArchive', () => {
  it('lists entries in the order of the directory, with their contents', async () => {
    const contents = await withArchive(writeZip(two), ({ source, entries }) =>
      [...entries.values()].map((entry) => [entry.name, readContent(source, entry, 100).toString()]),
    )
    expect(contents).toEqual([
      ['a.txt', 'first'],
      ['b/c.txt', 'second'],
    ])
  })

  it('reads an archive without entries, and one with a comment of any length', async () => {
    expect(await names(writeZip([]))).toEqual([])
    expect(await names(writeZip(two, { comment: fixedBytes('comment', 0xffff) }))).toHaveLength(2)
  })

  it('uses the method of the directory where the local header has another', async () => {
    const [a, b] = two as [EntryTemplate, EntryTemplate]
    expect(await names(writeZip([{ ...a, local: { method: 0 } }, b]))).toHaveLength(2)
  })

  it('ignores extra fields, padding between entries and data descriptors', async () => {
    const padded = {
      name: 'a',
      flags: 8,
      local: { extra: Buffer.alloc(3), crc: 0, length: 0, compressedLength: 0 },
      after: Buffer.alloc(16),
    }
    expect(await names(writeZip([padded, { name: 'b', extra: Buffer.from([1, 2, 0, 0]) }]))).toEqual([
      'a',
      'b',
    ])
  })

  it('accepts carriage returns in names, as Android does', async () => {
    expect(await names(writeZip([{ name: 'a\rb' }]))).toEqual(['a\rb'])
  })

  it('refuses what is no archive', async () => {
    await expectRefusal('ZIP_MALFORMED', () => names(Buffer.alloc(0)))
    await expectRefusal('ZIP_MALFORMED', () => names(fixedBytes('no archive', 1000)))
  })

  it('refuses a truncated archive', async () => {
    const bytes = writeZip(two)
    await expectRefusal('ZIP_TRUNCATED', () => names(bytes.subarray(0, 60)))
    await expectRefusal('ZIP_TRUNCATED', () => names(bytes.subarray(0, bytes.length - 1)))
  })

  it('refuses ZIP64', async () => {
    const locator = Buffer.alloc(20)
    locator.writeUInt32LE(0x07064b50)
    await refused('ZIP64_UNSUPPORTED', two, { gap: locator })
    await refused('ZIP64_UNSUPPORTED', two, { directoryOffset: 0xffffffff })
    await refused('ZIP64_UNSUPPORTED', two, { directoryLength: 0xffffffff })
    const extra = Buffer.alloc(20)
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(16, 2)
    extra.writeBigUInt64LE(7n, 4)
    extra.writeBigUInt64LE(7n, 12)
    await refused('ZIP64_UNSUPPORTED', [
      { name: 'a', length: 0xffffffff, compressedLength: 0xffffffff, extra },
    ])
  })

  it('reads 65,535 entries and refuses more', async () => {
    const entries = Array.from({ length: 65_535 }, (_, i) => ({ name: `${i}`, content: '', method: 0 }))
    expect(await names(writeZip(entries))).toHaveLength(65_535)
    await refused('ZIP_TOO_MANY_ENTRIES', [...entries, { name: 'last' }])
  })

  it('refuses a directory that is cut off, too large, or not where it is said to be', async () => {
    await refused('ZIP_MALFORMED', two, { count: 3 })
    await refused('ZIP_MALFORMED', two, { directoryLength: 10 })
    await refused('ZIP_MALFORMED', two, { directoryLength: 10_000 })
    await refused('ZIP_MALFORMED', two, { directoryOffset: 1 })
    await refused('ZIP_MALFORMED', two, { disk: 1 })
    const padding = Buffer.alloc(zipLimits.centralDirectory)
    await refused('ZIP_BOMB', two, { directoryTail: padding })
  })

  it('refuses a directory whose last record runs into the end record', async () => {
    const bytes = writeZip(two)
    for (let cut = 1; cut < 60; cut++) {
      const shorter = Buffer.concat([bytes.subarray(0, -22 - cut), bytes.subarray(-22)])
      shorter.writeUInt32LE(bytes.readUInt32LE(bytes.length - 10) - cut, shorter.length - 10)
      await expectRefusal('ZIP_MALFORMED', () => names(shorter))
    }
  })

  it('refuses two entries of one name', async () => {
    await refused('ZIP_DUPLICATE_ENTRY', [{ name: 'classes.dex' }, { name: 'classes.dex' }])
  })

  it.each(['/etc/passwd', '../a', 'a/../../b', 'a\\..\\b', '\\a', 'C:\\a', 'c:a', 'a\0b', '', '..'])(
    'refuses the path %j',
    async (name) => {
      await refused(name === '' ? 'ZIP_MALFORMED' : 'ZIP_ENTRY_PATH', [{ name }])
    },
  )

  it('accepts dots that do not climb', async () => {
    expect(await names(writeZip([{ name: 'a..b/...c/.d' }]))).toEqual(['a..b/...c/.d'])
  })

  it('keeps a byte order mark: it is part of the name', async () => {
    expect(await names(writeZip([{ name: '\ufeffa' }, { name: 'a' }]))).toEqual(['\ufeffa', 'a'])
  })

  it('refuses names that are not UTF-8', async () => {
    await refused('ZIP_ENTRY_PATH', [{ name: Buffer.from([0x61, 0xff]) }])
  })

  it('refuses a local header that disagrees with the directory', async () => {
    await refused('ZIP_HEADER_MISMATCH', [{ name: 'a', local: { name: 'b' } }])
    await refused('ZIP_HEADER_MISMATCH', [{ name: 'a', local: { name: 'ab' } }])
    await refused('ZIP_HEADER_MISMATCH', [{ name: 'a', local: { crc: 1 } }])
    await refused('ZIP_HEADER_MISMATCH', [{ name: 'a', local: { length: 1 } }])
    await refused('ZIP_HEADER_MISMATCH', [{ name: 'a', local: { flags: 8 } }])
    await refused('ZIP_MALFORMED', [{ name: 'a', localSignature: 0x05034b50 }])
  })

  it('refuses entries that share bytes with each other or with the directory', async () => {
    const [a, b] = two as [EntryTemplate, EntryTemplate]
    await refused('ZIP_OVERLAPPING_ENTRIES', [a, { ...a, name: 'z.txt', headerOffset: 0 }])
    await refused('ZIP_OVERLAPPING_ENTRIES', [{ ...b, length: 20, compressedLength: 20 }, a])
    await refused('ZIP_OVERLAPPING_ENTRIES', [a, { ...b, length: 20, compressedLength: 20 }])
    await refused('ZIP_MALFORMED', [{ ...a, headerOffset: 20 }])
    await refused('ZIP_MALFORMED', [{ ...a, headerOffset: 0x7fffffff }])
  })

  it('refuses encrypted entries', async () => {
    await refused('ZIP_ENCRYPTED', [{ name: 'a', flags: 1 }])
    await refused('ZIP_ENCRYPTED', [{ name: 'a', local: { flags: 1 } }])
    await refused('ZIP_ENCRYPTED', [{ name: 'a', flags: 0x41 }])
  })

  it('refuses a stored entry of two lengths', async () => {
    await refused('ZIP_MALFORMED', [{ name: 'a', method: 0, length: 5 }])
  })

  it('refuses entries that are too large, alone or together, or claim what DEFLATE cannot do', async () => {
    await refused('ZIP_BOMB', [{ name: 'a', length: zipLimits.entry + 1 }])
    await refused('ZIP_BOMB', [{ name: 'a', length: 100_000_000 }])
    const zeros = Buffer.alloc(1024 * 1024)
    const many = Array.from({ length: 300 }, (_, i) => ({ name: `${i}`, content: zeros }))
    await refused('ZIP_BOMB', many)
  })

  it('refuses methods other than stored and deflated where asked to', async () => {
    const bytes = writeZip([{ name: 'a', method: 21 }])
    expect(await names(bytes)).toEqual(['a'])
    await expectRefusal('ZIP_METHOD', () => withArchive(bytes, refuseUnusualMethods))
  })
})

describe('contents', () => {
  const whole = (bytes: Uint8Array, limit = 1 << 20) =>
    withArchive(bytes, ({ source, entries }) =>
      [...entries.values()].map((entry) => readContent(source, entry, limit)),
    )
  const streamed = (bytes: Uint8Array) =>
    withArchive(bytes, async ({ source, entries }) => {
      const chunks: Buffer[] = []
      for (const entry of entries.values()) {
        await streamContent(source, entry, (chunk) => chunks.push(Buffer.from(chunk)))
      }
      return Buffer.concat(chunks)
    })

  it('reads any content either way', async () => {
    for (const length of [0, 1, 65_536, 65_537, 1_000_000]) {
      for (const method of [0, 8]) {
        const content = fixedBytes('content', length)
        const bytes = writeZip([{ name: 'a', content, method }])
        expect(content.equals((await whole(bytes))[0]!)).toBe(true)
        expect(content.equals(await streamed(bytes))).toBe(true)
      }
    }
  })

  it('refuses content above the limit before reading it', async () => {
    await expectRefusal('ZIP_BOMB', () => whole(writeZip([{ name: 'a', content: Buffer.alloc(11) }]), 10))
  })

  it.each([100, 200_000])('refuses %i bytes of content of another length than declared', async (length) => {
    const content = fixedBytes('content', length)
    for (const declared of [length - 1, length + 1]) {
      const bytes = writeZip([{ name: 'a', content, length: declared }])
      await expectRefusal('ZIP_ENTRY_CORRUPT', () => whole(bytes))
      await expectRefusal('ZIP_ENTRY_CORRUPT', () => streamed(bytes))
    }
  })

  it.each([100, 200_000])('refuses %i bytes that do not inflate, or not to the end', async (length) => {
    const content = fixedBytes('content', length)
    const garbage = writeZip([{ name: 'a', content, data: Buffer.alloc(length, 0xff) }])
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => whole(garbage))
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => streamed(garbage))
    // A stored block that claims 65,535 bytes and ends before.
    const stored = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0, 0]), content.subarray(0, 50_000)])
    const cut = writeZip([{ name: 'a', content, data: stored }])
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => whole(cut))
    await expectRefusal('ZIP_ENTRY_CORRUPT', () => streamed(cut))
  })

  it('refuses a wrong CRC when streaming', async () => {
    for (const content of [fixedBytes('content', 100), fixedBytes('content', 200_000)]) {
      for (const method of [0, 8]) {
        await expectRefusal('ZIP_ENTRY_CORRUPT', () =>
          streamed(writeZip([{ name: 'a', content, method, crc: 12345 }])),
        )
      }
    }
  })

  it('passes on what the consumer throws', async () => {
    for (const method of [0, 8]) {
      const bytes = writeZip([{ name: 'a', content: fixedBytes('content', 2_000_000), method }])
      const failing = withArchive(bytes, ({ source, entries }) =>
        streamContent(source, entries.get('a')!, () => {
          throw new RangeError('disk full')
        }),
      )
      await expect(failing).rejects.toThrow(RangeError)
    }
  })

  it('refuses mutated archives with a code of its own or reads them, never otherwise', async () => {
    const base = writeZip([
      ...two,
      { name: 'd', content: 'x'.repeat(3000) },
      { name: 'e/', content: '', method: 0 },
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const bytes = Buffer.from(base)
          for (const [at, value] of changes) bytes[at] = value
          await codeOf(() => whole(bytes))
          await codeOf(() => streamed(bytes))
        },
      ),
    )
  })
})
