import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Apps, APIs, policies and boot keys. */
export async function createRegistrations(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createApps(db, dialect)
  await createApis(db, dialect)
  await createPolicies(db, dialect)
  await createBootKeys(db, dialect)
  await createVendorLists(db, dialect)
}

async function createApps(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  // What an operator sets of an app lies in one column, which its form reads: a new member needs no step.
  await strict(
    schema
      .createTable('apps')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('platform', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('settings', text, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('app_signers')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('sha256', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('app_signers_key', ['app', 'sha256']),
  ).execute()
  await strict(
    schema
      .createTable('app_listed_signers')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('sha256', text, (column) => column.notNull())
      .addColumn('role', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('app_listed_signers_key', ['app', 'sha256']),
  ).execute()
}

async function createApis(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('apis')
      .addColumn('audience', text, (column) => column.primaryKey().notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('token', text, (column) => column.notNull())
      .addColumn('channels', text, (column) => column.notNull())
      .addColumn('tiers', text, (column) => column.notNull())
      .addColumn('mode', text, (column) => column.notNull())
      .addColumn('enforcement', text, (column) => column.notNull())
      .addColumn('token_lifetime', integer, (column) => column.notNull())
      .addColumn('origins', text, (column) => column.notNull())
      .addColumn('policy', text)
      .addColumn('allow_listed', integer, (column) => column.notNull())
      .addColumn('development', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('api_origins')
      .addColumn('origin', text, (column) => column.notNull())
      .addColumn('audience', text, (column) =>
        column.notNull().references('apis.audience').onDelete('cascade'),
      )
      .addPrimaryKeyConstraint('api_origins_key', ['origin', 'audience']),
  ).execute()
  await schema.createIndex('api_origins_by_audience').on('api_origins').column('audience').execute()
  await strict(
    schema
      .createTable('api_apps')
      .addColumn('audience', text, (column) =>
        column.notNull().references('apis.audience').onDelete('cascade'),
      )
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('api_apps_key', ['audience', 'app']),
  ).execute()
  await schema.createIndex('api_apps_by_app').on('api_apps').column('app').execute()
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

async function createBootKeys(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('boot_keys')
      .addColumn('system', text, (column) => column.primaryKey().notNull())
      .addColumn('source', text, (column) => column.notNull())
      .addColumn('sha256', text, (column) => column.notNull())
      .addColumn('published_at', integer, (column) => column.notNull())
      .addColumn('given_at', integer, (column) => column.notNull())
      .addColumn('keys', text, (column) => column.notNull()),
  ).execute()
}

async function createVendorLists(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('vendor_lists')
      .addColumn('url', text, (column) => column.primaryKey().notNull())
      .addColumn('etag', text)
      .addColumn('read_at', integer, (column) => column.notNull())
      .addColumn('sha256', text, (column) => column.notNull())
      .addColumn('body', bytes, (column) => column.notNull())
      .addColumn('mac', text, (column) => column.notNull()),
  ).execute()
}
