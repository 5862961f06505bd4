import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { postgresSchema } from './migrations/schema-dialect.ts'
import { migrate } from './migrations/migrate.ts'
import { schemaSteps } from './migrations/registry.ts'
import type { OpenedDatabase } from './opened-database.ts'
import { StorageError } from './storage-error.ts'
import type { Tables } from './tables.ts'

/** A database that any number of nodes share. The tables are in the first schema of the connection's search path. */
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
    // A node that hangs in the middle of a transaction must not hold up the others forever.
    idle_in_transaction_session_timeout: 60_000,
    types: typesWithNumbers(),
  })
  // A connection that breaks has left the pool already, or its query fails; unheard, the event would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await reach(db)
    await migrate(db, postgresSchema, schemaSteps)
  } catch (error) {
    await db.destroy()
    throw error
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

async function reach(db: Kysely<Tables>): Promise<void> {
  try {
    await sql`select 1`.execute(db)
  } catch (cause) {
    // That error holds the whole connection string, and so the password: it goes no further.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_INVALID_URL') {
      throw Object.assign(new TypeError('the connection string is not a URL'), {
        code: 'ERR_INVALID_ARG_VALUE',
      })
    }
    throw new StorageError('STORAGE_UNAVAILABLE', 'the database server cannot be reached', { cause })
  }
}
