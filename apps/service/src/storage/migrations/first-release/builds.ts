import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Builds, what is measured of them, and the bytes of that. */
export async function createBuilds(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createBuildTables(db, dialect)
  await createBlobs(db, dialect)
}

async function createBuildTables(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  // The long columns come last: SQLite reads through a row up to the last column that it needs.
  await strict(
    schema
      .createTable('builds')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('format', text, (column) => column.notNull())
      .addColumn('package', text, (column) => column.notNull())
      .addColumn('version_name', text)
      .addColumn('version_code', integer, (column) => column.notNull())
      .addColumn('min_sdk', integer)
      .addColumn('target_sdk', integer)
      .addColumn('debuggable', integer, (column) => column.notNull())
      .addColumn('framework', text, (column) => column.notNull())
      .addColumn('sdk', text)
      .addColumn('coverage', text, (column) => column.notNull())
      .addColumn('channel', text, (column) => column.notNull())
      .addColumn('expires_at', integer)
      .addColumn('difference_until', integer)
      .addColumn('base', text)
      .addColumn('image_digest', text, (column) => column.notNull())
      .addColumn('state', text, (column) => column.notNull())
      .addColumn('retired_at', integer)
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('last_seen_at', integer)
      .addColumn('registered_by', text)
      .addColumn('first_ended_at', integer)
      .addColumn('upload_signer', text)
      .addColumn('signers', text, (column) => column.notNull())
      .addColumn('schemes', text, (column) => column.notNull())
      .addColumn('warnings', text, (column) => column.notNull())
      .addColumn('splits', text)
      .addColumn('sdk_manifest', text)
      .addPrimaryKeyConstraint('builds_key', ['app', 'id']),
  ).execute()
  await schema.createIndex('builds_by_retirement').on('builds').column('retired_at').execute()
  await schema.createIndex('builds_by_age').on('builds').columns(['app', 'created_at']).execute()
  await strict(
    schema
      .createTable('build_variants')
      .addColumn('app', text, (column) => column.notNull())
      .addColumn('build', text, (column) => column.notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('number', integer)
      .addColumn('format', text, (column) => column.notNull())
      .addColumn('framework', text, (column) => column.notNull())
      .addColumn('sdk', text)
      .addColumn('image_digest', text, (column) => column.notNull())
      .addColumn('state', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('registered_by', text)
      .addColumn('signers', text, (column) => column.notNull())
      .addColumn('schemes', text, (column) => column.notNull())
      .addColumn('warnings', text, (column) => column.notNull())
      .addColumn('shapes', text, (column) => column.notNull())
      .addColumn('splits', text)
      .addColumn('sdk_manifest', text)
      .addPrimaryKeyConstraint('build_variants_key', ['app', 'build', 'name'])
      .addUniqueConstraint('build_variants_number', ['app', 'build', 'number'])
      .addForeignKeyConstraint(
        'build_variants_build',
        ['app', 'build'],
        'builds',
        ['app', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      ),
  ).execute()
  // An empty variant is the image that was registered first.
  await strict(
    schema
      .createTable('build_segments')
      .addColumn('app', text, (column) => column.notNull())
      .addColumn('build', text, (column) => column.notNull())
      .addColumn('variant', text, (column) => column.notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('length', integer, (column) => column.notNull())
      .addColumn('sha256', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('build_segments_key', ['app', 'build', 'variant', 'name'])
      .addForeignKeyConstraint(
        'build_segments_build',
        ['app', 'build'],
        'builds',
        ['app', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      ),
  ).execute()
}

/** Where several nodes share a database, it holds the blobs, in pieces. */
async function createBlobs(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('blobs')
      .addColumn('sha256', text, (column) => column.primaryKey().notNull())
      .addColumn('length', integer, (column) => column.notNull())
      .addColumn('is_whole', integer, (column) => column.notNull())
      .addColumn('written_at', integer, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('blob_pieces')
      .addColumn('sha256', text, (column) => column.notNull().references('blobs.sha256').onDelete('cascade'))
      .addColumn('number', integer, (column) => column.notNull())
      .addColumn('bytes', bytes, (column) => column.notNull())
      .addPrimaryKeyConstraint('blob_pieces_key', ['sha256', 'number']),
  ).execute()
}
