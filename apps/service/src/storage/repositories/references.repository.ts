import { sql } from 'kysely'
import type { ReferenceStore, SaidReference } from '../../provisioning/installations/ports.ts'
import { toDigest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { dayOf, numbered } from './enrolments.ts'

/** What apps call their users. */
export function createReferenceRepository({ db }: { db: Database }): ReferenceStore {
  return {
    async note(references: readonly SaidReference[], now: number): Promise<void> {
      for (const reference of references) await note(db, reference, dayOf(now))
    },
    async pruneReferences(before: number): Promise<void> {
      await db.deleteFrom('installation_references').where('said_on', '<', dayOf(before)).execute()
    },
  }
}

/** One statement: an installation that is forgotten in the meantime gets none. */
async function note(db: Database, { app, key, reference }: SaidReference, day: number): Promise<void> {
  const bytes = Buffer.from(reference)
  await db
    .insertInto('installation_references')
    .columns(['installation', 'reference', 'said_on'])
    .expression(({ selectFrom }) =>
      selectFrom('installations')
        .select(['id', sql<Uint8Array>`${bytes}`.as('reference'), sql<number>`${sql.lit(day)}`.as('said_on')])
        .where('app', '=', numbered(app))
        .where('thumbprint', '=', toDigest(key)),
    )
    .onConflict((conflict) => conflict.column('installation').doUpdateSet({ reference: bytes, said_on: day }))
    .execute()
}
