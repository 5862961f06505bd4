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
const bodyOf = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

describe('an upload', () => {
  it('is a file while it is used, and gone afterwards, whatever came of it', async () => {
    const uploads = createUploads(folder, 10, random)
    expect(await uploads.receive(bodyOf('ab', 'cd'), (file) => readFile(file, 'utf8'))).toBe('abcd')
    await expect(uploads.receive(bodyOf('ab'), () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    )
    expect(await readdir(folder)).toEqual([])
  })

  it('ends at the limit', async () => {
    const uploads = createUploads(folder, 4, random)
    expect(await uploads.receive(bodyOf('ab', 'cd'), async () => 1)).toBe(1)
    await expect(uploads.receive(bodyOf('ab', 'cde'), async () => 1)).rejects.toMatchObject({
      code: 'body_too_large',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('is one of a few at a time', async () => {
    const uploads = createUploads(folder, 10, random)
    let end: () => void = () => undefined
    const until = new Promise<void>((resolve) => (end = resolve))
    const running = [1, 2, 3, 4].map(() => uploads.receive(bodyOf('a'), () => until))
    await expect(uploads.receive(bodyOf('a'), async () => 1)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    end()
    await Promise.all(running)
    expect(await uploads.receive(bodyOf('a'), async () => 1)).toBe(1)
  })

  it('that breaks off is the fault of its sender', async () => {
    const uploads = createUploads(folder, 10, random)
    const body = new Readable({ read: () => undefined })
    body.push('a')
    const received = uploads.receive(body, async () => 1)
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    await expect(received).rejects.toMatchObject({ code: 'request_invalid' })
    expect(await readdir(folder)).toEqual([])
  })

  it('that a killed process left is removed, and none that may be under way', async () => {
    const uploads = createUploads(folder, 10, random)
    await writeFile(path.join(folder, 'left'), 'x')
    await uploads.clear(Date.now() - 60_000)
    expect(await readdir(folder)).toEqual(['left'])
    await uploads.clear(Infinity)
    expect(await readdir(folder)).toEqual([])
    await createUploads(path.join(folder, 'absent'), 10, random).clear(Infinity)
  })
})
