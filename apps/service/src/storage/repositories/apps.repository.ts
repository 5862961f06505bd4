import type { App } from '@assay/protocol'
import type { Selectable } from 'kysely'
import type { AppPatch, AppStore } from '../../provisioning/ports.ts'
import type { Page } from '../../provisioning/page.ts'
import { fromJson, toJson, toMillis, toTime } from '../columns.ts'
import type { Database, Tables } from '../tables.ts'
import { first, most } from '../paging.ts'
import { valuesByKey } from '../values-by-key.ts'

export function createAppRepository({ db }: { db: Database }): AppStore {
  return {
    insert: (app: App) => insertApp(db, app),
    find: (id: string) => findApp(db, id),
    list: (page?: Page) => listApps(db, page),
    update: (id: string, patch: AppPatch) => updateApp(db, id, patch),
    remove: (id: string) => removeApp(db, id),
  }
}

async function insertApp(db: Database, app: App): Promise<'ok' | 'exists'> {
  const { signers, created_at, probes, evidence, ...columns } = app
  return db.transaction().execute(async (trx) => {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('apps')
      .values({
        ...columns,
        probes: toJson(probes),
        evidence: toJson(evidence),
        created_at: toMillis(created_at),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n) return 'exists'
    await insertSigners(trx, app.id, signers)
    return 'ok'
  })
}

async function findApp(db: Database, id: string): Promise<App | undefined> {
  const row = await db.selectFrom('apps').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const signers = await db
    .selectFrom('app_signers')
    .select('sha256')
    .where('app', '=', id)
    .orderBy('sha256')
    .execute()
  return toApp(
    row,
    signers.map(({ sha256 }) => sha256),
  )
}

async function listApps(db: Database, page: Page | undefined): Promise<App[]> {
  const rows = await db
    .selectFrom('apps')
    .selectAll()
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(most(page))
    .execute()
  const [from, to] = [rows[0], rows.at(-1)]
  if (from === undefined || to === undefined) return []
  const signers = await db
    .selectFrom('app_signers')
    .selectAll()
    .where('app', '>=', from.id)
    .where('app', '<=', to.id)
    .orderBy('app')
    .orderBy('sha256')
    .execute()
  const signersOf = valuesByKey(signers, ({ app, sha256 }) => [app, sha256])
  return rows.map((row) => toApp(row, signersOf(row.id)))
}

async function updateApp(db: Database, id: string, patch: AppPatch): Promise<App | undefined> {
  const { signers, name, min_version_code, probes, evidence, policy } = patch
  return db.transaction().execute(async (trx) => {
    // Without anything to set the statement still takes the row's lock, so that two replacements of the signers
    // come one after the other.
    const { numUpdatedRows } = await trx
      .updateTable('apps')
      .set((column) => ({
        name: name ?? column.ref('name'),
        min_version_code: min_version_code ?? column.ref('min_version_code'),
        probes: probes === undefined ? column.ref('probes') : toJson([...probes]),
        evidence: evidence === undefined ? column.ref('evidence') : toJson(evidence),
        policy: policy === undefined ? column.ref('policy') : policy,
      }))
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return undefined
    if (signers !== undefined) {
      await trx.deleteFrom('app_signers').where('app', '=', id).execute()
      await insertSigners(trx, id, signers)
    }
    return findApp(trx, id)
  })
}

async function removeApp(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('apps').where('id', '=', id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** In a fixed order everywhere: two transactions that wait for each other's rows would be a deadlock. */
async function insertSigners(db: Database, app: string, signers: readonly string[]): Promise<void> {
  if (signers.length === 0) return
  await db
    .insertInto('app_signers')
    .values([...signers].sort().map((sha256) => ({ app, sha256 })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function toApp(row: Selectable<Tables['apps']>, signers: string[]): App {
  return {
    ...row,
    signers,
    probes: fromJson(row.probes),
    evidence: fromJson(row.evidence),
    created_at: toTime(row.created_at),
  }
}
