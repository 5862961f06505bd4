import type { StoredPolicy } from '@assay/protocol'
import type { Selectable } from 'kysely'
import type { PolicyStore } from '../../provisioning/ports.ts'
import type { Page } from '../../provisioning/page.ts'
import { fromJson, toJson, toTime } from '../columns.ts'
import { first, most } from '../rows.ts'
import type { Database, Tables } from '../tables.ts'

export function createPolicyRepository({ db }: { db: Database }): PolicyStore {
  return {
    add: (id: string, document: unknown, now: number) => addVersion(db, id, document, now),
    list: (page?: Page) => listNewest(db, page),
    find: (id: string) => findNewest(db, id),
    remove: (id: string) => removePolicy(db, id),
  }
}

async function addVersion(db: Database, id: string, document: unknown, now: number): Promise<number> {
  const { version } = await db
    .insertInto('policies')
    .columns(['id', 'version', 'document', 'created_at'])
    .expression((from) =>
      from
        .selectFrom('policies')
        .select((column) => [
          column.val(id).as('id'),
          column(column.fn.coalesce(column.fn.max('version'), column.lit(0)), '+', column.lit(1)).as(
            'version',
          ),
          column.val(toJson(document)).as('document'),
          column.val(now).as('created_at'),
        ])
        .where('id', '=', id),
    )
    .returning('version')
    .executeTakeFirstOrThrow()
  return version
}

async function listNewest(db: Database, page: Page | undefined): Promise<StoredPolicy[]> {
  const rows = await newest(db).where('id', '>', first(page)).orderBy('id').limit(most(page)).execute()
  return rows.map(toStored)
}

async function findNewest(db: Database, id: string): Promise<StoredPolicy | undefined> {
  const row = await newest(db).where('id', '=', id).executeTakeFirst()
  return row && toStored(row)
}

function newest(db: Database) {
  return db
    .selectFrom('policies')
    .selectAll()
    .where('version', '=', (from) =>
      from
        .selectFrom('policies as other')
        .select(({ fn }) => fn.max('other.version').as('newest'))
        .whereRef('other.id', '=', 'policies.id'),
    )
}

function toStored({ id, version, document, created_at }: Selectable<Tables['policies']>): StoredPolicy {
  return { id, version, preset: false, document: fromJson(document), created_at: toTime(created_at) }
}

async function removePolicy(db: Database, id: string): Promise<boolean | 'in_use'> {
  return db.transaction().execute(async (trx) => {
    const app = await trx.selectFrom('apps').select('id').where('policy', '=', id).limit(1).executeTakeFirst()
    const api = await trx
      .selectFrom('apis')
      .select('audience')
      .where('policy', '=', id)
      .limit(1)
      .executeTakeFirst()
    if (app !== undefined || api !== undefined) return 'in_use'
    const { numDeletedRows } = await trx.deleteFrom('policies').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  })
}
