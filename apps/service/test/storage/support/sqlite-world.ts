import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import { openDatabase } from '../../../src/storage/index.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import { makeMigratedFolder } from '../../support/migrated-folder.ts'
import type { StorageWorld } from './storage-world.ts'

/** An empty folder of its own for each call; all are removed after each test. */
export function temporaryFolders(): () => string {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'assay-storage-'))
    folders.push(folder)
    return folder
  }
}

export function sqliteWorld(): StorageWorld {
  const makeFolder = temporaryFolders()
  let opened: OpenedDatabase[] = []
  // Hooks run in reverse order: the databases are closed before their folders go.
  afterEach(async () => {
    for (const database of opened) await database.close()
    opened = []
  })
  return {
    async open() {
      const folder = makeFolder()
      await makeMigratedFolder(folder)
      const database = await openDatabase({ kind: 'sqlite', folder })
      opened.push(database)
      return database
    },
    openSecond() {
      const last = opened.at(-1)
      return last === undefined ? Promise.reject(new Error('nothing is open')) : Promise.resolve(last)
    },
  }
}
