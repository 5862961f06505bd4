import type { Ban } from '@assay/protocol'
import type { VouchingKey } from '../../attestation/installation.ts'
import type { BanStore } from '../../provisioning/ports.ts'
import type { Page } from '../../system/page.ts'
import { toTime } from '../columns.ts'
import { fromDigest, toDigest } from '../digest-column.ts'
import { first } from '../rows.ts'
import type { Database } from '../tables.ts'

export function createBanRepository({ db }: { db: Database }): BanStore {
  return {
    async add(app: string, { kind, id }: VouchingKey, now: number): Promise<Ban> {
      await db
        .insertInto('anchor_bans')
        .values({ app, kind, anchor: toDigest(id), created_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const row = await banned(db, app)
        .where('kind', '=', kind)
        .where('anchor', '=', toDigest(id))
        .executeTakeFirstOrThrow()
      return { app, kind, vouching_key: id, created_at: toTime(row.created_at) }
    },
    async has(app: string, { kind, id }: VouchingKey): Promise<boolean> {
      const row = await db
        .selectFrom('anchor_bans')
        .select('app')
        .where('app', '=', app)
        .where('kind', '=', kind)
        .where('anchor', '=', toDigest(id))
        .executeTakeFirst()
      return row !== undefined
    },
    async list(app: string, page: Page): Promise<Ban[]> {
      const [kind = '', id = ''] = first(page).split(':') as Cursor
      const rows = await banned(db, app)
        .where(({ eb, refTuple, tuple }) => eb(refTuple('kind', 'anchor'), '>', tuple(kind, toDigest(id))))
        .orderBy('kind')
        .orderBy('anchor')
        .limit(page.limit)
        .execute()
      return rows.map(({ anchor, created_at, ...ban }) => ({
        ...ban,
        vouching_key: fromDigest(anchor),
        created_at: toTime(created_at),
      }))
    },
    async remove(app: string, { kind, id }: VouchingKey): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('anchor_bans')
        .where('app', '=', app)
        .where('kind', '=', kind)
        .where('anchor', '=', toDigest(id))
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    },
  }
}

type Cursor = [VouchingKey['kind'], string]

function banned(db: Database, app: string) {
  return db.selectFrom('anchor_bans').selectAll().where('app', '=', app)
}
