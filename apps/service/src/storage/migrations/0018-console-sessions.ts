import type { SchemaStep } from './migration.ts'

/** Who is signed in at the console, for every node. A session ends with its key. */
export const consoleSessions: SchemaStep = {
  name: '0018-console-sessions',
  async up({ schema }, { text, integer, strict }) {
    await strict(
      schema
        .createTable('console_sessions')
        .addColumn('hash', text, (column) => column.primaryKey().notNull())
        .addColumn('key', text, (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('seen_at', integer, (column) => column.notNull()),
    ).execute()
    await schema
      .createIndex('console_sessions_by_key')
      .on('console_sessions')
      .columns(['key', 'created_at'])
      .execute()
  },
}
