import { sql } from 'kysely'
import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** The identity of the store, how often its registrations have changed, who serves from it, and its sign of life. */
export async function createNodes(
  db: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  const { schema } = db
  await strict(
    schema
      .createTable('store')
      .addColumn('id', integer, (column) => column.primaryKey().notNull())
      .addColumn('store_id', text)
      .addColumn('version', integer, (column) => column.notNull()),
  ).execute()
  await sql`insert into store (id, store_id, version) values (1, null, 0)`.execute(db)
  await strict(
    schema
      .createTable('nodes')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('seen_at', integer, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('signs_of_life')
      .addColumn('id', integer, (column) => column.primaryKey().notNull())
      .addColumn('seen_at', integer, (column) => column.notNull()),
  ).execute()
}
