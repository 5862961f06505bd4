import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { postgresSchema } from './migrations/schema-dialect.ts'
import { migrate } from './migrations/migrate.ts'
import { schemaSteps } from './migrations/registry.ts'
import type { OpenedDatabase } from './open-database.ts'
import { StorageError } from './storage-error.ts'
import type { Tables } from './tables.ts'

/** A database that any number of nodes share. The tables lie in the first schema of the connection's search path. */
export async function openPostgres(
  connectionString: string,
  maxConnections: number,
): Promise<OpenedDatabase> {
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'assay',
    // A node that hangs in the middle of a transaction must not hold up the others for ever.
    idle_in_transaction_session_timeout: 60_000,
    types: typesWithNumbers(),
  })
  // An idle connection that breaks has left the pool already; unheard, the event would end the process.
  pool.on('error', () => undefined)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db, postgresSchema, schemaSteps)
  } catch (error) {
    await db.destroy()
    throw toStorageError(error)
  }
  let closed: Promise<void> | undefined
  return {
    kind: 'postgres',
    db,
    ping: async () => {
      await sql`select 1`.execute(db)
    },
    close: () => (closed ??= db.destroy()),
  }
}

/** `bigint` as a number, which pg would give as text: no column of ours goes beyond 2^53. */
function typesWithNumbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  return types
}

/** Connection refused, reset or timed out; SQLSTATE classes 08 (connection), 28 (authorisation), 3D (no such database), 53 and 57. */
const unavailable = /^(E[A-Z]+|(08|28|3D|53|57)[0-9A-Z]{3})$/

function toStorageError(error: unknown): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : undefined
  if (code !== undefined && !unavailable.test(code)) return error
  return new StorageError('STORAGE_UNAVAILABLE', 'the database server cannot be reached', { cause: error })
}
