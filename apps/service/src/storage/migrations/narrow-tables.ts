import type { SchemaDatabase } from './migration.ts'
import type { SchemaDialect } from './schema-dialect.ts'

/** The tables, by their temporary names until the earlier ones are gone. */
export async function createNarrowTables(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createNumbers(db, dialect)
  await createInstallations(db, dialect)
  await createVouching(db, dialect)
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

async function createInstallations(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking, counted }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('narrow_installations')
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
      .addColumn('anchor', bytes)
      .addColumn('anchor_kind', text)
      .addColumn('holder_key', text, (column) => column.notNull())
      .addColumn('abi', text)
      .addColumn('assertion_key', text),
  ).execute()
  await strict(
    schema
      .createTable('installation_evidence')
      .addColumn('installation', integer, (column) =>
        column.primaryKey().notNull().references('narrow_installations.id').onDelete('cascade'),
      )
      .addColumn('evidence', bytes, (column) => column.notNull())
      .addColumn('receipt', bytes)
      .addColumn('ask_at', integer),
  ).execute()
  await linking(
    schema
      .createTable('narrow_installation_names')
      .addColumn('name', integer, (column) => column.notNull())
      .addColumn('installation', integer, (column) =>
        column.notNull().references('narrow_installations.id').onDelete('cascade'),
      )
      .addPrimaryKeyConstraint('installation_names_of_tokens', ['name', 'installation']),
  ).execute()
}

async function createVouching(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict, linking }: SchemaDialect,
): Promise<void> {
  // Days come first: today's counts are stored together, and so are the old ones.
  await linking(
    schema
      .createTable('narrow_anchor_enrolments')
      .addColumn('day', integer, (column) => column.notNull())
      .addColumn('app', integer, (column) =>
        column.notNull().references('app_numbers.number').onDelete('cascade'),
      )
      .addColumn('anchor', bytes, (column) => column.notNull())
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('thumbprint', bytes, (column) => column.notNull())
      .addPrimaryKeyConstraint('anchor_enrolments_of_day', ['day', 'app', 'anchor', 'kind', 'thumbprint']),
  ).execute()
  await strict(
    schema
      .createTable('narrow_anchor_bans')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('anchor', bytes, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('anchor_bans_of_app', ['app', 'kind', 'anchor']),
  ).execute()
}

/** Created after the rows: adding to them row by row would take longer. */
export async function indexNarrowTables({ schema }: SchemaDatabase): Promise<void> {
  await schema
    .createIndex('installations_by_key')
    .unique()
    .on('installations')
    .columns(['app', 'thumbprint'])
    .execute()
  await schema
    .createIndex('installations_by_anchor')
    .on('installations')
    .columns(['app', 'anchor'])
    .where('anchor', 'is not', null)
    .execute()
  await schema.createIndex('installations_by_day').on('installations').column('seen_on').execute()
  await schema
    .createIndex('installations_by_formats')
    .on('installations')
    .columns(['app', 'formats', 'seen_on'])
    .execute()
  await schema
    .createIndex('installation_evidence_to_ask')
    .on('installation_evidence')
    .column('ask_at')
    .where('ask_at', 'is not', null)
    .execute()
  await schema
    .createIndex('installation_names_by_installation')
    .on('installation_names')
    .column('installation')
    .execute()
}
