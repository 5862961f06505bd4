import type { SigningKeyStore, StoredSigningKey } from '../../operations/ports.ts'
import type { Sealing } from '../database/sealing.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/tables.ts'

export function createSigningKeyRepository({
  db,
  sealing,
}: {
  db: Database
  sealing: Sealing
}): SigningKeyStore {
  return {
    insert: (key: StoredSigningKey) => insertKey(db, sealing, key),
    list: () => listKeys(db, sealing),
    retire: (kid: string, retireAt: Date) => retireKey(db, kid, retireAt.getTime()),
    replaceAll: (key: StoredSigningKey, at: Date) =>
      inTransaction(db, async (trx) => {
        if ((await insertKey(trx, sealing, key)) === 'exists') return 'exists'
        return retireOthers(trx, key.kid, at.getTime())
      }),
  }
}

async function insertKey(db: Database, sealing: Sealing, key: StoredSigningKey): Promise<'ok' | 'exists'> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      number: key.number,
      alg: key.alg,
      sealed: sealing.seal(keyName(key.kid), key.pkcs8),
      created_at: key.createdAt.getTime(),
      activate_at: key.activateAt.getTime(),
      retire_at: key.retireAt?.getTime() ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 0n ? 'exists' : 'ok'
}

async function listKeys(db: Database, sealing: Sealing): Promise<StoredSigningKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('number').execute()
  return rows.map((row) => ({
    kid: row.kid,
    number: row.number,
    alg: row.alg,
    pkcs8: sealing.open(keyName(row.kid), row.sealed),
    createdAt: new Date(row.created_at),
    activateAt: new Date(row.activate_at),
    retireAt: row.retire_at === null ? null : new Date(row.retire_at),
  }))
}

async function retireKey(db: Database, kid: string, retireAt: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('signing_keys')
    .set({ retire_at: retireAt })
    .where('kid', '=', kid)
    .where((where) => where.or([where('retire_at', 'is', null), where('retire_at', '>', retireAt)]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Ends every other key that is not retired by then. @returns their ids, in order of number */
async function retireOthers(db: Database, kid: string, retireAt: number): Promise<string[]> {
  const retired = await db
    .updateTable('signing_keys')
    .set({ retire_at: retireAt })
    .where('kid', '!=', kid)
    .where((where) => where.or([where('retire_at', 'is', null), where('retire_at', '>', retireAt)]))
    .returning(['kid', 'number'])
    .execute()
  return retired.sort((a, b) => a.number - b.number).map((each) => each.kid)
}

function keyName(kid: string): string {
  return `signing-key:${kid}`
}
