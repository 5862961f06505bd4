import type { Api } from '@assay/protocol'
import type { Selectable } from 'kysely'
import { fromJson, toJson, toMillis, toTime } from '../storage/columns.ts'
import { isForeignKeyViolation } from '../storage/conflicts.ts'
import type { Database } from '../storage/tables.ts'
import { valuesByKey } from '../storage/values-by-key.ts'
import type { ApiTables } from './apis.tables.ts'

export type ApiRepository = ReturnType<typeof createApiRepository>

/** APIs come back with their apps in ascending order; an app that was removed is no longer among them. */
export function createApiRepository({ db }: { db: Database }) {
  return {
    /** `exists`: an API has this audience already. `app_not_found`: it names an app that is not registered. */
    insert: (api: Api) => insertApi(db, api),
    find: (audience: string) => findApi(db, audience),
    /** In order of audience. */
    list: () => listApis(db),
    /** False: no such API. */
    remove: (audience: string) => removeApi(db, audience),
    /** The APIs that an app may ask tokens for, in order of audience. */
    findForApp: (app: string) => findForApp(db, app),
  }
}

async function insertApi(db: Database, api: Api): Promise<'ok' | 'exists' | 'app_not_found'> {
  try {
    return await db.transaction().execute(async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('apis')
        .values(toRow(api))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return 'exists'
      if (api.apps.length > 0) {
        await trx
          .insertInto('api_apps')
          .values(api.apps.map((app) => ({ audience: api.audience, app })))
          .execute()
      }
      return 'ok'
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function findApi(db: Database, audience: string): Promise<Api | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('audience', '=', audience).executeTakeFirst()
  return row === undefined ? undefined : (await withApps(db, [row]))[0]
}

async function listApis(db: Database): Promise<Api[]> {
  return withApps(db, await db.selectFrom('apis').selectAll().orderBy('audience').execute())
}

async function findForApp(db: Database, app: string): Promise<Api[]> {
  const rows = await db
    .selectFrom('apis')
    .innerJoin('api_apps', 'api_apps.audience', 'apis.audience')
    .selectAll('apis')
    .where('api_apps.app', '=', app)
    .orderBy('apis.audience')
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

type ApiRow = Selectable<ApiTables['apis']>

async function withApps(db: Database, rows: ApiRow[]): Promise<Api[]> {
  if (rows.length === 0) return []
  const audiences = rows.map(({ audience }) => audience)
  const links = await db
    .selectFrom('api_apps')
    .selectAll()
    .where('audience', 'in', audiences)
    .orderBy('app')
    .execute()
  const appsOf = valuesByKey(links, ({ audience, app }) => [audience, app])
  return rows.map((row) => toApi(row, appsOf(row.audience)))
}

function toRow(api: Api): ApiTables['apis'] {
  return {
    audience: api.audience,
    name: api.name,
    tiers: toJson(api.tiers),
    mode: api.mode,
    enforcement: api.enforcement,
    token_lifetime: api.token_lifetime,
    origins: toJson(api.origins),
    policy: api.policy,
    created_at: toMillis(api.created_at),
  }
}

function toApi(row: ApiRow, apps: string[]): Api {
  return {
    audience: row.audience,
    name: row.name,
    apps,
    tiers: fromJson(row.tiers),
    mode: row.mode,
    enforcement: row.enforcement,
    token_lifetime: row.token_lifetime,
    origins: fromJson(row.origins),
    policy: row.policy,
    created_at: toTime(row.created_at),
  }
}
