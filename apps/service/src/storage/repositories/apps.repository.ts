import type { App, AppPatch } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import { expectedSince } from '../../provisioning/app-settings.ts'
import { stated } from '../../provisioning/stated.ts'
import type { AppStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'
import { first, valuesByKey } from '../database/rows.ts'
import { insertSigners, listSigners } from './app-signers.ts'
import { readSettings, writeSettings } from './app-settings-column.ts'
import { holdPolicies, policiesOf } from './named-policies.ts'

export function createAppRepository({ db }: { db: Database }): AppStore {
  return {
    insert: (app: App) => insertApp(db, app),
    find: (id: string) => findApp(db, id),
    list: (page: Page) => listApps(db, page),
    update: (id: string, patch: AppPatch, now: number) => updateApp(db, id, patch, now),
    remove: (id: string) => removeApp(db, id),
  }
}

async function insertApp(db: Database, app: App): Promise<'ok' | 'exists' | 'policy_not_found'> {
  return inTransaction(db, async (trx) => {
    if (!(await holdPolicies(trx, policiesOf(app)))) return 'policy_not_found'
    const { id, platform, created_at } = app
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('apps')
      .values({ id, platform, settings: writeSettings(app), created_at: toMillis(created_at) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n) return 'exists'
    await insertSigners(trx, id, app.signers)
    await listSigners(trx, id, app)
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
  const listed = await db
    .selectFrom('app_listed_signers')
    .select(['sha256', 'role'])
    .where('app', '=', id)
    .orderBy('sha256')
    .execute()
  return toApp(
    row,
    signers.map(({ sha256 }) => sha256),
    listed,
  )
}

async function listApps(db: Database, page: Page): Promise<App[]> {
  const rows = await db
    .selectFrom('apps')
    .selectAll()
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
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
  const listed = await db
    .selectFrom('app_listed_signers')
    .selectAll()
    .where('app', '>=', from.id)
    .where('app', '<=', to.id)
    .orderBy('sha256')
    .execute()
  const listedOf = valuesByKey(listed, ({ app, sha256, role }) => [app, { sha256, role }])
  return rows.map((row) => toApp(row, signersOf(row.id), listedOf(row.id)))
}

/** What the patch does not state stays. */
async function updateApp(
  db: Database,
  id: string,
  patch: AppPatch,
  now: number,
): Promise<App | 'policy_not_found' | undefined> {
  return inTransaction(db, async (trx) => {
    if (!(await holdPolicies(trx, policiesOf(patch)))) return 'policy_not_found'
    // Takes the row's lock, so that two changes run one after the other.
    const { numUpdatedRows } = await trx
      .updateTable('apps')
      .set({ id })
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return undefined
    const { signers } = patch
    if (signers !== undefined) {
      await trx.deleteFrom('app_signers').where('app', '=', id).execute()
      await insertSigners(trx, id, signers)
    }
    await listSigners(trx, id, patch)
    const app = (await findApp(trx, id)) as App
    const { signers: _own, store_signers: _store, upload_signers: _upload, ...settings } = stated(patch)
    const changed = { ...app, ...settings }
    const updated = { ...changed, evidence_since: expectedSince(changed, now) }
    await trx
      .updateTable('apps')
      .set({ settings: writeSettings(updated) })
      .where('id', '=', id)
      .execute()
    return updated
  })
}

async function removeApp(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('apps').where('id', '=', id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

type ListedSigner = Pick<Tables['app_listed_signers'], 'sha256' | 'role'>

function toApp(row: Selectable<Tables['apps']>, signers: string[], listed: readonly ListedSigner[]): App {
  const having = (wanted: ListedSigner['role']) =>
    listed.filter(({ role }) => role === wanted).map(({ sha256 }) => sha256)
  return {
    ...readSettings(row.settings),
    id: row.id,
    platform: row.platform,
    signers,
    store_signers: having('store'),
    upload_signers: having('upload'),
    created_at: toTime(row.created_at),
  }
}
