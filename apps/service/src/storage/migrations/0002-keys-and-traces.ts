import type { SchemaStep } from './migration.ts'

/** What the service keeps internally: sealed secrets, signing keys, and why attestations failed. */
export const keysAndTraces: SchemaStep = {
  name: '0002-keys-and-traces',
  async up({ schema }, { text, integer, bytes, strict }) {
    await strict(
      schema
        .createTable('secrets')
        .addColumn('name', text, (column) => column.primaryKey().notNull())
        .addColumn('sealed', bytes, (column) => column.notNull()),
    ).execute()
    await strict(
      schema
        .createTable('signing_keys')
        .addColumn('kid', text, (column) => column.primaryKey().notNull())
        .addColumn('number', integer, (column) => column.notNull().unique())
        .addColumn('alg', text, (column) => column.notNull())
        .addColumn('sealed', bytes, (column) => column.notNull())
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('activate_at', integer, (column) => column.notNull())
        .addColumn('retire_at', integer),
    ).execute()
    await strict(
      schema
        .createTable('attestation_traces')
        .addColumn('trace', text, (column) => column.primaryKey().notNull())
        .addColumn('happened_at', integer, (column) => column.notNull())
        .addColumn('app', text, (column) => column.notNull())
        .addColumn('build', text, (column) => column.notNull())
        .addColumn('outcome', text, (column) => column.notNull())
        .addColumn('code', text, (column) => column.notNull())
        .addColumn('segments', text, (column) => column.notNull()),
    ).execute()
    await schema
      .createIndex('attestation_traces_by_time')
      .on('attestation_traces')
      .columns(['happened_at', 'trace'])
      .execute()
  },
}
