import type { ApiKey, ListedApiKey } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import { nameOfProvenanceKey, type ApiKeyStore, type StoredApiKey } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toJson, toMillis, toTime } from '../database/columns.ts'
import { isForeignKeyViolation, first, valuesByKey } from '../database/rows.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'

export function createApiKeyRepository({ db }: { db: Database }): ApiKeyStore {
  return {
    insert: (key: StoredApiKey) => insertKey(db, key),
    findByHash: (hash: string) => findKey(db, 'hash', hash),
    find: (id: string) => findKey(db, 'id', id),
    findProvenanceKey: (app: string, thumbprint: string, now: number) =>
      findProvenanceKey(db, app, thumbprint, now),
    list: (page: Page) => listKeys(db, page),
    remove: (id: string, now: number) => removeKey(db, id, now),
    touch: (id: string, now: number) => touchKey(db, id, now),
    countAdmins: () => countAdmins(db),
  }
}

async function insertKey(db: Database, key: StoredApiKey): Promise<'ok' | 'exists' | 'app_not_found'> {
  const { apps, id, name, scope, prefix, hash, public_key: publicKey } = key
  try {
    return await inTransaction(db, async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('api_keys')
        .values({
          id,
          name,
          scope,
          prefix,
          hash,
          public_key: publicKey === null ? null : toJson(publicKey),
          created_at: toMillis(key.created_at),
          expires_at: key.expires_at === null ? null : toMillis(key.expires_at),
          last_used_at: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return 'exists'
      if (apps.length > 0) {
        await trx
          .insertInto('api_key_apps')
          .values(apps.map((app) => ({ key: id, app })))
          .execute()
      }
      return 'ok'
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function findKey(db: Database, by: 'hash' | 'id', value: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where(by, '=', value).executeTakeFirst()
  if (row === undefined) return undefined
  const links = await db
    .selectFrom('api_key_apps')
    .select('app')
    .where('key', '=', row.id)
    .orderBy('app')
    .execute()
  return { ...toApiKey(row), apps: links.map(({ app }) => app) }
}

async function findProvenanceKey(db: Database, app: string, thumbprint: string, now: number) {
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('api_key_apps', 'api_key_apps.key', 'api_keys.id')
    .select(['api_keys.id', 'api_keys.public_key'])
    .where('api_keys.hash', '=', nameOfProvenanceKey(thumbprint))
    .where('api_key_apps.app', '=', app)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst()
  if (row === undefined || row.public_key === null) return undefined
  return { id: row.id, publicKey: fromJson(row.public_key) }
}

async function listKeys(db: Database, page: Page): Promise<ListedApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
    .execute()
  const [from, to] = [rows[0], rows.at(-1)]
  if (from === undefined || to === undefined) return []
  const links = await db
    .selectFrom('api_key_apps')
    .selectAll()
    .where('key', '>=', from.id)
    .where('key', '<=', to.id)
    .orderBy('app')
    .execute()
  const appsOf = valuesByKey(links, ({ key, app }) => [key, app])
  return rows.map((row) => toListed(row, appsOf(row.id)))
}

async function removeKey(db: Database, id: string, now: number): Promise<boolean | 'last_admin'> {
  return inTransaction(db, async (trx) => {
    // Writing the rows locks them: if two callers remove the last two keys, the second waits, and sees that one is
    // left.
    await trx.updateTable('api_keys').set({ scope: 'admin' }).where('scope', '=', 'admin').execute()
    const admins = await trx
      .selectFrom('api_keys')
      .select('id')
      .where('scope', '=', 'admin')
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
      .execute()
    if (admins.length === 1 && admins[0]?.id === id) return 'last_admin'
    const { numDeletedRows } = await trx.deleteFrom('api_keys').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  })
}

async function touchKey(db: Database, id: string, now: number): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

async function countAdmins(db: Database): Promise<number> {
  const { admins } = await db
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number>().as('admins'))
    .where('scope', '=', 'admin')
    .executeTakeFirstOrThrow()
  return admins
}

function toListed(row: Selectable<Tables['api_keys']>, apps: string[]): ListedApiKey {
  return { ...toApiKey(row), prefix: row.prefix, apps }
}

function toApiKey(row: Selectable<Tables['api_keys']>): Omit<ApiKey, 'apps'> {
  const { id, name, scope, public_key: publicKey } = row
  return {
    id,
    name,
    scope,
    public_key: publicKey === null ? null : fromJson(publicKey),
    created_at: toTime(row.created_at),
    expires_at: row.expires_at === null ? null : toTime(row.expires_at),
    last_used_at: row.last_used_at === null ? null : toTime(row.last_used_at),
  }
}
