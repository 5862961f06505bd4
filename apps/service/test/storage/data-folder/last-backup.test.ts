import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLastBackup, recordBackup } from '../../../src/storage/data-folder/last-backup.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-last-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const madeAt = 1_790_000_000_000

describe('the record of the last backup', () => {
  it('is there after one, for the user of the service alone', () => {
    expect(readLastBackup(folder)).toBeUndefined()
    expect(recordBackup(folder, madeAt)).toBe(true)
    expect(recordBackup(folder, madeAt + 1_000)).toBe(true)
    expect(readLastBackup(folder)).toBe(madeAt + 1_000)
    const { mode, uid } = statSync(path.join(folder, 'last-backup'))
    expect(mode & 0o777).toBe(0o600)
    expect(uid).toBe(statSync(folder).uid)
  })

  it.runIf(process.getuid?.() === 0)('belongs to the user of the service if root makes it', () => {
    chownSync(folder, 12_345, 12_346)
    recordBackup(folder, madeAt)
    expect(statSync(path.join(folder, 'last-backup'))).toMatchObject({ uid: 12_345, gid: 12_346 })
  })

  it('cannot be made where nothing can be written, and the backup counts all the same', () => {
    expect(recordBackup(path.join(folder, 'missing'), madeAt)).toBe(false)
  })

  it('says nothing when it is damaged', () => {
    writeFileSync(path.join(folder, 'last-backup'), 'yesterday\n')
    expect(readLastBackup(folder)).toBeUndefined()
  })
})
