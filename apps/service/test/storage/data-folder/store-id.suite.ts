import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkStoreId } from '../../../src/storage/data-folder/store-id.ts'
import { temporaryFolders } from '../support/sqlite-world.ts'
import type { StorageWorld } from '../support/storage-world.ts'

/** Which folder belongs to which database. */
export function storeIdSuite(world: StorageWorld): void {
  describe('store id', () => {
    const makeFolder = temporaryFolders()
    const otherStore: unknown = expect.objectContaining({ name: 'StorageError', code: 'STORAGE_OTHER_STORE' })

    it('is made once, and is that of every further folder', async () => {
      const [first, second] = [makeFolder(), makeFolder()]
      const database = await world.open()
      const id = await checkStoreId(database, first)
      expect(id).toMatch(/^[0-9a-f]{32}$/)
      expect(await checkStoreId(await world.openSecond(), second)).toBe(id)
      expect(readFileSync(path.join(second, 'store-id'), 'utf8')).toBe(`${id}\n`)
      expect(await checkStoreId(database, first)).toBe(id)
    })

    it('refuses a folder of another database, and one with an invalid id', async () => {
      const [folder, broken] = [makeFolder(), makeFolder()]
      const database = await world.open()
      await checkStoreId(database, makeFolder())
      writeFileSync(path.join(folder, 'store-id'), '0'.repeat(32))
      writeFileSync(path.join(broken, 'store-id'), 'x')
      await expect(checkStoreId(database, folder)).rejects.toEqual(otherStore)
      await expect(checkStoreId(database, broken)).rejects.toEqual(otherStore)
      expect(readFileSync(path.join(folder, 'store-id'), 'utf8')).toBe('0'.repeat(32))
    })

    it('is the same for nodes that start at once', async () => {
      const [one, two] = [await world.open(), await world.openSecond()]
      const ids = await Promise.all([checkStoreId(one, makeFolder()), checkStoreId(two, makeFolder())])
      expect(ids[0]).toBe(ids[1])
    })
  })
}
