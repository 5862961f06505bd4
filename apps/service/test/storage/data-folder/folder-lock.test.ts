import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/storage/index.ts'
import { childProcesses } from '../support/child-process.ts'
import { temporaryFolders } from '../support/sqlite-world.ts'

const program = fileURLToPath(new URL('../programs/hold-folder.ts', import.meta.url))
const startProgram = childProcesses()
const makeFolder = temporaryFolders()
const locked = { name: 'StorageError', code: 'STORAGE_LOCKED' }

describe('the lock of a data folder', () => {
  it('keeps another process out, until its owner is killed', async () => {
    const folder = makeFolder()
    const owner = startProgram(program, folder)
    expect((await owner.lines.next()).value).toBe('open')
    await expect(openDatabase({ kind: 'sqlite', folder })).rejects.toMatchObject(locked)
    await expect(openDatabase({ kind: 'sqlite', folder })).rejects.toMatchObject(locked)
    await owner.kill()
    const opened = await openDatabase({ kind: 'sqlite', folder })
    await opened.close()
  })

  it('keeps the same process from opening it twice, until it is closed', async () => {
    const folder = makeFolder()
    const opened = await openDatabase({ kind: 'sqlite', folder })
    await expect(openDatabase({ kind: 'sqlite', folder })).rejects.toMatchObject(locked)
    await expect(openDatabase({ kind: 'sqlite', folder: `${folder}/.` })).rejects.toMatchObject(locked)
    await opened.close()
    const again = await openDatabase({ kind: 'sqlite', folder })
    await again.close()
  })

  it('locks only one folder', async () => {
    const opened = await Promise.all(
      [makeFolder(), makeFolder()].map((folder) => openDatabase({ kind: 'sqlite', folder })),
    )
    for (const database of opened) await database.close()
  })

  it('leaves beside the database only its own file', async () => {
    const folder = makeFolder()
    await (await openDatabase({ kind: 'sqlite', folder })).close()
    expect(readdirSync(folder).sort()).toEqual(['assay.sqlite', 'lock.sqlite'])
  })
})
