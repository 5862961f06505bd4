import type { SchemaStep } from './migration.ts'

/** How attestations ended, counted per span of time. */
export const fleet: SchemaStep = {
  name: '0017-fleet',
  async up({ schema }, { text, integer, strict }) {
    const dimensions = ['app', 'build', 'platform', 'outcome', 'tier', 'code', 'evidence', 'policy'] as const
    let counts = schema
      .createTable('attestation_counts')
      .addColumn('span', integer, (column) => column.notNull())
      .addColumn('starts_at', integer, (column) => column.notNull())
    for (const name of dimensions) counts = counts.addColumn(name, text, (column) => column.notNull())
    await strict(
      counts
        .addColumn('times', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('attestation_counts_key', ['span', 'starts_at', ...dimensions] as never),
    ).execute()
    await strict(
      schema
        .createTable('attestation_latencies')
        .addColumn('span', integer, (column) => column.notNull())
        .addColumn('starts_at', integer, (column) => column.notNull())
        .addColumn('app', text, (column) => column.notNull())
        .addColumn('outcome', text, (column) => column.notNull())
        .addColumn('at_most', integer, (column) => column.notNull())
        .addColumn('times', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('attestation_latencies_key', [
          'span',
          'starts_at',
          'app',
          'outcome',
          'at_most',
        ]),
    ).execute()
    await schema
      .createIndex('attestation_traces_by_app')
      .on('attestation_traces')
      .columns(['app', 'happened_at', 'trace'])
      .execute()
  },
}
