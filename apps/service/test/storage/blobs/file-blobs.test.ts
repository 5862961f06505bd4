import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startIncoming } from '../../../src/storage/blobs/file-blob-writer.ts'
import { incomingOf, openFileBlobs } from '../../../src/storage/blobs/file-blobs.ts'
import type { FileBlobStore as BlobStore } from '../../../src/storage/index.ts'
import { temporaryFolders } from '../support/sqlite-world.ts'

const makeFolder = temporaryFolders()
const opened: BlobStore[] = []
afterEach(() => {
  for (const blobs of opened.splice(0)) blobs.close()
})

function openBlobs(options: { folder?: string; openFiles?: number } = {}) {
  const { folder = makeFolder(), openFiles = 4 } = options
  const blobs = openFileBlobs(folder, { openFiles })
  opened.push(blobs)
  return { folder, blobs }
}

function put(blobs: BlobStore, ...chunks: (string | Uint8Array)[]): string {
  const writer = blobs.writer()
  for (const chunk of chunks) writer.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  return writer.commit()
}

const digest = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const place = (folder: string, sha256: string) => path.join(folder, sha256.slice(0, 2), sha256)
const filesUnder = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
const blobError = (code: string): unknown => expect.objectContaining({ name: 'BlobError', code })
const misuse = (code: string): unknown => expect.objectContaining({ name: 'TypeError', code })
const [never, always] = [new Date(0), new Date('2100-01-01T00:00:00.000Z')]

describe('what another process has written', () => {
  const written = (folder: string, content: string) => {
    const writer = startIncoming(incomingOf(folder))
    writer.write(Buffer.from(content))
    writer.end()
    return { file: writer.file, sha256: digest(content), length: content.length }
  }

  it('gets its names, even if a blob exists already', async () => {
    const { folder, blobs } = openBlobs()
    put(blobs, 'old')
    const all = ['old', 'new', 'new', ...Array.from({ length: 20 }, (_, i) => `blob ${i}`)]
    await blobs.adopt(all.map((content) => written(folder, content)))
    expect(filesUnder(folder)).toEqual([...new Set(all)].map(digest).sort())
    expect(blobs.open(digest('new'), 3).read(0, 3).toString()).toBe('new')
  })

  it('is removed if nobody adopts it', async () => {
    const { folder, blobs } = openBlobs()
    const blob = written(folder, 'abc')
    await blobs.discard([blob, blob])
    expect(filesUnder(folder)).toEqual([])
  })

  it('is checked for wrong names, lengths and links', async () => {
    const { folder, blobs } = openBlobs()
    const blob = written(folder, 'abc')
    fs.symlinkSync(place(folder, put(blobs, 'other')), path.join(incomingOf(folder), '1-0-999'))
    await expect(blobs.adopt([{ ...blob, length: 4 }])).rejects.toThrow(blobError('STORAGE_BLOB_LENGTH'))
    await expect(blobs.adopt([{ ...blob, file: '../00/x' }])).rejects.toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    await expect(blobs.discard([{ ...blob, file: '..' }])).rejects.toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    await expect(blobs.adopt([{ ...blob, sha256: '../x' }])).rejects.toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    await expect(blobs.adopt([{ file: '1-0-999', sha256: digest('x'), length: 5 }])).rejects.toMatchObject({
      code: 'ELOOP',
    })
    expect(filesUnder(folder)).not.toContain(digest('abc'))
  })
})

