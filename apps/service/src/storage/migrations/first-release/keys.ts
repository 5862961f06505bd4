import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** Keys of those who call the service, and what it keeps sealed: secrets and signing keys. */
export async function createKeys(db: SchemaDatabase, dialect: SchemaDialect): Promise<void> {
  await createApiKeys(db, dialect)
  await createDevelopmentSecrets(db, dialect)
  await createSealed(db, dialect)
}

async function createApiKeys(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
  await strict(
    schema
      .createTable('api_keys')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('scope', text, (column) => column.notNull())
      .addColumn('prefix', text, (column) => column.notNull())
      .addColumn('hash', text, (column) => column.notNull().unique())
      .addColumn('public_key', text)
      .addColumn('let_through', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('expires_at', integer)
      .addColumn('last_used_at', integer)
      .addColumn('mac', text, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('api_key_apps')
      .addColumn('key', text, (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('mac', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('api_key_apps_key', ['key', 'app']),
  ).execute()
  await schema.createIndex('api_key_apps_by_app').on('api_key_apps').column('app').execute()
  // How many installations support keys have let through on a day (UTC).
  await strict(
    schema
      .createTable('let_throughs')
      .addColumn('key', text, (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
      .addColumn('day', integer, (column) => column.notNull())
      .addColumn('times', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('let_throughs_key', ['key', 'day']),
  ).execute()
  // For every node. A session ends with its key.
  await strict(
    schema
      .createTable('console_sessions')
      .addColumn('hash', text, (column) => column.primaryKey().notNull())
      .addColumn('key', text, (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('seen_at', integer, (column) => column.notNull())
      .addColumn('mac', text, (column) => column.notNull()),
  ).execute()
  await schema
    .createIndex('console_sessions_by_key')
    .on('console_sessions')
    .columns(['key', 'created_at'])
    .execute()
}

async function createDevelopmentSecrets(
  { schema }: SchemaDatabase,
  { text, integer, strict }: SchemaDialect,
): Promise<void> {
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
      .addColumn('uses', integer, (column) => column.notNull())
      .addColumn('mac', text, (column) => column.notNull()),
  ).execute()
  await schema.createIndex('development_secrets_by_app').on('development_secrets').column('app').execute()
}

async function createSealed(
  { schema }: SchemaDatabase,
  { text, integer, bytes, strict }: SchemaDialect,
): Promise<void> {
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
}
