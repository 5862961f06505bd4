import { createHash } from 'node:crypto'
import type { ApiKey } from '@assay/protocol'
import type { Selectable } from 'kysely'
import { toMillis, toTime } from '../columns.ts'
import { isForeignKeyViolation } from '../conflicts.ts'
import type { Database } from '../tables.ts'
import { valuesByKey } from '../values-by-key.ts'
import type { ApiKeyTables } from '../tables/api-keys.tables.ts'

/** An API key as it is written: its secret only as a digest and the few characters by which a person knows it. */
export interface StoredApiKey extends ApiKey {
  /** {@link hashApiKeySecret} of the secret. */
  hash: string
  /** The first characters of the secret; too few to help anyone guess the rest. */
  prefix: string
}

/** What listing shows: the key and its prefix. */
export type ListedApiKey = Omit<StoredApiKey, 'hash'>

/**
 * SHA-256 of a secret, lower-case hex. The secret must hold 256 random bits: then a fast digest is enough, and looking
 * it up by an index tells nobody anything.
 */
export function hashApiKeySecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}

export type ApiKeyRepository = ReturnType<typeof createApiKeyRepository>

/**
 * Keys come back with their apps in ascending order; an app that was removed is no longer among them. A registration
 * key without apps may do nothing.
 */
export function createApiKeyRepository({ db }: { db: Database }) {
  return {
    /** `exists`: the id or the hash is taken. `app_not_found`: it names an app that is not registered. */
    insert: (key: StoredApiKey) => insertKey(db, key),
    findByHash: (hash: string) => findByHash(db, hash),
    /** Oldest first. */
    list: () => listKeys(db),
    /** False: no such key. */
    remove: (id: string) => removeKey(db, id),
    countAdmins: () => countAdmins(db),
  }
}

async function insertKey(db: Database, key: StoredApiKey): Promise<'ok' | 'exists' | 'app_not_found'> {
  const { apps, created_at, id, name, scope, prefix, hash } = key
  try {
    return await db.transaction().execute(async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('api_keys')
        .values({ id, name, scope, prefix, hash, created_at: toMillis(created_at) })
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

async function findByHash(db: Database, hash: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) return undefined
  const links = await db
    .selectFrom('api_key_apps')
    .select('app')
    .where('key', '=', row.id)
    .orderBy('app')
    .execute()
  const { id, name, scope } = row
  return { id, name, scope, apps: links.map(({ app }) => app), created_at: toTime(row.created_at) }
}

async function listKeys(db: Database): Promise<ListedApiKey[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id').execute()
  const links = await db.selectFrom('api_key_apps').selectAll().orderBy('app').execute()
  const appsOf = valuesByKey(links, ({ key, app }) => [key, app])
  return rows.map((row) => toListed(row, appsOf(row.id)))
}

async function removeKey(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('api_keys').where('id', '=', id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

async function countAdmins(db: Database): Promise<number> {
  const { admins } = await db
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number>().as('admins'))
    .where('scope', '=', 'admin')
    .executeTakeFirstOrThrow()
  return admins
}

function toListed(row: Selectable<ApiKeyTables['api_keys']>, apps: string[]): ListedApiKey {
  const { id, name, scope, prefix } = row
  return { id, name, scope, prefix, apps, created_at: toTime(row.created_at) }
}
