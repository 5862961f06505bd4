import type { DevelopmentSecret } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { DevelopmentSecretStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { RowMacs } from '../database/row-macs.ts'
import { first, isForeignKeyViolation } from '../database/rows.ts'
import type { Database, Tables } from '../database/tables.ts'

export interface DevelopmentSecretRepository extends DevelopmentSecretStore {
  find(id: string): Promise<DevelopmentSecret | undefined>
}

type Row = Selectable<Tables['development_secrets']>

/** Secrets of developers. A row that the service did not write is none. */
export function createDevelopmentSecretRepository({
  db,
  macs,
}: {
  db: Database
  macs: RowMacs
}): DevelopmentSecretRepository {
  return {
    insert: (secret, hash) => insertSecret(db, macs, secret, hash),
    findByHash: (hash) => findSecret(db, macs, 'hash', hash),
    find: (id) => findSecret(db, macs, 'id', id),
    list: (page) => listSecrets(db, page),
    revoke: (id, now) => revokeSecret(db, macs, id, now),
    use: (id, now) => useSecret(db, id, now),
  }
}

const coveredBy = (row: Omit<Row, 'mac' | 'uses' | 'last_used_at'>) => [
  ...[row.id, row.app, row.name, row.hash, row.created_at, row.expires_at, row.revoked_at],
]
const isGenuine = (macs: RowMacs, row: Row) => macs.hold('development_secrets', coveredBy(row), row.mac)

async function insertSecret(db: Database, macs: RowMacs, secret: DevelopmentSecret, hash: string) {
  const { id, app, name, uses } = secret
  const row = {
    ...{ id, app, name, hash, revoked_at: null },
    created_at: toMillis(secret.created_at),
    expires_at: toMillis(secret.expires_at),
  }
  try {
    await db
      .insertInto('development_secrets')
      .values({ ...row, uses, last_used_at: null, mac: macs.of('development_secrets', coveredBy(row)) })
      .execute()
    return 'ok'
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function findSecret(
  db: Database,
  macs: RowMacs,
  column: 'id' | 'hash',
  value: string,
): Promise<DevelopmentSecret | undefined> {
  const row = await db
    .selectFrom('development_secrets')
    .selectAll()
    .where(column, '=', value)
    .executeTakeFirst()
  return row && isGenuine(macs, row) ? toSecret(row) : undefined
}

async function listSecrets(db: Database, page: Page): Promise<DevelopmentSecret[]> {
  const rows = await db
    .selectFrom('development_secrets')
    .selectAll()
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map(toSecret)
}

async function revokeSecret(
  db: Database,
  macs: RowMacs,
  id: string,
  now: number,
): Promise<DevelopmentSecret | undefined> {
  return inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('development_secrets')
      .set({ id })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (row?.revoked_at !== null) return findSecret(trx, macs, 'id', id)
    const revoked = { ...row, revoked_at: now }
    const mac = isGenuine(macs, row) ? macs.of('development_secrets', coveredBy(revoked)) : row.mac
    await trx.updateTable('development_secrets').set({ revoked_at: now, mac }).where('id', '=', id).execute()
    return findSecret(trx, macs, 'id', id)
  })
}

/** One statement: a secret that has just been revoked gives no further token. */
async function useSecret(db: Database, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('development_secrets')
    .set((column) => ({ uses: column('uses', '+', 1), last_used_at: now }))
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

function toSecret(row: Row): DevelopmentSecret {
  const { id, app, name, uses } = row
  return {
    id,
    app,
    name,
    created_at: toTime(row.created_at),
    expires_at: toTime(row.expires_at),
    revoked_at: row.revoked_at === null ? null : toTime(row.revoked_at),
    last_used_at: row.last_used_at === null ? null : toTime(row.last_used_at),
    uses,
  }
}
