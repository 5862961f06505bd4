import { createHash, timingSafeEqual } from 'node:crypto'
import { sql, type SqlBool } from 'kysely'
import { longestList, type KeptList, type VendorListStore } from '../../vendors/status-list-feed.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database } from '../database/tables.ts'

type Covered = Pick<KeptList, 'url' | 'etag' | 'readAt'> & { sha256: string }

/**
 * The last list of each vendor. One MAC covers URL, ETag, time and body together: an old body under a newer ETag would
 * be renewed by each 304 that answers it.
 */
export function createVendorListRepository({ db, macs }: { db: Database; macs: RowMacs }): VendorListStore {
  const macOf = (row: Covered) => macs.of('vendor_lists', membersOf(row))
  return {
    async read(url) {
      const row = await db
        .selectFrom('vendor_lists')
        .selectAll()
        .where('url', '=', url)
        .where(sql<number>`length(body)`, '<=', longestList)
        .executeTakeFirst()
      if (row === undefined) return undefined
      const { body, mac, etag, sha256 } = row
      const readAt = Number(row.read_at)
      const isOurs = macs.hold('vendor_lists', membersOf({ url, etag, readAt, sha256 }), mac)
      if (!isOurs || !isDigestOf(sha256, body)) {
        // Otherwise it could keep the place of the next one, which has the same digest or an earlier time.
        await db.deleteFrom('vendor_lists').where('url', '=', url).where('mac', '=', mac).execute()
        return 'forged'
      }
      return { url, etag, readAt, text: Buffer.from(body).toString('utf8') }
    },
    async write({ url, etag, readAt, text }, now) {
      const body = Buffer.from(text, 'utf8')
      const sha256 = digestOf(body)
      const stated = { etag, read_at: readAt, mac: macOf({ url, etag, readAt, sha256 }) }
      // The same list again: its body is not written.
      const { numUpdatedRows } = await db
        .updateTable('vendor_lists')
        .set(stated)
        .where('url', '=', url)
        .where('sha256', '=', sha256)
        .where(isOlder(readAt, now))
        .executeTakeFirst()
      if (numUpdatedRows > 0n) return
      await db
        .insertInto('vendor_lists')
        .values({ url, sha256, body, ...stated })
        .onConflict((conflict) =>
          conflict
            .column('url')
            .doUpdateSet({ sha256, body, ...stated })
            .where(isOlder(readAt, now)),
        )
        .execute()
    },
  }
}

/** Or from a time to come: a clock was ahead. */
const isOlder = (readAt: number, now: number) =>
  sql<SqlBool>`(vendor_lists.read_at < ${readAt} or vendor_lists.read_at > ${now})`

const membersOf = ({ url, etag, readAt, sha256 }: Covered) => [url, etag, readAt, sha256]

const digestOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

function isDigestOf(sha256: string, body: Uint8Array): boolean {
  const [stated, found] = [Buffer.from(sha256), Buffer.from(digestOf(body))]
  return stated.length === found.length && timingSafeEqual(stated, found)
}
