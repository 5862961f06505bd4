import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/**
 * How attestations ended: each refusal for a while, counts of attestations and of installations per span of time, and a
 * sample of claims.
 */
export async function createFleet(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createTraces(db, dialect)
  await createCounts(db, dialect)
  await createInstallationCounts(db, dialect)
  await createProvedRefusals(db, dialect)
  await createSamples(db, dialect)
}

async function createTraces(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('attestation_traces')
      .addColumn('trace', text, (column) => column.primaryKey().notNull())
      .addColumn('happened_at', integer, (column) => column.notNull())
      .addColumn('app', text, (column) => column.notNull())
      .addColumn('build', text, (column) => column.notNull())
      .addColumn('outcome', text, (column) => column.notNull())
      .addColumn('code', text, (column) => column.notNull())
      .addColumn('segments', text, (column) => column.notNull())
      .addColumn('ear', text)
      .addColumn('thumbprint', bytes)
      .addColumn('device', text)
      .addColumn('refused', text)
      .addColumn('reference', bytes),
  ).execute()
  await schema
    .createIndex('attestation_traces_by_time')
    .on('attestation_traces')
    .columns(['happened_at', 'trace'])
    .execute()
  await schema
    .createIndex('attestation_traces_by_app')
    .on('attestation_traces')
    .columns(['app', 'happened_at', 'trace'])
    .execute()
  await schema
    .createIndex('attestation_traces_by_kind')
    .on('attestation_traces')
    .columns(['app', 'build', 'outcome', 'code', 'happened_at'])
    .execute()
  // With all that a look-up asks for: SQLite would rather go through all traces of the app, in order of time.
  await schema
    .createIndex('attestation_traces_by_installation')
    .on('attestation_traces')
    .columns(['thumbprint', 'app', 'happened_at', 'trace'])
    .where('thumbprint', 'is not', null)
    .execute()
  await schema
    .createIndex('attestation_traces_by_reference')
    .on('attestation_traces')
    .columns(['reference', 'app', 'happened_at'])
    .where('reference', 'is not', null)
    .execute()
  // As `installation_names`: an installation that only measures itself has no row but these.
  await linking(
    schema
      .createTable('trace_names')
      .addColumn('name', integer, (column) => column.notNull())
      .addColumn('trace', text, (column) =>
        column.notNull().references('attestation_traces.trace').onDelete('cascade'),
      )
      .addPrimaryKeyConstraint('trace_names_key', ['name', 'trace']),
  ).execute()
  await schema.createIndex('trace_names_by_trace').on('trace_names').column('trace').execute()
}

async function createCounts(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  const dimensions = [
    ...(['app', 'build', 'platform', 'outcome', 'tier', 'code', 'evidence', 'policy', 'abi'] as const),
    'variant' as const,
  ]
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
}

/** How many installations there were within a span, and what is needed to unite that with others. */
async function createInstallationCounts(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('installation_counts')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('span', integer, (column) => column.notNull())
      .addColumn('starts_at', integer, (column) => column.notNull())
      .addColumn('dimension', text, (column) => column.notNull())
      .addColumn('value', text, (column) => column.notNull())
      .addColumn('code', text, (column) => column.notNull())
      .addColumn('passed', integer, (column) => column.notNull())
      .addColumn('passed_members', bytes, (column) => column.notNull())
      .addColumn('refused', integer, (column) => column.notNull())
      .addColumn('refused_members', bytes, (column) => column.notNull())
      .addPrimaryKeyConstraint('installation_counts_key', [
        'app',
        'span',
        'starts_at',
        'dimension',
        'value',
        'code',
      ]),
  ).execute()
}

/** Who was refused within the last hour, since a build last passed. */
async function createProvedRefusals(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('proved_refusals')
      .addColumn('app', text, (column) => column.notNull())
      .addColumn('build', text, (column) => column.notNull())
      .addColumn('os_version', text, (column) => column.notNull())
      .addColumn('sender', integer, (column) => column.notNull())
      .addColumn('refused_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('proved_refusals_key', ['app', 'build', 'os_version', 'sender']),
  ).execute()
}

/** Claims of some installations, for a few days, on which a policy can be tried. */
async function createSamples(
  { schema }: SchemaDatabase,
  { text, integer, linking }: SchemaDialect,
): Promise<void> {
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
}
