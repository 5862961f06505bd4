import { sql } from 'kysely'
import { serviceVersion } from '../../system/version.ts'
import { StorageError } from '../errors/storage-error.ts'
import type { CheckBefore } from '../database/opened-database.ts'
import type { Database } from '../database/tables.ts'
import type { SchemaDialect } from './step/schema-dialect.ts'
import type { SchemaStep } from './step/migration.ts'

/** The name of the advisory lock, which everything on the database server shares. */
const schemaLock = 0x61737361

/**
 * Runs the steps that the database has not seen, all in one transaction; nodes that start at the same moment take
 * turns. (The query builder's own migrator runs outside a transaction on SQLite, holds a lock of the session, which
 * connection poolers do not keep, and looks for its tables in every schema.)
 *
 * @returns the names of the steps that it ran
 *
 * Throws `STORAGE_NEWER_SCHEMA` or `STORAGE_OTHER_SCHEMA` if the database has seen steps other than these; then nothing is
 * changed.
 */
export async function migrate(
  db: Database,
  dialect: SchemaDialect,
  steps: readonly SchemaStep[],
  check?: CheckBefore,
): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    await lockSchema(trx, dialect)
    return runSteps(trx, dialect, steps, check)
  })
}

/** Waits until nobody else changes the schema; the lock ends with the transaction. */
export function lockSchema(trx: Database, dialect: SchemaDialect): Promise<void> {
  return dialect.lockSchema(trx, schemaLock)
}

/** Like {@link migrate}, in a transaction of the caller, who holds the lock. */
export async function runSteps(
  trx: Database,
  dialect: SchemaDialect,
  steps: readonly SchemaStep[],
  check?: CheckBefore,
): Promise<string[]> {
  const seen = await readSeen(trx, dialect)
  const newSteps = missingSteps(seen, steps)
  // A role that may not change the schema finds nothing to do.
  if (newSteps.length === 0) return newSteps
  await check?.(trx, seen.length === 0)
  if (seen.length === 0) await createSteps(trx, dialect)
  for (const [index, step] of steps.entries()) {
    if (index < seen.length) continue
    await step.up(trx, dialect)
    await sql`insert into schema_steps (number, name, written_by)
      values (${index + 1}, ${step.name}, ${serviceVersion})`.execute(trx)
  }
  return newSteps
}

/** A step that a database has seen, as it is recorded there. */
export interface SeenStep {
  readonly number: number
  readonly name: string
  /** Version of the service that ran it. A database from before versions were recorded has none. */
  readonly written_by?: string
}

/**
 * The names of steps that a database has not seen. A step is known by its name, which ends in a digest of its statements:
 * one that was rewritten is another step.
 *
 * @throws StorageError `STORAGE_NEWER_SCHEMA` if it has seen more of them, `STORAGE_OTHER_SCHEMA` if it has seen others
 */
export function missingSteps(
  seen: readonly SeenStep[],
  steps: readonly Pick<SchemaStep, 'name'>[],
): string[] {
  for (const { number, name, written_by: version } of seen) {
    const own = steps[number - 1]
    if (own === undefined || own.name === name) continue
    const writer = version === undefined ? 'an unreleased version' : `version ${version}`
    const found = `${writer} of the service wrote the database by the schema step ${name}`
    throw new StorageError('STORAGE_OTHER_SCHEMA', `${found}; this version has ${own.name} in its place`)
  }
  if (seen.some(({ number }) => number > steps.length)) throw new StorageError('STORAGE_NEWER_SCHEMA')
  return steps.slice(seen.length).map(({ name }) => name)
}

async function createSteps({ schema }: Database, { strict, integer, text }: SchemaDialect): Promise<void> {
  await strict(
    schema
      .createTable('schema_steps')
      .ifNotExists()
      .addColumn('number', integer, (column) => column.primaryKey().notNull())
      .addColumn('name', text, (column) => column.notNull())
      .addColumn('written_by', text, (column) => column.notNull()),
  ).execute()
}

async function readSeen(trx: Database, dialect: SchemaDialect): Promise<SeenStep[]> {
  if (!(await dialect.hasTable(trx, 'schema_steps'))) return []
  return (await sql<SeenStep>`select * from schema_steps order by number`.execute(trx)).rows
}
