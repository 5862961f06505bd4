import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

const columns = [
  ...['name', 'package', 'min_version_code', 'probes', 'evidence', 'optional_evidence', 'evidence_since'],
  ...['teams', 'unvouched_per_day', 'policy', 'shadow_policy', 'development'],
] as const

type Row = Record<(typeof columns)[number], string | number | null> & { id: string }

/**
 * What an operator sets of an app lies in one column, which its form reads: a new member needs no step. The columns go
 * at once: no version that reads them has been released, so none runs beside this one.
 */
export const appSettings: SchemaStep = {
  name: '0028-app-settings',
  async up(db, { text, define }) {
    const { schema } = db
    // PostgreSQL alters no table for which the count of changes is still to come at the end of the transaction.
    await define(db, sql`set constraints all immediate`)
    await schema
      .alterTable('apps')
      .addColumn('settings', text, (column) => column.notNull().defaultTo('{}'))
      .execute()
    const { rows } = await sql<Row>`select * from apps`.execute(db)
    for (const row of rows)
      await sql`update apps set settings = ${JSON.stringify(settingsOf(row))} where id = ${row.id}`.execute(
        db,
      )
    for (const column of columns) await schema.alterTable('apps').dropColumn(column).execute()
    await define(db, sql`set constraints all deferred`)
  },
}

function settingsOf(row: Row) {
  const list = (column: (typeof columns)[number]) => JSON.parse(String(row[column])) as unknown
  const since = list('evidence_since') as Record<string, number>
  const number = (value: string | number | null) => (value === null ? null : Number(value))
  return {
    name: row.name,
    package: row.package,
    min_version_code: number(row.min_version_code),
    probes: list('probes'),
    evidence: list('evidence'),
    optional_evidence: list('optional_evidence'),
    evidence_since: Object.fromEntries(
      Object.entries(since).map(([kind, millis]) => [kind, new Date(millis).toISOString()]),
    ),
    teams: list('teams'),
    unvouched_per_day: number(row.unvouched_per_day),
    policy: row.policy,
    shadow_policy: row.shadow_policy,
    ...(Number(row.development) === 1 ? { development: true } : {}),
  }
}
