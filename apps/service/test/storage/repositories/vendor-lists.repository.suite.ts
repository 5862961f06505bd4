import { describe, expect, it } from 'vitest'
import { createVendorListRepository } from '../../../src/storage/repositories/vendor-lists.repository.ts'
import { longestList } from '../../../src/vendors/status-list-feed.ts'
import { rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const url = 'https://vendor.example/status'
const now = Date.UTC(2026, 11, 3)
const listOf = (text: string, readAt: number, etag: string | null = '"one"') => ({ url, etag, readAt, text })

export function vendorListRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    return { db, lists: createVendorListRepository({ db, macs: rowMacs }) }
  }

  describe('the list of a vendor', () => {
    it('comes back as it was written, by its URL', async () => {
      const { lists } = await open()
      expect(await lists.read(url)).toBeUndefined()
      await lists.write(listOf('{"é":1}', now - 5), now)
      expect(await lists.read(url)).toEqual(listOf('{"é":1}', now - 5))
      expect(await lists.read(`${url}/other`)).toBeUndefined()
    })

    it('is replaced by a newer one, and by none that is older', async () => {
      const { lists } = await open()
      await lists.write(listOf('new', now - 5), now)
      await lists.write(listOf('old', now - 6), now)
      await lists.write(listOf('new', now - 7, null), now)
      expect(await lists.read(url)).toEqual(listOf('new', now - 5))
      await lists.write(listOf('newest', now - 4, null), now)
      expect(await lists.read(url)).toEqual(listOf('newest', now - 4, null))
    })

    it('gives way if it is from a time to come', async () => {
      const { lists } = await open()
      await lists.write(listOf('ahead', now + 60_000), now + 60_000)
      await lists.write(listOf('now', now), now)
      expect(await lists.read(url)).toEqual(listOf('now', now))
    })

    it('is renewed without its body being written again', async () => {
      const { db, lists } = await open()
      await lists.write(listOf('same', now - 5), now)
      await db
        .updateTable('vendor_lists')
        .set({ body: Buffer.from('kept as it is') })
        .execute()
      await lists.write(listOf('same', now, '"two"'), now)
      const row = await db.selectFrom('vendor_lists').selectAll().executeTakeFirstOrThrow()
      expect(Buffer.from(row.body).toString()).toBe('kept as it is')
      expect([Number(row.read_at), row.etag]).toEqual([now, '"two"'])
    })

    it.each([
      ['its URL', { url: `${url}/other` }],
      ['its ETag', { etag: '"two"' }],
      ['its time', { read_at: now }],
      ['its body', { body: Buffer.from('{}') }],
      [
        'its body and digest',
        {
          body: Buffer.from('a'),
          sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
        },
      ],
      ['its end cut off', { body: Buffer.from('tex') }],
      ['its MAC', { mac: 'AAAA' }],
      ['no MAC', { mac: '' }],
    ])('is forged once somebody else has changed %s', async (_, change) => {
      const { db, lists } = await open()
      await lists.write(listOf('text', now - 5), now)
      await db.updateTable('vendor_lists').set(change).execute()
      const place = 'url' in change ? change.url : url
      expect(await lists.read(place)).toBe('forged')
      expect(await lists.read(place)).toBeUndefined()
    })

    it('is not read if it is longer than any that is fetched', async () => {
      const { db, lists } = await open()
      await lists.write(listOf('text', now - 5), now)
      await db
        .updateTable('vendor_lists')
        .set({ body: Buffer.alloc(longestList + 1) })
        .execute()
      expect(await lists.read(url)).toBeUndefined()
    })
  })
}
