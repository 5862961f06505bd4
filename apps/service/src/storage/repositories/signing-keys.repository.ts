import type { TokenAlgorithm } from '@assay/protocol'
import type { Sealing } from '../sealing.ts'
import type { Database } from '../tables.ts'

/** A private key that signs tokens. */
export interface StoredSigningKey {
  kid: string
  /**
   * 1, 2, 3 …, without gaps: one more than the last that {@link SigningKeyRepository} `list` gave. Of two nodes that
   * make the next key at once, one gets `exists` and reads the list again.
   */
  number: number
  alg: TokenAlgorithm
  /** DER (RFC 5958). */
  pkcs8: Uint8Array
  createdAt: Date
  /** When it starts to sign. It is published before. */
  activateAt: Date
  /** When it is no longer published; null: not planned. */
  retireAt: Date | null
}

export type SigningKeyRepository = ReturnType<typeof createSigningKeyRepository>

/** Signing keys, sealed at rest. */
export function createSigningKeyRepository({ db, sealing }: { db: Database; sealing: Sealing }) {
  return {
    /** `exists`: the number or the key id is taken; nothing was changed. */
    insert: (key: StoredSigningKey) => insertKey(db, sealing, key),
    /** In order of number. */
    list: () => listKeys(db, sealing),
    /**
     * Plans the end of a key, or brings it forward: it is never put off, so that a key that was withdrawn stays so
     * whatever another node has planned. False: no such key, or it ends as early already.
     */
    retire: (kid: string, retireAt: Date) => retireKey(db, kid, retireAt.getTime()),
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

function keyName(kid: string): string {
  return `signing-key:${kid}`
}
