import { describe, expect, it } from 'vitest'
import { createNodeRepository } from '../../../src/storage/nodes/nodes.repository.ts'
import type { StorageWorld } from '../support/storage-world.ts'

/** Who is at work on a database. */
export function nodeRepositorySuite(world: StorageWorld): void {
  describe('nodes', () => {
    it('are counted while they say that they are at work, until they leave', async () => {
      const nodes = createNodeRepository(await world.open())
      expect(await nodes.read(60_000)).toMatchObject({ nodes: 0 })
      await nodes.note('a')
      await nodes.note('b')
      await nodes.note('a')
      expect((await nodes.read(60_000)).nodes).toBe(2)
      // Nobody was seen within the future.
      expect((await nodes.read(-60_000)).nodes).toBe(0)
      await nodes.leave('a')
      expect((await nodes.read(60_000)).nodes).toBe(1)
    })

    it('are forgotten when they went without a word, and not before', async () => {
      const database = await world.open()
      const nodes = createNodeRepository(database)
      await nodes.note('here')
      const { now } = await nodes.read(1)
      const gone = [
        { id: 'gone', seen_at: now - 3_700_000 },
        { id: 'gone lately', seen_at: now - 3_500_000 },
      ]
      await database.db.insertInto('nodes').values(gone).execute()
      await nodes.note('here')
      const rows = () => database.db.selectFrom('nodes').select('id').orderBy('id').execute()
      expect(await rows()).toHaveLength(3)
      await nodes.forget()
      expect(await rows()).toEqual([{ id: 'gone lately' }, { id: 'here' }])
    })

    it('are told the time of the database', async () => {
      const { now } = await createNodeRepository(await world.open()).read(1)
      expect(Math.abs(now - Date.now())).toBeLessThan(60_000)
    })
  })
}
