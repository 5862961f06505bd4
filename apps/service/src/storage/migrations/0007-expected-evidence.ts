import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/**
 * Evidence that an app is registered for is expected from now on, unless the operator makes it optional. The start is
 * recorded by kind, so that installations that enrolled before keep their tier for a while.
 */
export const expectedEvidence: SchemaStep = {
  name: '0007-expected-evidence',
  async up(db, { text, integer }) {
    const { schema } = db
    await schema
      .alterTable('apps')
      .addColumn('optional_evidence', text, (column) => column.notNull().defaultTo('[]'))
      .execute()
    await schema
      .alterTable('apps')
      .addColumn('evidence_since', text, (column) => column.notNull().defaultTo('{}'))
      .execute()
    await schema.alterTable('apps').addColumn('unvouched_per_day', integer).execute()
    const now = Date.now()
    const { rows } = await sql<{ id: string; evidence: string }>`select id, evidence from apps`.execute(db)
    for (const { id, evidence } of rows) {
      const kinds = Object.keys(JSON.parse(evidence) as object)
      const since = JSON.stringify(Object.fromEntries(kinds.map((kind) => [kind, now])))
      await sql`update apps set evidence_since = ${since} where id = ${id}`.execute(db)
    }
  },
}
