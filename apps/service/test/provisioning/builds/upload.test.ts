import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedRandom } from '@assay/testkit/fixed'
import { createUploads } from '../../../src/provisioning/builds/upload.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-upload-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const random = fixedRandom('uploads')
const uploadsOf = (largest: number, more: { leastRate?: number; grace?: number } = {}) =>
  createUploads({ folder, largest, leastRate: 1, random, ...more })
const bodyOf = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

describe('an upload', () => {
  it('is a file while it is used, and is removed afterwards, whatever the result', async () => {
    const uploads = uploadsOf(10)
    expect(await uploads.receive(bodyOf('ab', 'cd'), 'key', (file) => readFile(file, 'utf8'))).toBe('abcd')
    await expect(
      uploads.receive(bodyOf('ab'), 'key', () => Promise.reject(new Error('refused'))),
    ).rejects.toThrow('refused')
    expect(await readdir(folder)).toEqual([])
  })

  it('ends at the limit', async () => {
    const uploads = uploadsOf(4)
    expect(await uploads.receive(bodyOf('ab', 'cd'), 'key', async () => 1)).toBe(1)
    await expect(uploads.receive(bodyOf('ab', 'cde'), 'key', async () => 1)).rejects.toMatchObject({
      code: 'body_too_large',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('is refused as the fifth at a time', async () => {
    const uploads = uploadsOf(10)
    let end: () => void = () => undefined
    const until = new Promise<void>((resolve) => (end = resolve))
    const running = ['1', '1', '2', '2'].map((key) => uploads.receive(bodyOf('a'), key, () => until))
    await expect(uploads.receive(bodyOf('a'), 'key', async () => 1)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    end()
    await Promise.all(running)
    expect(await uploads.receive(bodyOf('a'), 'key', async () => 1)).toBe(1)
  })

  it('is refused as the third of its key at a time, while other keys may upload', async () => {
    const uploads = uploadsOf(10)
    let end: () => void = () => undefined
    const until = new Promise<void>((resolve) => (end = resolve))
    const running = [1, 2].map(() => uploads.receive(bodyOf('a'), 'key', () => until))
    await expect(uploads.receive(bodyOf('a'), 'key', async () => 1)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    expect(await uploads.receive(bodyOf('a'), 'other', async () => 1)).toBe(1)
    end()
    await Promise.all(running)
    expect(await uploads.receive(bodyOf('a'), 'key', async () => 1)).toBe(1)
  })

  it('is given up if it drips, and its slot becomes free', async () => {
    const uploads = uploadsOf(10, { leastRate: 1_000_000, grace: 20 })
    for (let i = 0; i < 3; i++) {
      const body = new Readable({ read: () => undefined })
      body.push('a')
      await expect(uploads.receive(body, 'key', async () => 1)).rejects.toMatchObject({
        code: 'body_too_slow',
      })
      // Its answer goes over the same connection.
      expect(body.destroyed).toBe(false)
    }
    expect(await readdir(folder)).toEqual([])
  })

  it("is the sender's fault if it breaks off", async () => {
    const uploads = uploadsOf(10)
    const body = new Readable({ read: () => undefined })
    body.push('a')
    const received = uploads.receive(body, 'key', async () => 1)
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    await expect(received).rejects.toMatchObject({ code: 'request_invalid' })
    // Also where it had gone before anyone looked.
    await expect(uploads.receive(body, 'key', async () => 1)).rejects.toMatchObject({
      code: 'request_invalid',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('is removed if a killed process has left it, but not if it may be under way', async () => {
    const uploads = uploadsOf(10)
    await writeFile(path.join(folder, 'left'), 'x')
    await uploads.clear(Date.now() - 60_000)
    expect(await readdir(folder)).toEqual(['left'])
    await uploads.clear(Infinity)
    expect(await readdir(folder)).toEqual([])
    const absent = path.join(folder, 'absent')
    await createUploads({ folder: absent, largest: 10, leastRate: 1, random }).clear(Infinity)
  })
})