describe('writing a blob', () => {
  it('stores the bytes under their digest, and nothing else', () => {
    const { folder, blobs } = openBlobs()
    expect(put(blobs, 'ab', '', 'c')).toBe(digest('abc'))
    expect(fs.readFileSync(place(folder, digest('abc')), 'utf8')).toBe('abc')
    expect(filesUnder(folder)).toEqual([digest('abc')])
  })

  it('may happen twice, and side by side', () => {
    const { folder, blobs } = openBlobs()
    const other = openBlobs({ folder }).blobs
    const [one, two] = [blobs.writer(), other.writer()]
    for (const writer of [one, two]) writer.write(Buffer.from('same'))
    expect([one.commit(), two.commit(), put(blobs, 'same')]).toEqual(Array(3).fill(digest('same')))
    expect(filesUnder(folder)).toEqual([digest('same')])
  })

  it('knows the empty blob', () => {
    const { blobs } = openBlobs()
    const sha256 = put(blobs)
    expect(sha256).toBe(digest(''))
    expect([...blobs.open(sha256, 0).chunks()]).toEqual([])
    expect(blobs.open(sha256, 0).read(0, 0)).toHaveLength(0)
  })

  it('leaves nothing when it is given up', () => {
    const { folder, blobs } = openBlobs()
    const writer = blobs.writer()
    writer.write(Buffer.from('half'))
    writer.abort()
    writer.abort()
    expect(filesUnder(folder)).toEqual([])
  })

  it('ends once', () => {
    const { folder, blobs } = openBlobs()
    for (const end of ['commit', 'abort'] as const) {
      const writer = blobs.writer()
      writer.write(Buffer.from('x'))
      writer[end]()
      expect(() => {
        writer.write(Buffer.from('y'))
      }).toThrow(misuse('ERR_INVALID_STATE'))
      expect(() => writer.commit()).toThrow(misuse('ERR_INVALID_STATE'))
      writer.abort()
    }
    expect(filesUnder(folder)).toEqual([digest('x')])
  })

  it('repairs a truncated blob', () => {
    const { folder, blobs } = openBlobs()
    const sha256 = put(blobs, 'a whole blob')
    fs.truncateSync(place(folder, sha256), 3)
    put(blobs, 'a whole blob')
    expect(blobs.open(sha256, 12).read(0, 12).toString()).toBe('a whole blob')
  })

  it('is not stopped by what a killed process of the same number has left', () => {
    const { folder, blobs } = openBlobs()
    blobs.writer()
    const [left = ''] = filesUnder(folder)
    const next = left.replace(/[0-9]+$/, (number) => String(Number(number) + 1))
    fs.writeFileSync(path.join(folder, 'incoming', next), 'left over')
    expect(put(blobs, 'new')).toBe(digest('new'))
    expect(fs.readFileSync(path.join(folder, 'incoming', next), 'utf8')).toBe('left over')
  })

  it('has bytes, then name, on disk before it returns', () => {
    const { folder, blobs } = openBlobs()
    const steps: string[] = []
    const paths = new Map<number, string>()
    const record = <Name extends 'openSync' | 'fdatasyncSync' | 'fsyncSync' | 'renameSync' | 'writeSync'>(
      name: Name,
    ) => {
      const original = fs[name] as (...args: unknown[]) => unknown
      vi.spyOn(fs, name as 'openSync').mockImplementation((...args: unknown[]) => {
        const result = original(...args)
        if (name === 'openSync') paths.set(result as number, path.relative(folder, String(args[0])))
        else steps.push(`${name} ${typeof args[0] === 'number' ? (paths.get(args[0]) ?? '?') : 'to place'}`)
        return result as number
      })
    }
    for (const name of ['openSync', 'fdatasyncSync', 'fsyncSync', 'renameSync', 'writeSync'] as const)
      record(name)
    syncBuiltinESMExports()
    try {
      put(blobs, 'x')
    } finally {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
    }
    const sha256 = digest('x')
    const [write = ''] = steps
    const file = write.replace('writeSync ', '')
    expect(file).toMatch(/^incoming\//)
    expect(steps).toEqual([
      `writeSync ${file}`,
      `fdatasyncSync ${file}`,
      'renameSync to place',
      `fsyncSync ${sha256.slice(0, 2)}`,
    ])
  })
})

describe('reading a blob', () => {
  it('gives any part of it, and the whole in chunks', () => {
    const { blobs } = openBlobs()
    const span = fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 400 }))
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        span,
        fc.integer({ min: 1, max: 500 }),
        (bytes, [a, b], size) => {
          const reader = blobs.open(put(blobs, bytes), bytes.length)
          const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
          expect(Buffer.compare(reader.read(from, to - from), bytes.subarray(from, to))).toBe(0)
          const chunks = [...reader.chunks(size)]
          expect(Buffer.compare(Buffer.concat(chunks), bytes)).toBe(0)
          expect(chunks.every(({ length }) => length > 0 && length <= size)).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('stays inside it', () => {
    const { blobs } = openBlobs()
    const reader = blobs.open(put(blobs, 'abc'), 3)
    for (const [offset, length] of [
      [-1, 1],
      [0, 4],
      [3, 1],
      [4, 0],
      [0, -1],
      [NaN, 1],
      [0, NaN],
      [0.5, 1],
    ] as const) {
      expect(() => reader.read(offset, length)).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    }
    for (const size of [0, -1, NaN, 1.5]) {
      expect(() => [...reader.chunks(size)]).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    }
  })

  it('keeps few files open, and opens again what it closed', () => {
    const { blobs } = openBlobs({ openFiles: 2 })
    const texts = ['a', 'bb', 'ccc', 'dddd', 'eeeee']
    const readers = texts.map((text) => blobs.open(put(blobs, text), text.length))
    const openBefore = fs.readdirSync('/proc/self/fd').length
    for (let round = 0; round < 3; round += 1) {
      expect(readers.map((reader) => reader.read(0, reader.length).toString())).toEqual(texts)
    }
    expect(fs.readdirSync('/proc/self/fd')).toHaveLength(openBefore)
  })

  it('closes those that it keeps open where the process may open no more', () => {
    const { blobs } = openBlobs()
    const readers = ['a', 'b', 'c'].map((text) => blobs.open(put(blobs, text), 1))
    const sha256 = put(blobs, 'd')
    const open = vi.spyOn(fs, 'openSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
    })
    syncBuiltinESMExports()
    try {
      expect(blobs.open(sha256, 1).read(0, 1).toString()).toBe('d')
      expect(open).toHaveBeenCalledTimes(2)
    } finally {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
    }
    expect(readers.map((reader) => reader.read(0, 1).toString()).join('')).toBe('abc')
  })

  it('leaves no file open once the store is closed', () => {
    const before = fs.readdirSync('/proc/self/fd').length
    const { blobs } = openBlobs()
    for (const text of ['a', 'b', 'c']) blobs.open(put(blobs, text), 1)
    blobs.close()
    expect(fs.readdirSync('/proc/self/fd')).toHaveLength(before)
  })

  it('says when the blob is missing, also later', () => {
    const { folder, blobs } = openBlobs({ openFiles: 1 })
    expect(() => blobs.open(digest('none'), 4)).toThrow(blobError('STORAGE_BLOB_MISSING'))
    const reader = blobs.open(put(blobs, 'gone'), 4)
    fs.unlinkSync(place(folder, digest('gone')))
    blobs.open(put(blobs, 'other'), 5)
    expect(() => reader.read(0, 4)).toThrow(blobError('STORAGE_BLOB_MISSING'))
  })

  it('says when the blob is shorter or longer than its row', () => {
    const { folder, blobs } = openBlobs()
    const sha256 = put(blobs, 'abcd')
    for (const length of [0, 3, 5]) {
      expect(() => blobs.open(sha256, length)).toThrow(blobError('STORAGE_BLOB_LENGTH'))
    }
    const reader = blobs.open(sha256, 4)
    fs.truncateSync(place(folder, sha256), 2)
    expect(reader.read(0, 2).toString()).toBe('ab')
    expect(() => reader.read(0, 4)).toThrow(blobError('STORAGE_BLOB_LENGTH'))
    expect(() => blobs.open(sha256, 4)).toThrow(blobError('STORAGE_BLOB_LENGTH'))
  })

  it('reads into bytes that it is given, which it fills', () => {
    const { blobs } = openBlobs()
    const reader = blobs.open(put(blobs, 'abcdef'), 6)
    const into = Buffer.alloc(3)
    expect(reader.read(2, 3, into)).toBe(into)
    expect(into.toString()).toBe('cde')
    for (const other of [Buffer.alloc(2), Buffer.alloc(4)])
      expect(() => reader.read(2, 3, other)).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
  })

  it('follows no name out of the folder', () => {
    const { blobs } = openBlobs()
    for (const name of ['', '../../etc/passwd', digest('x').toUpperCase(), `${digest('x')}/..`, 'incoming']) {
      expect(() => blobs.open(name, 1)).toThrow(misuse('ERR_INVALID_ARG_VALUE'))
    }
  })
})

