import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Bans of installations that no hardware vouches for, with note, author and end; and devices that operators let through. */
export const installationBans: SchemaStep = {
  name: '0022-installation-bans',
  async up(db, { kind, text, integer, bytes, linking, define }) {
    const { schema } = db
    for (const [column, type] of [
      ['audience', text],
      ['note', text],
      ['author', text],
      ['expires_at', integer],
    ] as const)
      await schema.alterTable('anchor_bans').addColumn(column, type).execute()
    await linking(
      schema
        .createTable('allow_entries')
        .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
        .addColumn('audience', text, (column) => column.notNull())
        .addColumn('installation', bytes, (column) => column.notNull())
        .addColumn('note', text)
        .addColumn('author', text)
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('expires_at', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('allow_entries_key', ['app', 'audience', 'installation']),
    ).execute()
    if (kind === 'sqlite') return
    await define(
      db,
      sql`create constraint trigger allow_entries_noted after insert or update or delete on allow_entries
        deferrable initially deferred for each row execute function note_change()`,
    )
  },
}
