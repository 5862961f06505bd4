import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { BlobStore } from '../../../src/storage/blobs/blob-store.ts'
import { openCachedBlobs, type CachedBlobs } from '../../../src/storage/blobs/cached-blobs.ts'
import { createSharedBlobs } from '../../../src/storage/blobs/shared-blobs.repository.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { startIncoming } from '../../../src/storage/blobs/file-blob-writer.ts'
import { incomingOf, openFileBlobs } from '../../../src/storage/blobs/file-blobs.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import { exampleApp, exampleBuild, exampleSegment } from '../support/examples.ts'
import { temporaryFolders } from '../support/sqlite-world.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const digest = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const place = (folder: string, sha256: string) => path.join(folder, sha256.slice(0, 2), sha256)
const blobError = (code: string): unknown => expect.objectContaining({ name: 'BlobError', code })
/** Three pieces, the last of them short. */
const long = Buffer.alloc((2 << 20) + 7, 'long')

/** A blob as the process that reads builds leaves it. */
function written(folder: string, content: string | Uint8Array, sha256 = digest(content)) {
  const writer = startIncoming(incomingOf(folder))
  writer.write(Buffer.from(content as Uint8Array))
  writer.end()
  return { file: writer.file, sha256, length: content.length }
}

async function* pieces(content: Buffer) {
  yield content
}

const readAll = async (blobs: BlobStore, content: string | Uint8Array) =>
  Buffer.from(await blobs.open(digest(content), content.length).read(0, content.length))

/** Files under a folder that this process has open. */
function openOf(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const file = readlinkSync(path.join('/proc/self/fd', descriptor))
      return file.startsWith(folder) ? [file] : []
    } catch {
      // It was that of the folder itself.
      return []
    }
  })
}

