import type { SchemaStep } from './migration.ts'

/** Apps and APIs for development, and the secrets that give tokens for them. */
export const development: SchemaStep = {
  name: '0021-development',
  async up({ schema }, { text, integer, strict }) {
    for (const table of ['apps', 'apis'])
      await schema
        .alterTable(table)
        .addColumn('development', integer, (column) => column.notNull().defaultTo(0))
        .execute()
    await strict(
      schema
        .createTable('development_secrets')
        .addColumn('id', text, (column) => column.primaryKey().notNull())
        .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
        .addColumn('name', text, (column) => column.notNull())
        .addColumn('hash', text, (column) => column.notNull().unique())
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('expires_at', integer, (column) => column.notNull())
        .addColumn('revoked_at', integer)
        .addColumn('last_used_at', integer)
        .addColumn('uses', integer, (column) => column.notNull()),
    ).execute()
    await schema.createIndex('development_secrets_by_app').on('development_secrets').column('app').execute()
  },
}