describe('sweeping', () => {
  it('removes only blobs that no row names', () => {
    const { folder, blobs } = openBlobs()
    const [kept, orphan] = [put(blobs, 'kept'), put(blobs, 'orphan')]
    blobs.open(orphan, 6)
    fs.writeFileSync(path.join(folder, kept.slice(0, 2), 'notes.txt'), 'not ours')
    expect(blobs.sweep(new Set([kept]), always)).toEqual([orphan])
    expect(filesUnder(folder)).toEqual([kept, 'notes.txt'].sort())
    expect(() => blobs.open(orphan, 6)).toThrow(blobError('STORAGE_BLOB_MISSING'))
    expect(blobs.sweep(new Set([kept]), always)).toEqual([])
  })

  it('keeps new blobs: a registration may be about to name them', () => {
    const { folder, blobs } = openBlobs()
    put(blobs, 'new')
    const writer = blobs.writer()
    writer.write(Buffer.from('under way'))
    expect(blobs.sweep(new Set(), never)).toEqual([])
    expect(filesUnder(folder)).toHaveLength(2)
    writer.abort()
  })

  it('treats an old blob as new when it is written again', () => {
    const { folder, blobs } = openBlobs()
    const sha256 = put(blobs, 'old')
    const old = new Date('2020-01-01T00:00:00.000Z')
    fs.utimesSync(place(folder, sha256), old, old)
    put(blobs, 'old')
    expect(blobs.sweep(new Set(), new Date('2021-01-01T00:00:00.000Z'))).toEqual([])
    fs.utimesSync(place(folder, sha256), old, old)
    expect(blobs.sweep(new Set(), new Date('2021-01-01T00:00:00.000Z'))).toEqual([sha256])
  })

  it('removes unfinished writes', () => {
    const { folder, blobs } = openBlobs()
    blobs.writer().write(Buffer.from('left over'))
    expect(blobs.sweep(new Set(), always)).toEqual([])
    expect(filesUnder(folder)).toEqual([])
  })
})
