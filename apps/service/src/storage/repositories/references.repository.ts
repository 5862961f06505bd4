import { setImmediate as othersFirst } from 'node:timers/promises'
import { sql } from 'kysely'
import type { ReferenceStore, SaidReference } from '../../provisioning/installations/ports.ts'
import { toDigest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { inTransaction } from '../database/in-transaction.ts'
import { dayOf, numbered } from './enrolments.ts'
import { inSlices } from './in-slices.ts'

/** Rows written in a transaction, or removed with a statement. In between others get their turn. */
export const referencesPerSlice = 100

/** What apps call their users. */
export function createReferenceRepository({ db }: { db: Database }): ReferenceStore {
  return {
    async note(references: readonly SaidReference[], now: number): Promise<void> {
      for (let start = 0; start < references.length; start += referencesPerSlice) {
        if (start > 0) await othersFirst()
        const slice = references.slice(start, start + referencesPerSlice)
        await inTransaction(db, async (trx) => {
          for (const reference of slice) await note(trx, reference, dayOf(now))
        })
      }
    },
    async pruneReferences(before: number): Promise<void> {
      await inSlices(() => removeOldest(db, dayOf(before)))
    },
  }
}

function removeOldest(db: Database, before: number) {
  return (
    db
      .deleteFrom('installation_references')
      // The row is checked again: one that is said anew in the meantime stays.
      .where('said_on', '<', before)
      .where('installation', 'in', ({ selectFrom }) =>
        selectFrom('installation_references as old')
          .select('old.installation')
          .where('old.said_on', '<', before)
          .orderBy('old.said_on')
          .limit(referencesPerSlice),
      )
      .executeTakeFirstOrThrow()
  )
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
