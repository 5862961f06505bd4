import { sql } from 'kysely'
import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/**
 * What is remembered about installations, in little space: apps and formats have numbers, digests are bytes, evidence is
 * packed and stored apart from what every refresh writes, and no index is the prefix of another.
 */
export async function createInstallations(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createNumbers(db, dialect)
  await createInstallationTable(db, dialect)
  await createEvidence(db, dialect)
  await createEnrolments(db, dialect)
}

async function createNumbers(
  { schema }: SchemaDatabase,
  { text, integer, strict, counted }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('app_numbers')
      .addColumn('number', integer, counted)
      .addColumn('app', text, (column) =>
        column.notNull().unique().references('apps.id').onDelete('cascade'),
      ),
  ).execute()
  await strict(
    schema
      .createTable('format_sets')
      .addColumn('number', integer, counted)
      .addColumn('formats', text, (column) => column.notNull().unique()),
  ).execute()
}

async function createInstallationTable(
  db: SchemaDatabase,
  { kind, text, integer, bytes, strict, linking, counted }: SchemaDialect,
): Promise<void> {
  const { schema } = db
  await strict(
    schema
      .createTable('installations')
      .addColumn('id', integer, counted)
      .addColumn('app', integer, (column) =>
        column.notNull().references('app_numbers.number').onDelete('cascade'),
      )
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('version_code', integer, (column) => column.notNull())
      .addColumn('assertion_counter', integer, (column) => column.notNull())
      .addColumn('seen_on', integer, (column) => column.notNull())
      .addColumn('formats', integer, (column) => column.notNull())
      .addColumn('thumbprint', bytes, (column) => column.notNull())
      .addColumn('binding', bytes, (column) => column.notNull())
      .addColumn('vouching_key', bytes)
      .addColumn('vouching_key_kind', text)
      .addColumn('holder_key', text, (column) => column.notNull())
      .addColumn('abi', text)
      .addColumn('assertion_key', text),
  ).execute()
  await schema
    .createIndex('installations_by_key')
    .unique()
    .on('installations')
    .columns(['app', 'thumbprint'])
    .execute()
  await schema
    .createIndex('installations_by_vouching_key')
    .on('installations')
    .columns(['app', 'vouching_key'])
    .where('vouching_key', 'is not', null)
    .execute()
  await schema.createIndex('installations_by_day').on('installations').column('seen_on').execute()
  await schema
    .createIndex('installations_by_formats')
    .on('installations')
    .columns(['app', 'formats', 'seen_on'])
    .execute()
  // A refresh finds room for the new version of its row on the same page, so that no index changes.
  if (kind === 'postgres') await sql`alter table installations set (fillfactor = 90)`.execute(db)
  await linking(
    schema
      .createTable('installation_names')
      .addColumn('name', integer, (column) => column.notNull())
      .addColumn('installation', integer, (column) =>
        column.notNull().references('installations.id').onDelete('cascade'),
      )
      .addPrimaryKeyConstraint('installation_names_key', ['name', 'installation']),
  ).execute()
  await schema
    .createIndex('installation_names_by_installation')
    .on('installation_names')
    .column('installation')
    .execute()
}

async function createEvidence(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('installation_evidence')
      .addColumn('installation', integer, (column) =>
        column.primaryKey().notNull().references('installations.id').onDelete('cascade'),
      )
      .addColumn('evidence', bytes, (column) => column.notNull())
      .addColumn('receipt', bytes)
      .addColumn('ask_at', integer)
      .addColumn('said_device', text),
  ).execute()
  await schema
    .createIndex('installation_evidence_to_ask')
    .on('installation_evidence')
    .column('ask_at')
    .where('ask_at', 'is not', null)
    .execute()
  // What the app calls its user, as an HMAC; only where an app has references.
  await linking(
    schema
      .createTable('installation_references')
      .addColumn('installation', integer, (column) =>
        column.primaryKey().notNull().references('installations.id').onDelete('cascade'),
      )
      .addColumn('reference', bytes, (column) => column.notNull())
      .addColumn('said_on', integer, (column) => column.notNull()),
  ).execute()
  await schema
    .createIndex('installation_references_by_reference')
    .on('installation_references')
    .column('reference')
    .execute()
  await schema
    .createIndex('installation_references_by_day')
    .on('installation_references')
    .column('said_on')
    .execute()
  // A release may change the texts that evidence is packed with, and reads what others packed.
  await strict(
    schema
      .createTable('packing_dictionaries')
      .addColumn('name', text, (column) => column.primaryKey().notNull())
      .addColumn('words', text, (column) => column.notNull()),
  ).execute()
}

/** What is counted per day: enrolments by vouching key, and calls of vendors. */
async function createEnrolments(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking }: SchemaDialect,
): Promise<void> {
  // Days come first: today's counts are stored together, and so are the old ones.
  await linking(
    schema
      .createTable('enrolments')
      .addColumn('day', integer, (column) => column.notNull())
      .addColumn('app', integer, (column) =>
        column.notNull().references('app_numbers.number').onDelete('cascade'),
      )
      .addColumn('vouching_key', bytes, (column) => column.notNull())
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('thumbprint', bytes, (column) => column.notNull())
      .addPrimaryKeyConstraint('enrolments_key', ['day', 'app', 'vouching_key', 'kind', 'thumbprint']),
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
