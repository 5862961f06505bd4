import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Who did what. */
export async function createAudit(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('audit_entries')
      .addColumn('number', integer, (column) => column.primaryKey().notNull())
      .addColumn('happened_at', integer, (column) => column.notNull())
      .addColumn('key', text)
      .addColumn('key_name', text, (column) => column.notNull())
      .addColumn('action', text, (column) => column.notNull())
      .addColumn('object', text, (column) => column.notNull())
      .addColumn('before', text, (column) => column.notNull())
      .addColumn('after', text, (column) => column.notNull())
      .addColumn('previous', text, (column) => column.notNull())
      .addColumn('hash', text, (column) => column.notNull())
      .addColumn('mac', text, (column) => column.notNull()),
  ).execute()
  // The last act on an object says whether it stands.
  await schema
    .createIndex('audit_entries_by_object')
    .on('audit_entries')
    .columns(['object', 'number'])
    .execute()
  await strict(
    schema
      .createTable('audit_head')
      .addColumn('id', integer, (column) => column.primaryKey().notNull())
      .addColumn('number', integer, (column) => column.notNull())
      .addColumn('hash', text, (column) => column.notNull())
      .addColumn('seal', text, (column) => column.notNull()),
  ).execute()
}
