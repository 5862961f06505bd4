import type { DevelopmentSecret } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { DevelopmentSecretStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { toMillis, toTime } from '../database/columns.ts'
import { first, isForeignKeyViolation } from '../database/rows.ts'
import type { Database, Tables } from '../database/tables.ts'

export interface DevelopmentSecretRepository extends DevelopmentSecretStore {
  find(id: string): Promise<DevelopmentSecret | undefined>
}

export function createDevelopmentSecretRepository({ db }: { db: Database }): DevelopmentSecretRepository {
  return {
    insert: (secret, hash) => insertSecret(db, secret, hash),
    findByHash: (hash) => findSecret(db, 'hash', hash),
    find: (id) => findSecret(db, 'id', id),
    list: (page) => listSecrets(db, page),
    revoke: (id, now) => revokeSecret(db, id, now),
    use: (id, now) => useSecret(db, id, now),
  }
}

async function insertSecret(db: Database, secret: DevelopmentSecret, hash: string) {
  const { id, app, name, uses } = secret
  try {
    await db
      .insertInto('development_secrets')
      .values({
        id,
        app,
        name,
        uses,
        hash,
        created_at: toMillis(secret.created_at),
        expires_at: toMillis(secret.expires_at),
        revoked_at: null,
        last_used_at: null,
      })
      .execute()
    return 'ok'
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

async function findSecret(
  db: Database,
  column: 'id' | 'hash',
  value: string,
): Promise<DevelopmentSecret | undefined> {
  const row = await db
    .selectFrom('development_secrets')
    .selectAll()
    .where(column, '=', value)
    .executeTakeFirst()
  return row && toSecret(row)
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

async function revokeSecret(db: Database, id: string, now: number): Promise<DevelopmentSecret | undefined> {
  await db
    .updateTable('development_secrets')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
  return findSecret(db, 'id', id)
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

function toSecret(row: Selectable<Tables['development_secrets']>): DevelopmentSecret {
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
