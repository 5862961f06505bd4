import type { StoredPolicy } from '@assay/protocol/schemas'
import { sql, type Selectable } from 'kysely'
import type { PolicyStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toJson, toTime } from '../database/columns.ts'
import { first } from '../database/rows.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'
import { lockPolicy, policiesOf } from './named-policies.ts'

export function createPolicyRepository({ db }: { db: Database }): PolicyStore {
  return {
    add: (id: string, document: unknown, now: number) => addVersion(db, id, document, now),
    list: (page: Page) => listNewest(db, page),
    find: (id: string, version?: number) => findVersion(db, id, version),
    versions: (id: string, page: Page) => listVersions(db, id, page),
    rollBack: (id, to, now, check) => rollBack(db, { id, to, now, check }),
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

async function listNewest(db: Database, page: Page): Promise<StoredPolicy[]> {
  // Reads the key's index only: a policy may have had many versions.
  const newest = db
    .selectFrom('policies')
    .select(({ fn }) => ['id', fn.max('version').as('version')])
    .where('id', '>', first(page))
    .groupBy('id')
    .orderBy('id')
    .limit(page.limit)
    .as('newest')
  const rows = await db
    .selectFrom('policies')
    .innerJoin(newest, (join) =>
      join.onRef('newest.id', '=', 'policies.id').onRef('newest.version', '=', 'policies.version'),
    )
    .selectAll('policies')
    .orderBy('policies.id')
    .execute()
  return rows.map(toStored)
}

async function findVersion(db: Database, id: string, version?: number): Promise<StoredPolicy | undefined> {
  const all = db.selectFrom('policies').selectAll().where('id', '=', id)
  const one =
    version === undefined ? all.orderBy('version', 'desc').limit(1) : all.where('version', '=', version)
  const row = await one.executeTakeFirst()
  return row && toStored(row)
}

async function listVersions(db: Database, id: string, page: Page): Promise<StoredPolicy[]> {
  const rows = await db
    .selectFrom('policies')
    .selectAll()
    .where('id', '=', id)
    .where('version', '>', Number(page.after ?? 0))
    .orderBy('version')
    .limit(page.limit)
    .execute()
  return rows.map(toStored)
}

interface RollBack {
  id: string
  to: number
  now: number
  check: (document: unknown) => void
}

async function rollBack(db: Database, { id, to, now, check }: RollBack): Promise<StoredPolicy | undefined> {
  return inTransaction(db, async (trx) => {
    const earlier = await findVersion(trx, id, to)
    if (earlier === undefined) return undefined
    check(earlier.document)
    const version = await addVersion(trx, id, earlier.document, now)
    return { ...earlier, version, created_at: toTime(now) }
  })
}

function toStored({ id, version, document, created_at }: Selectable<Tables['policies']>): StoredPolicy {
  return { id, version, preset: false, document: fromJson(document), created_at: toTime(created_at) }
}

async function removePolicy(db: Database, id: string): Promise<boolean | 'in_use'> {
  return inTransaction(db, async (trx) => {
    // Whoever names the policy locks it too: the second sees what the first has done.
    if (!(await lockPolicy(trx, id))) return false
    // In JSON the id is a text, as it may be elsewhere in the settings: these are candidates.
    const apps = await trx
      .selectFrom('apps')
      .select('settings')
      .where(sql<boolean>`settings like ${`%"${id}"%`}`)
      .execute()
    const isNamed = apps.some(({ settings }) => policiesOf(fromJson(settings)).includes(id))
    const api = await trx
      .selectFrom('apis')
      .select('audience')
      .where('policy', '=', id)
      .limit(1)
      .executeTakeFirst()
    if (isNamed || api !== undefined) return 'in_use'
    await trx.deleteFrom('policies').where('id', '=', id).execute()
    return true
  })
}
