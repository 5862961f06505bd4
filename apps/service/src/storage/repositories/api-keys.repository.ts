import type { ApiKey, ListedApiKey } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import { nameOfProvenanceKey, type ApiKeyStore, type StoredApiKey } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toFlag, toJson, toMillis, toTime } from '../database/columns.ts'
import { isForeignKeyViolation, first, valuesByKey } from '../database/rows.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { RowMacs } from '../database/row-macs.ts'
import type { Database, Tables } from '../database/tables.ts'

type Row = Selectable<Tables['api_keys']>
type Link = Selectable<Tables['api_key_apps']>

/** Keys of operators and release pipelines. A row that the service did not write is no key. */
export function createApiKeyRepository({ db, macs }: { db: Database; macs: RowMacs }): ApiKeyStore {
  return {
    insert: (key: StoredApiKey) => insertKey(db, macs, key),
    findByHash: (hash: string) => findKey(db, macs, 'hash', hash),
    find: (id: string) => findKey(db, macs, 'id', id),
    findProvenanceKey: (app: string, thumbprint: string, now: number) =>
      findProvenanceKey(db, macs, { app, thumbprint, now }),
    list: (page: Page) => listKeys(db, macs, page),
    remove: (id: string, now: number) => removeKey(db, macs, id, now),
    touch: (id: string, now: number) => touchKey(db, id, now),
    countAdmins: async () => (await admins(db, macs)).length,
  }
}

const coveredBy = (row: Omit<Row, 'mac' | 'last_used_at'>) => [
  ...[row.id, row.name, row.scope, row.prefix, row.hash, row.public_key, row.created_at, row.expires_at],
  row.let_through,
]
/** Whether the service wrote the row of a key. */
export const isGenuineKey = (macs: RowMacs, row: Omit<Row, 'last_used_at'>): boolean =>
  macs.hold('api_keys', coveredBy(row), row.mac)
const isGenuineLink = (macs: RowMacs, { key, app, mac }: Link) => macs.hold('api_key_apps', [key, app], mac)

async function insertKey(
  db: Database,
  macs: RowMacs,
  key: StoredApiKey,
): Promise<'ok' | 'exists' | 'app_not_found'> {
  const { apps, id, name, scope, prefix, hash, public_key: publicKey } = key
  const row = {
    ...{ id, name, scope, prefix, hash },
    public_key: publicKey === null ? null : toJson(publicKey),
    let_through: toFlag(key.let_through),
    created_at: toMillis(key.created_at),
    expires_at: key.expires_at === null ? null : toMillis(key.expires_at),
  }
  try {
    return await inTransaction(db, async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('api_keys')
        .values({ ...row, last_used_at: null, mac: macs.of('api_keys', coveredBy(row)) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return 'exists'
      if (apps.length > 0) {
        await trx
          .insertInto('api_key_apps')
          .values(apps.map((app) => ({ key: id, app, mac: macs.of('api_key_apps', [id, app]) })))
          .execute()
      }
      return 'ok'
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function findKey(
  db: Database,
  macs: RowMacs,
  by: 'hash' | 'id',
  value: string,
): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where(by, '=', value).executeTakeFirst()
  if (row === undefined || !isGenuineKey(macs, row)) return undefined
  const links = await db
    .selectFrom('api_key_apps')
    .selectAll()
    .where('key', '=', row.id)
    .orderBy('app')
    .execute()
  return { ...toApiKey(row), apps: appsIn(macs, links) }
}

/** What the writer of the database takes away can only narrow a key; what they add is left out. */
const appsIn = (macs: RowMacs, links: readonly Link[]): string[] =>
  links.filter((link) => isGenuineLink(macs, link)).map(({ app }) => app)

interface ProvenanceKeyName {
  app: string
  thumbprint: string
  now: number
}

async function findProvenanceKey(db: Database, macs: RowMacs, { app, thumbprint, now }: ProvenanceKeyName) {
  const key = await findKey(db, macs, 'hash', nameOfProvenanceKey(thumbprint))
  if (key === undefined || key.public_key === null || !key.apps.includes(app)) return undefined
  if (key.expires_at !== null && toMillis(key.expires_at) <= now) return undefined
  return { id: key.id, publicKey: key.public_key }
}

async function listKeys(db: Database, macs: RowMacs, page: Page): Promise<ListedApiKey[]> {
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
  const linksOf = valuesByKey(links, (link) => [link.key, link])
  return rows.map((row) => ({
    ...toApiKey(row),
    prefix: row.prefix,
    apps: appsIn(macs, linksOf(row.id)),
    refused: !isGenuineKey(macs, row),
  }))
}

async function removeKey(
  db: Database,
  macs: RowMacs,
  id: string,
  now: number,
): Promise<boolean | 'last_admin'> {
  return inTransaction(db, async (trx) => {
    // Writing the rows locks them: if two callers remove the last two keys, the second waits, and sees that one is
    // left.
    await trx.updateTable('api_keys').set({ scope: 'admin' }).where('scope', '=', 'admin').execute()
    const left = (await admins(trx, macs)).filter(({ expires_at: end }) => end === null || end > now)
    if (left.length === 1 && left[0]?.id === id) return 'last_admin'
    const { numDeletedRows } = await trx.deleteFrom('api_keys').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  })
}

async function touchKey(db: Database, id: string, now: number): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

/** Without rows that the service did not write: they keep nobody from being the last one. */
async function admins(db: Database, macs: RowMacs): Promise<Row[]> {
  const rows = await db.selectFrom('api_keys').selectAll().where('scope', '=', 'admin').execute()
  return rows.filter((row) => isGenuineKey(macs, row))
}

function toApiKey(row: Row): Omit<ApiKey, 'apps'> {
  const { id, name, scope, public_key: publicKey } = row
  return {
    id,
    name,
    scope,
    public_key: publicKey === null ? null : fromJson(publicKey),
    let_through: row.let_through === 1,
    created_at: toTime(row.created_at),
    expires_at: row.expires_at === null ? null : toTime(row.expires_at),
    last_used_at: row.last_used_at === null ? null : toTime(row.last_used_at),
  }
}