/** Blobs that nodes share, each with a folder of its own as a cache. */
export function sharedBlobsSuite(world: StorageWorld): void {
  describe('shared blobs', () => {
    const makeFolder = temporaryFolders()
    const opened: CachedBlobs[] = []
    afterEach(() => {
      for (const blobs of opened.splice(0)) blobs.close()
    })
    let now = Date.parse('2026-11-27T00:00:00Z')
    const node = async ({ db }: OpenedDatabase, { folder = makeFolder(), maxSize = 1 << 30 } = {}) => {
      const shared = createSharedBlobs({ db, clock: () => now })
      openFileBlobs(folder).close()
      const blobs = await openCachedBlobs({ folder, shared, maxSize })
      opened.push(blobs)
      return { folder, blobs, shared }
    }

    it('are read at every node once one has adopted them', async () => {
      const first = await node(await world.open())
      await first.blobs.adopt([written(first.folder, 'short'), written(first.folder, long)])
      const second = await node(await world.openSecond())
      expect((await readAll(second.blobs, long)).equals(long)).toBe(true)
      expect(await readAll(second.blobs, 'short')).toEqual(Buffer.from('short'))
      const reader = second.blobs.open(digest(long), long.length)
      await reader.read(0, 1)
      // From here on it lies in the folder, and is read at once.
      expect(reader.read(1 << 20, 9)).toEqual(long.subarray(1 << 20, (1 << 20) + 9))
    })

    it('are fetched once by all who want one at the same time', async () => {
      const database = await world.open()
      const first = await node(database)
      await first.blobs.adopt([written(first.folder, long)])
      const second = await node(database)
      const all = await Promise.all(Array.from({ length: 8 }, () => readAll(second.blobs, long)))
      expect(all.every((each) => each.equals(long))).toBe(true)
    })

    it('are missing, or of another length, where nobody adopted them so', async () => {
      const { folder, blobs } = await node(await world.open())
      await blobs.adopt([written(folder, 'abc')])
      await expect(readAll(blobs, 'never')).rejects.toEqual(blobError('STORAGE_BLOB_MISSING'))
      const wrong = blobs.open(digest('abc'), 4)
      await expect(Promise.resolve(wrong.read(0, 4))).rejects.toEqual(blobError('STORAGE_BLOB_LENGTH'))
    })

    it('are not taken from a process that lies about a digest, and nothing is in the way of the right bytes', async () => {
      const { folder, blobs } = await node(await world.open())
      const lie = written(folder, 'evil', digest('good'))
      await expect(blobs.adopt([lie])).rejects.toEqual(blobError('STORAGE_BLOB_DIGEST'))
      await blobs.discard([lie])
      await blobs.adopt([written(folder, 'good')])
      expect(await readAll(blobs, 'good')).toEqual(Buffer.from('good'))
    })

    it('are not trusted where the database has other bytes than were written', async () => {
      const database = await world.open()
      const first = await node(database)
      await first.blobs.adopt([written(first.folder, 'good')])
      await database.db
        .updateTable('blob_pieces')
        .set({ bytes: Buffer.from('evil') })
        .execute()
      const second = await node(database)
      await expect(readAll(second.blobs, 'good')).rejects.toEqual(blobError('STORAGE_BLOB_DIGEST'))
      expect(existsSync(place(second.folder, digest('good')))).toBe(false)
      expect(await readAll(first.blobs, 'good')).toEqual(Buffer.from('good'))
    })

    it('are whole only once every piece is there', async () => {
      const { folder, blobs, shared } = await node(await world.open())
      const blob = { sha256: digest(long), length: long.length }
      const cutOff = async function* () {
        yield long.subarray(0, 1 << 20)
        await Promise.reject(new Error('cut off'))
      }
      await expect(shared.put(blob, cutOff())).rejects.toThrow('cut off')
      expect(await shared.missing([blob])).toEqual([blob])
      await expect(readAll(blobs, long)).rejects.toEqual(blobError('STORAGE_BLOB_MISSING'))
      await blobs.adopt([written(folder, long)])
      const second = await node(await world.openSecond())
      expect((await readAll(second.blobs, long)).equals(long)).toBe(true)
    })

    it('take no more of a folder than they may, and come again when they are wanted', async () => {
      const database = await world.open()
      const contents = Array.from({ length: 6 }, (_, i) => Buffer.alloc(1000, `blob ${i}`))
      const { folder, blobs } = await node(database, { maxSize: 2500 })
      for (const content of contents) await blobs.adopt([written(folder, content)])
      const present = () => contents.filter((content) => existsSync(place(folder, digest(content))))
      await expect.poll(() => present().length).toBeLessThanOrEqual(2)
      for (const content of contents) expect(await readAll(blobs, content)).toEqual(content)
      await expect.poll(() => present().length).toBeLessThanOrEqual(2)
    })

    it('that were removed are not kept open, so that the disk has their room again', async () => {
      const contents = Array.from({ length: 6 }, (_, i) => Buffer.alloc(1000, `blob ${i}`))
      const { folder, blobs } = await node(await world.open(), { maxSize: 2500 })
      for (const content of contents) {
        await blobs.adopt([written(folder, content)])
        expect(await readAll(blobs, content)).toEqual(content)
      }
      const present = () => contents.filter((content) => existsSync(place(folder, digest(content))))
      await expect.poll(() => present().length).toBe(2)
      expect(openOf(folder).filter((file) => file.endsWith(' (deleted)'))).toEqual([])
      expect(openOf(folder)).toHaveLength(2)
    })

    it('that were removed by a sweep are closed and no longer counted', async () => {
      const { folder, blobs } = await node(await world.open(), { maxSize: 2500 })
      const [swept, ...others] = Array.from({ length: 3 }, (_, i) => Buffer.alloc(1000, `blob ${i}`)) as [
        Buffer,
        Buffer,
        Buffer,
      ]
      for (const content of [others[0], swept]) await blobs.adopt([written(folder, content)])
      for (const content of [others[0], swept]) await readAll(blobs, content)
      rmSync(place(folder, digest(swept)))
      blobs.forget([digest(swept)])
      expect(openOf(folder)).toEqual([place(folder, digest(others[0]))])
      await blobs.adopt([written(folder, others[1])])
      // The two together are no more than they may be.
      await blobs.probe()
      expect(others.every((content) => existsSync(place(folder, digest(content))))).toBe(true)
    })

    it('that come while others are removed are not one too many', async () => {
      const shared = createSharedBlobs({ db: (await world.open()).db, clock: () => now })
      const folder = makeFolder()
      let come: () => Promise<void> = async () => undefined
      const missing: typeof shared.missing = async (blobs) => {
        const found = await shared.missing(blobs)
        await come()
        return found
      }
      const blobs = await openCachedBlobs({ folder, shared: { ...shared, missing }, maxSize: 2500 })
      opened.push(blobs)
      const contents = Array.from({ length: 6 }, (_, i) => Buffer.alloc(1000, `blob ${i}`))
      const [first, second, third, ...later] = contents as [Buffer, Buffer, Buffer, ...Buffer[]]
      for (const content of [first, second]) await blobs.adopt([written(folder, content)])
      for (const content of later)
        await shared.put({ sha256: digest(content), length: content.length }, pieces(content))
      // The third is one too many. Before it is known what can go, the others come.
      let lookups = 0
      come = async () => {
        lookups += 1
        if (lookups === 2) for (const content of later) await readAll(blobs, content)
      }
      await blobs.adopt([written(folder, third)])
      const present = () => contents.filter((content) => existsSync(place(folder, digest(content))))
      await expect.poll(() => present().length).toBe(2)
    })

    it('of a folder that is older than what is shared are given to the others, of builds alone', async () => {
      const database = await world.open()
      const folder = makeFolder()
      const old = openFileBlobs(folder)
      await old.adopt([written(folder, 'of a build'), written(folder, 'of none')])
      old.close()
      const first = await node(database, { folder })
      await first.blobs.share(new Set([digest('of a build')]))
      const second = await node(database)
      expect(await readAll(second.blobs, 'of a build')).toEqual(Buffer.from('of a build'))
      await expect(readAll(second.blobs, 'of none')).rejects.toEqual(blobError('STORAGE_BLOB_MISSING'))
    })

    it('are given one after the other, until that is to end', async () => {
      const folder = makeFolder()
      const old = openFileBlobs(folder)
      const contents = ['one', 'two', 'three']
      await old.adopt(contents.map((content) => written(folder, content)))
      old.close()
      const { blobs, shared } = await node(await world.open(), { folder })
      const named = contents.map((content) => ({ sha256: digest(content), length: content.length }))
      let looks = 0
      const signal = {
        get aborted() {
          return looks++ > 0
        },
      } as AbortSignal
      await blobs.share(new Set(named.map(({ sha256 }) => sha256)), signal)
      expect(await shared.missing(named)).toHaveLength(2)
    })

    it('are not removed from a folder before they are shared', async () => {
      const folder = makeFolder()
      const old = openFileBlobs(folder)
      const only = [Buffer.alloc(1000, 'a'), Buffer.alloc(1000, 'b')]
      await old.adopt(only.map((content) => written(folder, content)))
      old.close()
      const { blobs } = await node(await world.open(), { folder, maxSize: 1500 })
      await blobs.adopt([written(folder, Buffer.alloc(1000, 'c'))])
      await blobs.probe()
      for (const content of only) expect(await readAll(blobs, content)).toEqual(content)
    })

    it('are swept where no build names them, and only once they are old', async () => {
      const database = await world.open()
      const { db } = database
      const { folder, blobs, shared } = await node(database)
      await createAppRepository({ db }).insert(exampleApp('com.example'))
      const segment = exampleSegment('classes.dex', { sha256: digest('named'), length: 5 })
      const build = exampleBuild('com.example', '1', { signers: [], segments: [segment] })
      await createBuildRepository({ db }).insert(build, {
        authority: { app: exampleApp('com.example'), keys: [], signers: [], base: null },
      })
      await blobs.adopt([written(folder, 'named'), written(folder, 'left'), written(folder, 'wanted again')])
      now += 2000
      await shared.missing([{ sha256: digest('wanted again'), length: 12 }])
      expect(await shared.sweep(new Date(now - 1000))).toBe(1)
      const left = { sha256: digest('left'), length: 4 }
      expect(await shared.missing([left])).toEqual([left])
      expect(await shared.sweep(new Date(now + 1))).toBe(1)
      expect(await readAll((await node(database)).blobs, 'named')).toEqual(Buffer.from('named'))
    })

    it('keep a read inside the blob', async () => {
      const { folder, blobs } = await node(await world.open())
      await blobs.adopt([written(folder, 'abc')])
      expect(() => blobs.open(digest('abc'), 3).read(2, 2)).toThrow(TypeError)
      expect(() => blobs.open('../x', 3).read(0, 1)).toThrow(TypeError)
    })

    it('are fetched anew where the folder has them cut off', async () => {
      const database = await world.open()
      const first = await node(database)
      await first.blobs.adopt([written(first.folder, 'whole')])
      const folder = makeFolder()
      openFileBlobs(folder).close()
      writeFileSync(place(folder, digest('whole')), 'who')
      expect(await readAll((await node(database, { folder })).blobs, 'whole')).toEqual(Buffer.from('whole'))
    })
  })
}
