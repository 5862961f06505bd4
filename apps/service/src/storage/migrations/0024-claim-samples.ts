import type { SchemaStep } from './migration.ts'

/** Claims of some installations, for a few days, on which a policy can be tried. */
export const claimSamples: SchemaStep = {
  name: '0024-claim-samples',
  async up({ schema }, { text, integer, linking }) {
    await linking(
      schema
        .createTable('claim_samples')
        .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
        .addColumn('day', integer, (column) => column.notNull())
        .addColumn('rank', integer, (column) => column.notNull())
        .addColumn('at', integer, (column) => column.notNull())
        .addColumn('build', text, (column) => column.notNull())
        .addColumn('version_code', integer, (column) => column.notNull())
        .addColumn('is_remembered', integer, (column) => column.notNull())
        .addColumn('claims', text, (column) => column.notNull())
        .addColumn('facts', text, (column) => column.notNull())
        .addPrimaryKeyConstraint('claim_samples_key', ['app', 'day', 'rank']),
    ).execute()
  },
}
