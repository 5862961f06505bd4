import { Migrator } from 'kysely'
import type { Kysely } from 'kysely'
import { StorageError } from '../storage-error.ts'
import type { ColumnTypes } from './column-types.ts'
import type { SchemaStep } from './migration.ts'

/**
 * Runs the steps that the database has not seen, all in one transaction. Nodes that start at the same moment take
 * turns.
 *
 * Throws `STORAGE_NEWER_SCHEMA` when the database has seen a step that is not among `steps`: nothing is changed.
 */
export async function migrate(
  db: Kysely<unknown>,
  types: ColumnTypes,
  steps: readonly SchemaStep[],
): Promise<void> {
  await refuseNewer(db, steps)
  const { error } = await migratorOf(db, types, steps).migrateToLatest()
  if (error === undefined) return
  // A newer node may have come between.
  await refuseNewer(db, steps)
  throw error
}

function migratorOf(db: Kysely<unknown>, types: ColumnTypes, steps: readonly SchemaStep[]): Migrator {
  const migrations = Object.fromEntries(
    steps.map((step) => [step.name, { up: (trx: Kysely<unknown>) => step.up(trx, types) }]),
  )
  return new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName,
    migrationLockTableName: 'schema_lock',
  })
}

const migrationTableName = 'schema_steps'

async function refuseNewer(db: Kysely<unknown>, steps: readonly SchemaStep[]): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === migrationTableName)) return
  const known = new Set(steps.map(({ name }) => name))
  const applied = await db
    .withTables<{ [migrationTableName]: { name: string } }>()
    .selectFrom(migrationTableName)
    .select('name')
    .execute()
  if (applied.some(({ name }) => !known.has(name))) {
    throw new StorageError(
      'STORAGE_NEWER_SCHEMA',
      'the database was written by a newer version of the service',
    )
  }
}
