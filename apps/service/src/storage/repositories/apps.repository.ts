import type { App, AppPatch } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import { expectedSince } from '../../provisioning/app-settings.ts'
import type { AppStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toFlag, toJson, toMillis, toTime } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'
import { first, valuesByKey } from '../database/rows.ts'
import { insertSigners, listSigners } from './app-signers.ts'
import { holdPolicies } from './named-policies.ts'

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
  const { signers, store_signers, upload_signers, unconfirmed_signers: _none, ...members } = app
  const { created_at, probes, teams, evidence, optional_evidence, evidence_since, ...rest } = members
  const { development, ...columns } = rest
  return inTransaction(db, async (trx) => {
    if (!(await holdPolicies(trx, [app.policy, app.shadow_policy]))) return 'policy_not_found'
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('apps')
      .values({
        ...columns,
        probes: toJson(probes),
        teams: toJson([...teams]),
        evidence: toJson(evidence),
        optional_evidence: toJson([...optional_evidence]),
        evidence_since: toJson(millisByKind(evidence_since)),
        created_at: toMillis(created_at),
        development: toFlag(development === true),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n) return 'exists'
    await insertSigners(trx, app.id, signers)
    await listSigners(trx, app.id, { store_signers, upload_signers })
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

async function updateApp(
  db: Database,
  id: string,
  patch: AppPatch,
  now: number,
): Promise<App | 'policy_not_found' | undefined> {
  const { signers, teams, name, min_version_code, probes, evidence, policy, shadow_policy } = patch
  const { optional_evidence, unvouched_per_day } = patch
  return inTransaction(db, async (trx) => {
    if (!(await holdPolicies(trx, [policy, shadow_policy]))) return 'policy_not_found'
    // Even with nothing to set, the statement takes the row's lock, so that two replacements of the signers run one
    // after the other.
    const { numUpdatedRows } = await trx
      .updateTable('apps')
      .set((column) => ({
        name: name ?? column.ref('name'),
        min_version_code: min_version_code ?? column.ref('min_version_code'),
        probes: probes === undefined ? column.ref('probes') : toJson([...probes]),
        evidence: evidence === undefined ? column.ref('evidence') : toJson(evidence),
        policy: policy === undefined ? column.ref('policy') : policy,
        shadow_policy: shadow_policy === undefined ? column.ref('shadow_policy') : shadow_policy,
        teams: teams === undefined ? column.ref('teams') : toJson([...teams].sort()),
        optional_evidence:
          optional_evidence === undefined ? column.ref('optional_evidence') : toJson([...optional_evidence]),
        unvouched_per_day:
          unvouched_per_day === undefined ? column.ref('unvouched_per_day') : unvouched_per_day,
      }))
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return undefined
    if (signers !== undefined) {
      await trx.deleteFrom('app_signers').where('app', '=', id).execute()
      await insertSigners(trx, id, signers)
    }
    await listSigners(trx, id, patch)
    return noteExpected(trx, id, now)
  })
}

/**
 * Notes since when each kind of evidence is expected: from `now` on if it was not expected before. The row is locked.
 */
async function noteExpected(db: Database, id: string, now: number): Promise<App | undefined> {
  const app = await findApp(db, id)
  if (app === undefined) return undefined
  const evidence_since = expectedSince(app, now)
  await db
    .updateTable('apps')
    .set({ evidence_since: toJson(millisByKind(evidence_since)) })
    .where('id', '=', id)
    .execute()
  return { ...app, evidence_since }
}

async function removeApp(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('apps').where('id', '=', id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

function millisByKind(times: App['evidence_since']): Record<string, number> {
  return Object.fromEntries(Object.entries(times).map(([kind, time]) => [kind, toMillis(time)]))
}

type ListedSigner = Pick<Tables['app_listed_signers'], 'sha256' | 'role'>

function toApp(row: Selectable<Tables['apps']>, signers: string[], listed: readonly ListedSigner[]): App {
  const having = (...roles: readonly ListedSigner['role'][]) =>
    listed.filter(({ role }) => roles.includes(role)).map(({ sha256 }) => sha256)
  const { development, ...columns } = row
  return {
    ...columns,
    ...(development === 1 ? { development: true } : {}),
    signers,
    store_signers: having('store', 'migrated'),
    upload_signers: having('upload'),
    unconfirmed_signers: having('migrated'),
    teams: fromJson(row.teams),
    probes: fromJson(row.probes),
    evidence: fromJson(row.evidence),
    optional_evidence: fromJson(row.optional_evidence),
    evidence_since: Object.fromEntries(
      Object.entries(fromJson(row.evidence_since)).map(([kind, millis]) => [kind, toTime(millis)]),
    ),
    created_at: toTime(row.created_at),
  }
}
