import type { AppPatch } from '@assay/protocol/schemas'
import type { Database } from '../database/tables.ts'

/** The order is the same everywhere: two transactions that wait for each other's rows would deadlock. */
export async function insertSigners(db: Database, app: string, signers: readonly string[]): Promise<void> {
  if (signers.length === 0) return
  await db
    .insertInto('app_signers')
    .values([...signers].sort().map((sha256) => ({ app, sha256 })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A list given by hand replaces the old one. A signer has one role. */
export async function listSigners(
  db: Database,
  app: string,
  { store_signers, upload_signers }: Pick<AppPatch, 'store_signers' | 'upload_signers'>,
): Promise<void> {
  const lists = [
    { role: 'store', signers: store_signers },
    { role: 'upload', signers: upload_signers },
  ] as const
  for (const { role, signers } of lists) {
    if (signers === undefined) continue
    await db.deleteFrom('app_listed_signers').where('app', '=', app).where('role', '=', role).execute()
    if (signers.length === 0) continue
    await db
      .insertInto('app_listed_signers')
      .values([...signers].sort().map((sha256) => ({ app, sha256, role })))
      .onConflict((conflict) => conflict.columns(['app', 'sha256']).doUpdateSet({ role }))
      .execute()
  }
}

/** Whether the app has all of them, as its own or on a list. */
export async function areSigners(db: Database, app: string, signers: readonly string[]): Promise<boolean> {
  if (signers.length === 0) return true
  const inTable = (table: 'app_signers' | 'app_listed_signers') =>
    db
      .selectFrom(table)
      .select('sha256')
      .where('app', '=', app)
      .where('sha256', 'in', [...signers])
  const rows = await inTable('app_signers').union(inTable('app_listed_signers')).execute()
  return rows.length === new Set(signers).size
}
