import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { buildReaderProgram } from '../../../../src/composition/builds.feature.ts'
import {
  BuildRefused,
  createBuildReader,
  type BuildReader,
} from '../../../../src/provisioning/builds/reading/build-reader.ts'
import { openFileBlobs, type FileBlobStore as BlobStore } from '../../../../src/storage/index.ts'
import { zipOf } from '../../../support/zip-file.ts'

const web = { format: 'web', coverage: undefined } as const

let folder: string
let file: string
let reader: BuildReader
let store: BlobStore

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-reader-test-'))
  await mkdir(path.join(folder, 'uploads'))
  file = path.join(folder, 'uploads', 'build.zip')
  store = openFileBlobs(path.join(folder, 'blobs'))
})
afterEach(async () => {
  await reader.close()
  store.close()
  await rm(folder, { recursive: true, force: true })
})

const open = (seconds = 60, memory = 256) => {
  reader = createBuildReader({
    program: buildReaderProgram,
    blobFolder: path.join(folder, 'blobs'),
    blobs: store,
    uploadFolder: path.join(folder, 'uploads'),
    seconds,
    memory,
  })
}
const blobs = async () =>
  (await readdir(path.join(folder, 'blobs'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

const large = () => zipOf({ 'a.js': Buffer.alloc(240 * 1024 * 1024, 97) }, { deflate: true })
const small = zipOf({ 'a.js': Buffer.from('a'.repeat(600)), 'b.js': Buffer.from('b'.repeat(600)) })

describe('a build reader', () => {
  it('names the segments of a build that is kept, and only then', async () => {
    open()
    await writeFile(file, small)
    const named = await reader.read(file, web, async (report, keep) => {
      expect((await blobs()).every((name) => name.length < 64)).toBe(true)
      await keep()
      return report.segments.map(({ sha256 }) => sha256)
    })
    expect((await blobs()).sort()).toEqual([...named].sort())
  })

  it('leaves nothing of a build that is not kept', async () => {
    open()
    await writeFile(file, small)
    await expect(
      reader.read(file, web, async () => {
        throw new Error('decided otherwise')
      }),
    ).rejects.toThrow('decided otherwise')
    expect(await blobs()).toEqual([])
  })

  it('leaves nothing of a build that is refused, and says why', async () => {
    open()
    await writeFile(file, Buffer.alloc(100))
    await expect(reader.read(file, web, async () => 1)).rejects.toMatchObject({
      code: expect.stringMatching(/^ZIP_/),
    })
    expect(await blobs()).toEqual([])
  })

  it('reads one build after the other', async () => {
    open()
    await writeFile(file, small)
    let inside = 0
    const read = () =>
      reader.read(file, web, async () => {
        inside += 1
        expect(inside).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        inside -= 1
      })
    await Promise.all([read(), read(), read()])
  })

  it('ends a build that takes too long, and then reads the next one', async () => {
    open(0.02)
    await writeFile(file, large())
    await expect(reader.read(file, web, async () => 1)).rejects.toEqual(
      new BuildRefused('BUILD_READING_TIME'),
    )
    await reader.close()
    open()
    await reader.sweep(async () => [], new Date(Date.now() + 1000))
    expect(await blobs()).toEqual([])
    await writeFile(file, small)
    expect(await reader.read(file, web, async ({ segments }) => segments.length)).toBe(2)
  })

  // V8 ends a process in one way when its heap is full, and in another when it cannot begin one.
  it.each([4, 1])(
    'refuses a build for which %i MiB are not enough, and keeps nothing of it',
    async (memory) => {
      open(60, memory)
      await writeFile(file, small)
      await expect(reader.read(file, web, async () => 1)).rejects.toEqual(
        new BuildRefused('BUILD_READING_MEMORY'),
      )
      expect(await blobs()).toEqual([])
    },
  )

  it('ends the current build, and begins no other, when it is closed', async () => {
    open()
    await writeFile(file, large())
    const readings = [1, 2].map(() => reader.read(file, web, async () => 'read').catch(String))
    const isBegun = async () => (await readdir(path.join(folder, 'blobs'), { recursive: true })).length > 0
    await vi.waitUntil(isBegun, { interval: 1, timeout: 60_000 })
    await reader.close()
    expect(await Promise.all(readings)).toEqual(Array(2).fill('Error: the build reader is closed'))
    expect(await reader.sweep(async () => [], new Date())).toBe(false)
  })

  it('waits, when it is closed, for what is being decided', async () => {
    open()
    await writeFile(file, small)
    let decide = () => undefined as void
    const decided = new Promise<void>((resolve) => (decide = resolve))
    const deciding = new Promise<void>((begun) => {
      void reader
        .read(file, web, async (_report, keep) => {
          begun()
          await decided
          await keep()
        })
        .catch(() => undefined)
    })
    await deciding
    const closed = reader.close()
    decide()
    await closed
    expect(await blobs()).toHaveLength(2)
  })

  it('has files closed that a sweep removed', async () => {
    open()
    const [kept, removed] = ['kept', 'removed'].map((text) => {
      const writer = store.writer()
      writer.write(Buffer.from(text))
      const sha256 = writer.commit()
      store.open(sha256, text.length).read(0, 1)
      return sha256
    }) as [string, string]
    await reader.sweep(async () => [kept], new Date(Date.now() + 1000))
    expect(await blobs()).toEqual([kept])
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((each) => readlink(`/proc/self/fd/${each}`).catch(() => '')),
    )
    expect(links.filter((link) => link.includes(kept))).toHaveLength(1)
    expect(links.filter((link) => link.includes(removed))).toEqual([])
  })

  it('passes a malfunction on as one', async () => {
    open()
    await expect(
      reader.read(path.join(folder, 'uploads', 'absent'), web, async () => 1),
    ).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
