import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Bans of vouching keys and installations, and the test devices that operators let through. */
export async function createBans(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('bans')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('vouching_key', bytes, (column) => column.notNull())
      .addColumn('audience', text)
      .addColumn('note', text)
      .addColumn('author', text)
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('expires_at', integer)
      .addPrimaryKeyConstraint('bans_key', ['app', 'kind', 'vouching_key']),
  ).execute()
  // Finds recent bans, and says without reading them whether they have changed.
  await schema.createIndex('bans_by_time').on('bans').columns(['created_at', 'expires_at']).execute()
  // Finds bans that have ended without reading those that go on.
  await schema
    .createIndex('bans_by_end')
    .on('bans')
    .column('expires_at')
    .where('expires_at', 'is not', null)
    .execute()
  await linking(
    schema
      .createTable('allow_entries')
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('audience', text, (column) => column.notNull())
      .addColumn('installation', bytes, (column) => column.notNull())
      .addColumn('note', text)
      .addColumn('author', text)
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('expires_at', integer, (column) => column.notNull())
      .addColumn('tier', text)
      .addColumn('mac', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('allow_entries_key', ['app', 'audience', 'installation']),
  ).execute()
}
