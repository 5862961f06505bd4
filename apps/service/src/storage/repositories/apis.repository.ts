import type { Api, ApiPatch } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { ApiNames, ApiStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toFlag, toJson, toMillis, toTime } from '../database/columns.ts'
import { isForeignKeyViolation, first, valuesByKey } from '../database/rows.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'
import { holdPolicies } from './named-policies.ts'

export function createApiRepository({ db }: { db: Database }): ApiStore {
  return {
    insert: (api: Api) => insertApi(db, api),
    find: (audience: string) => findApi(db, audience),
    names: () => readNames(db),
    list: (page: Page) => listApis(db, page),
    update: (audience: string, patch: ApiPatch, check: (api: Api) => void) =>
      updateApi(db, audience, patch, check),
    remove: (audience: string) => removeApi(db, audience),
  }
}

async function insertApi(
  db: Database,
  api: Api,
): Promise<'ok' | 'exists' | 'app_not_found' | 'policy_not_found'> {
  try {
    return await inTransaction(db, async (trx) => {
      if (!(await holdPolicies(trx, [api.policy]))) return 'policy_not_found'
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('apis')
        .values(toRow(api))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return 'exists'
      await insertApps(trx, api.audience, api.apps)
      await insertOrigins(trx, api.audience, api.origins)
      return 'ok'
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function updateApi(
  db: Database,
  audience: string,
  patch: ApiPatch,
  check: (api: Api) => void,
): Promise<Api | 'api_not_found' | 'app_not_found' | 'policy_not_found'> {
  try {
    return await inTransaction(db, async (trx) => {
      if (!(await holdPolicies(trx, [patch.policy]))) return 'policy_not_found'
      if (!(await updateColumns(trx, audience, patch))) return 'api_not_found'
      if (patch.apps !== undefined) {
        await trx.deleteFrom('api_apps').where('audience', '=', audience).execute()
        await insertApps(trx, audience, patch.apps)
      }
      if (patch.origins !== undefined) {
        await trx.deleteFrom('api_origins').where('audience', '=', audience).execute()
        await insertOrigins(trx, audience, patch.origins)
      }
      const api = (await findApi(trx, audience)) as Api
      check(api)
      return api
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

/** Even with nothing to set, the statement takes the row's lock, so that two changes run one after the other. */
async function updateColumns(
  db: Database,
  audience: string,
  { name, channels, tiers, mode, enforcement, token_lifetime, origins, policy, allow_listed }: ApiPatch,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('apis')
    .set((column) => ({
      name: name ?? column.ref('name'),
      channels: channels === undefined ? column.ref('channels') : toJson(channels),
      tiers: tiers === undefined ? column.ref('tiers') : toJson(tiers),
      mode: mode ?? column.ref('mode'),
      enforcement: enforcement ?? column.ref('enforcement'),
      token_lifetime: token_lifetime ?? column.ref('token_lifetime'),
      origins: origins === undefined ? column.ref('origins') : toJson(origins),
      policy: policy === undefined ? column.ref('policy') : policy,
      allow_listed: allow_listed === undefined ? column.ref('allow_listed') : toFlag(allow_listed),
    }))
    .where('audience', '=', audience)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The order is the same everywhere: two transactions that wait for each other's rows would deadlock. */
async function insertApps(db: Database, audience: string, apps: readonly string[]): Promise<void> {
  if (apps.length === 0) return
  await db
    .insertInto('api_apps')
    .values([...apps].sort().map((app) => ({ audience, app })))
    .execute()
}

async function insertOrigins(db: Database, audience: string, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await db
    .insertInto('api_origins')
    .values([...new Set(origins)].sort().map((origin) => ({ origin, audience })))
    .execute()
}

async function readNames(db: Database): Promise<ApiNames> {
  const apis = await db.selectFrom('apis').select('audience').execute()
  const origins = await db.selectFrom('api_origins').select('origin').distinct().execute()
  return {
    audiences: new Set(apis.map(({ audience }) => audience)),
    origins: new Set(origins.map(({ origin }) => origin)),
  }
}

async function findApi(db: Database, audience: string): Promise<Api | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('audience', '=', audience).executeTakeFirst()
  return row === undefined ? undefined : (await withApps(db, [row]))[0]
}

async function listApis(db: Database, page: Page): Promise<Api[]> {
  const rows = await db
    .selectFrom('apis')
    .selectAll()
    .where('audience', '>', first(page))
    .orderBy('audience')
    .limit(page.limit)
    .execute()
  return withApps(db, rows)
}

async function removeApi(db: Database, audience: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('apis')
    .where('audience', '=', audience)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

type ApiRow = Selectable<Tables['apis']>

async function withApps(db: Database, rows: ApiRow[]): Promise<Api[]> {
  if (rows.length === 0) return []
  const [from, to] = [rows[0], rows.at(-1)] as [ApiRow, ApiRow]
  const links = await db
    .selectFrom('api_apps')
    .selectAll()
    .where('audience', '>=', from.audience)
    .where('audience', '<=', to.audience)
    .orderBy('app')
    .execute()
  const appsOf = valuesByKey(links, ({ audience, app }) => [audience, app])
  return rows.map((row) => toApi(row, appsOf(row.audience)))
}

function toRow(api: Api): Tables['apis'] {
  return {
    audience: api.audience,
    name: api.name,
    token: api.token,
    channels: toJson(api.channels),
    tiers: toJson(api.tiers),
    mode: api.mode,
    enforcement: api.enforcement,
    token_lifetime: api.token_lifetime,
    origins: toJson(api.origins),
    policy: api.policy,
    allow_listed: toFlag(api.allow_listed),
    development: toFlag(api.development === true),
    created_at: toMillis(api.created_at),
  }
}

function toApi(row: ApiRow, apps: string[]): Api {
  return {
    audience: row.audience,
    name: row.name,
    apps,
    token: row.token,
    channels: fromJson(row.channels),
    tiers: fromJson(row.tiers),
    mode: row.mode,
    enforcement: row.enforcement,
    token_lifetime: row.token_lifetime,
    origins: fromJson(row.origins),
    policy: row.policy,
    allow_listed: row.allow_listed === 1,
    ...(row.development === 1 ? { development: true } : {}),
    created_at: toTime(row.created_at),
  }
}
