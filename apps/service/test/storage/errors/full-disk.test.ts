import { Readable } from 'node:stream'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUploads } from '../../../src/provisioning/builds/upload.ts'
import { namingFullDisk } from '../../../src/storage/errors/full-disk.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { probeSpace } from '../../../src/storage/probe-space.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-full-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const said = (code: string) => Object.assign(new Error('no space left on device, write'), { code })

describe('a full disk', () => {
  it.each(['ENOSPC', 'EDQUOT'])('is reported as STORAGE_FULL for the system error %s', (code) => {
    const cause = said(code)
    expect(namingFullDisk(cause)).toMatchObject({ code: 'STORAGE_FULL', retryAfter: 5, cause })
  })

  it('is not reported for any other error', () => {
    for (const error of [said('EACCES'), new Error('ENOSPC'), 'ENOSPC', undefined])
      expect(namingFullDisk(error)).toBe(error)
  })

  it('refuses an upload with STORAGE_FULL', async () => {
    const uploads = createUploads({
      folder,
      largest: 10,
      leastRate: 1,
      random: (length) => Buffer.alloc(length),
      explain: namingFullDisk,
    })
    const receiving = uploads.receive(Readable.from([Buffer.from('a')]), 'key', () =>
      Promise.reject(said('ENOSPC')),
    )
    await expect(receiving).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  })
})

it('the check for free space leaves no rows behind', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: path.join(folder, 'data') })
  await probeSpace(database.db, 0)
  expect(await database.db.selectFrom('blobs').selectAll().execute()).toEqual([])
  expect(await database.db.selectFrom('blob_pieces').selectAll().execute()).toEqual([])
  await database.close()
})
