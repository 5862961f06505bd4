import type { SchemaDialect } from './schema-dialect.ts'
import type { SchemaDatabase, SchemaStep } from './migration.ts'

/** Apps, builds, APIs and the keys of those who register them. */
export const provisioning: SchemaStep = {
  name: '0001-provisioning',
  async up(db, dialect) {
    await createApps(db, dialect)
    await createBuilds(db, dialect)
    await createApis(db, dialect)
    await createApiKeys(db, dialect)
  },
}

async function createApps(db: SchemaDatabase, { text, integer, strict }: SchemaDialect): Promise<void> {
  const { schema } = db
  await strict(
    schema
      .createTable('apps')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('platform', text, (column) => column.notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('package', text, (column) => column.notNull())
      .addColumn('min_version_code', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('app_signers')
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addColumn('sha256', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('app_signers_key', ['app', 'sha256']),
  ).execute()
}

async function createBuilds(db: SchemaDatabase, { text, integer, strict }: SchemaDialect): Promise<void> {
  const { schema } = db
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
      .addColumn('signers', text, (column) => column.notNull())
      .addColumn('schemes', text, (column) => column.notNull())
      .addColumn('framework', text, (column) => column.notNull())
      .addColumn('coverage', text, (column) => column.notNull())
      .addColumn('image_digest', text, (column) => column.notNull())
      .addColumn('warnings', text, (column) => column.notNull())
      .addColumn('state', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('last_seen_at', integer)
      .addPrimaryKeyConstraint('builds_key', ['app', 'id']),
  ).execute()
  await strict(
    schema
      .createTable('build_segments')
      .addColumn('app', text, (column) => column.notNull())
      .addColumn('build', text, (column) => column.notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('length', integer, (column) => column.notNull())
      .addColumn('sha256', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('build_segments_key', ['app', 'build', 'name'])
      .addForeignKeyConstraint(
        'build_segments_build',
        ['app', 'build'],
        'builds',
        ['app', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      ),
  ).execute()
}

async function createApis(db: SchemaDatabase, { text, integer, strict }: SchemaDialect): Promise<void> {
  const { schema } = db
  await strict(
    schema
      .createTable('apis')
      .addColumn('audience', text, (column) => column.primaryKey().notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('tiers', text, (column) => column.notNull())
      .addColumn('mode', text, (column) => column.notNull())
      .addColumn('enforcement', text, (column) => column.notNull())
      .addColumn('token_lifetime', integer, (column) => column.notNull())
      .addColumn('origins', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull()),
  ).execute()
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

async function createApiKeys(db: SchemaDatabase, { text, integer, strict }: SchemaDialect): Promise<void> {
  const { schema } = db
  await strict(
    schema
      .createTable('api_keys')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('scope', text, (column) => column.notNull())
      .addColumn('prefix', text, (column) => column.notNull())
      .addColumn('hash', text, (column) => column.notNull().unique())
      .addColumn('created_at', integer, (column) => column.notNull()),
  ).execute()
  await strict(
    schema
      .createTable('api_key_apps')
      .addColumn('key', text, (column) => column.notNull().references('api_keys.id').onDelete('cascade'))
      .addColumn('app', text, (column) => column.notNull().references('apps.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('api_key_apps_key', ['key', 'app']),
  ).execute()
  await schema.createIndex('api_key_apps_by_app').on('api_key_apps').column('app').execute()
}
