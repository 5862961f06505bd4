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
    async removeReferences(apps: readonly string[]): Promise<void> {
      if (apps.length === 0) return
      await removeOf(db, new Set(apps))
      while ((await clearTraces(db, apps)) > 0n) await othersFirst()
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

/** Goes through all of them, in the order of their rows: no index leads from an app to its references. */
async function removeOf(db: Database, apps: ReadonlySet<string>): Promise<void> {
  for (let last = -1; ; await othersFirst()) {
    const rows = await db
      .selectFrom('installation_references as said')
      // Crossed, in this order: SQLite would go through all installations.
      .crossJoin('installations')
      .crossJoin('app_numbers')
      .whereRef('installations.id', '=', 'said.installation')
      .whereRef('app_numbers.number', '=', 'installations.app')
      .select(['said.installation as id', 'app_numbers.app as app'])
      .where('said.installation', '>', last)
      .orderBy('said.installation')
      .limit(referencesPerSlice)
      .execute()
    const ids = rows.filter(({ app }) => apps.has(app)).map(({ id }) => id)
    if (ids.length > 0)
      await db.deleteFrom('installation_references').where('installation', 'in', ids).execute()
    const end = rows.at(-1)
    if (end === undefined) return
    last = end.id
  }
}

async function clearTraces(db: Database, apps: readonly string[]): Promise<bigint> {
  const { numUpdatedRows } = await db
    .updateTable('attestation_traces')
    .set({ reference: null })
    .where('trace', 'in', ({ selectFrom }) =>
      selectFrom('attestation_traces as said')
        .select('said.trace')
        .where('said.reference', 'is not', null)
        .where('said.app', 'in', apps)
        .limit(referencesPerSlice),
    )
    .executeTakeFirstOrThrow()
  return numUpdatedRows
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
