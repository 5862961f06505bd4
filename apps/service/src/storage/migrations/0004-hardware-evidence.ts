import type { SchemaDialect } from './schema-dialect.ts'
import type { SchemaDatabase, SchemaStep } from './migration.ts'

/** Platform evidence: what apps may send, what is remembered about installations, policies, and vendors' budgets. */
export const hardwareEvidence: SchemaStep = {
  name: '0004-hardware-evidence',
  async up(db, dialect) {
    const { schema } = db
    const { text } = dialect
    await schema
      .alterTable('apps')
      .addColumn('evidence', text, (column) => column.notNull().defaultTo('{}'))
      .execute()
    await schema.alterTable('apps').addColumn('policy', text).execute()
    await schema.alterTable('apis').addColumn('policy', text).execute()
    await schema.alterTable('attestation_traces').addColumn('ear', text).execute()
    await createInstallations(db, dialect)
    await createPolicies(db, dialect)
  },
}

async function createInstallations(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('installations')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('thumbprint', text, (column) => column.notNull())
      .addColumn('version_code', integer, (column) => column.notNull())
      .addColumn('holder_key', text, (column) => column.notNull())
      .addColumn('anchor_kind', text)
      .addColumn('anchor', text)
      .addColumn('evidence', text, (column) => column.notNull())
      .addColumn('assertion_key', text)
      .addColumn('assertion_counter', integer, (column) => column.notNull())
      .addColumn('receipt', bytes)
      .addColumn('binding', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('seen_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('installations_key', ['app', 'thumbprint']),
  ).execute()
  await schema
    .createIndex('installations_by_anchor')
    .on('installations')
    .columns(['app', 'anchor_kind', 'anchor'])
    .execute()
  await schema.createIndex('installations_by_time').on('installations').column('seen_at').execute()
  await strict(
    schema
      .createTable('anchor_enrolments')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('anchor', text, (column) => column.notNull())
      .addColumn('day', integer, (column) => column.notNull())
      .addColumn('thumbprint', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('anchor_enrolments_key', ['app', 'kind', 'anchor', 'day', 'thumbprint']),
  ).execute()
  await strict(
    schema
      .createTable('anchor_bans')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('anchor', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('anchor_bans_key', ['app', 'kind', 'anchor']),
  ).execute()
  await strict(
    schema
      .createTable('vendor_calls')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('vendor', text, (column) => column.notNull())
      .addColumn('day', integer, (column) => column.notNull())
      .addColumn('calls', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('vendor_calls_key', ['app', 'vendor', 'day']),
  ).execute()
}

async function createPolicies(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('policies')
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('version', integer, (column) => column.notNull())
      .addColumn('document', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('policies_key', ['id', 'version']),
  ).execute()
}
