import { describe, expect, it } from 'vitest'
import { createTraceRepository, tracesPerSlice } from '../../../src/storage/repositories/traces.repository.ts'
import { exampleTrace } from '../support/examples.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const minute = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString()
const name = (index: number) => `trace-${String(index).padStart(4, '0')}`
const ofMinutes = (...indexes: number[]) =>
  indexes.map((index) => exampleTrace(name(index), { at: minute(index) }))

export function traceRepositorySuite(world: StorageWorld): void {
  const open = async () => createTraceRepository(await world.open())

  describe('traces', () => {
    it('are found by their id', async () => {
      const traces = await open()
      const malfunction = exampleTrace('b', {
        outcome: 'malfunction',
        code: 'STORAGE_BLOB_MISSING',
        segments: ['a', 'é'],
      })
      await traces.insert([exampleTrace('a'), malfunction])
      expect(await traces.find('a')).toEqual(exampleTrace('a'))
      expect(await traces.find('b')).toEqual(malfunction)
      expect(await traces.find('c')).toBeUndefined()
      await traces.insert([])
    })

    it('are listed between two times, of which the second is the first that does not count', async () => {
      const traces = await open()
      await traces.insert(ofMinutes(1, 2, 3, 4))
      const [since, until] = [2, 4].map((index) => Date.parse(minute(index)))
      const listed = await traces.list({ since, until }, { after: undefined, limit: 10 })
      expect(listed.map(({ trace }) => trace)).toEqual([name(3), name(2)])
    })

    it('keep their first entry', async () => {
      const traces = await open()
      await traces.insert([exampleTrace('a'), exampleTrace('a', { code: 'second' })])
      await traces.insert([exampleTrace('a', { code: 'third' }), exampleTrace('b')])
      expect(await traces.find('a')).toEqual(exampleTrace('a'))
      expect(await traces.find('b')).toBeDefined()
    })

    it('are written with their names, or not at all', async () => {
      const { db } = await world.open()
      const traces = createTraceRepository({ db })
      const named = { ...exampleTrace('a'), names: [7] }
      await expect(
        traces.insert([named, { ...exampleTrace('b'), names: ['none' as unknown as number] }]),
      ).rejects.toThrow()
      expect(await traces.find('a')).toBeUndefined()
      await traces.insert([named])
      expect(await traces.find('a')).toBeDefined()
    })

    it('go when they are too old', async () => {
      const traces = await open()
      await traces.insert(ofMinutes(1, 2, 3))
      expect(await traces.prune(new Date(minute(2)), 10)).toBe(1)
      expect(await traces.find(name(1))).toBeUndefined()
      expect(await traces.find(name(2))).toBeDefined()
      expect(await traces.prune(new Date(minute(2)), 10)).toBe(0)
    })

    it('go when they are too many, the oldest first', async () => {
      const traces = await open()
      await traces.insert(ofMinutes(4, 1, 3, 2))
      expect(await traces.prune(new Date(0), 2)).toBe(2)
      const left = await Promise.all([1, 2, 3, 4].map((index) => traces.find(name(index))))
      expect(left.map((trace) => trace !== undefined)).toEqual([false, false, true, true])
      expect(await traces.prune(new Date(0), 0)).toBe(2)
    })

    it('go no further once that is to end', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      const traces = createTraceRepository({ db: db.withPlugin(removals) })
      await traces.insert(ofMinutes(...Array.from({ length: 60 }, (_, index) => index)))
      expect(await traces.prune(new Date(minute(60)), 0, removals.endAfter(1))).toBe(removals.rows[0])
      expect(removals.rows).toHaveLength(1)
    })

    it('go a few at a time, so that nobody waits for long', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      const traces = createTraceRepository({ db: db.withPlugin(removals) })
      await traces.insert(ofMinutes(...Array.from({ length: 60 }, (_, index) => index)))
      expect(await traces.prune(new Date(minute(30)), 10)).toBe(50)
      expect(removals.rows.reduce((sum, rows) => sum + rows)).toBe(50)
      expect(Math.max(...removals.rows)).toBe(tracesPerSlice)
    })

    it('go by their names where they are of one time and too many', async () => {
      const traces = await open()
      await traces.insert([1, 2, 3, 4].map((index) => exampleTrace(name(index), { at: minute(0) })))
      expect(await traces.prune(new Date(0), 3)).toBe(1)
      expect(await traces.find(name(1))).toBeUndefined()
      expect(await traces.find(name(2))).toBeDefined()
    })

    it('come and go by the thousand', async () => {
      const traces = await open()
      await traces.insert(ofMinutes(...Array.from({ length: 3500 }, (_, index) => index)))
      expect(await traces.prune(new Date(minute(1200)), 1100)).toBe(2400)
      expect(await traces.find(name(2399))).toBeUndefined()
      expect(await traces.find(name(2400))).toBeDefined()
    })

    it('stay where there are exactly as many as are kept, more than are counted at once', async () => {
      const traces = await open()
      await traces.insert(ofMinutes(...Array.from({ length: 2_501 }, (_, index) => index)))
      expect(await traces.prune(new Date(0), 2_501)).toBe(0)
      expect(await traces.prune(new Date(0), 2_500)).toBe(1)
      expect(await traces.find(name(0))).toBeUndefined()
      expect(await traces.find(name(1))).toBeDefined()
    })
  })
}
