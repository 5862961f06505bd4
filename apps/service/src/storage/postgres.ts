import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { listenForChanges, type ChangeCalls } from './nodes/change-calls.ts'
import { holdDatabase, type DatabaseHold } from './nodes/database-hold.ts'
import { ImpatientClient } from './impatient-client.ts'
import { grantRights } from './migrations/grant-rights.ts'
import { postgresSchema } from './migrations/step/schema-dialect.ts'
import { migrate, missingSteps, type SeenStep } from './migrations/migrate.ts'
import { schemaSteps } from './migrations/registry.ts'
import { recordSignOfLife, type OpenedDatabase, type OpenOptions } from './database/opened-database.ts'
import {
  judgePostgres,
  reporting,
  type DatabaseStep,
  type PassingFault,
} from './database/reporting-dialect.ts'
import { StorageError } from './errors/storage-error.ts'
import { probeSpace } from './probe-space.ts'
import type { Tables } from './database/tables.ts'
import type { Timed } from '../system/timed.ts'

/** A database on a server. The tables are in the first schema of the connection's search path. */
export async function openPostgres(
  connectionString: string,
  maxConnections: number,
  { share, check, grantTo, onReport, timed }: OpenOptions,
): Promise<OpenedDatabase> {
  // A schema change may take long, and so may waiting for another process that makes one.
  const schema = openPool(connectionString, {
    max: 1,
    statement_timeout: schemaTimeout,
    lock_timeout: schemaTimeout,
  })
  let held: DatabaseHold | undefined
  let newSteps: string[]
  try {
    await reach(schema, connectionString)
    // Whoever is at work on the database may not understand another schema.
    held = share && (await holdDatabase(connectionString, share))
    newSteps = await migrate(schema, postgresSchema, schemaSteps, check)
    if (grantTo !== undefined) await schema.transaction().execute((trx) => grantRights(trx, grantTo))
  } catch (error) {
    await held?.release()
    throw error
  } finally {
    await schema.destroy()
  }
  let isFull = false
  const report = (cause: PassingFault) => {
    if (cause === 'full') isFull = true
    onReport?.()
  }
  const db = openPool(connectionString, { max: maxConnections, ...limits }, report, timed)
  // Requests that need no row of their own must not wait behind those that do.
  const registered = openPool(connectionString, { max: 2, ...limits }, report, timed)
  // No request may keep a node from seeing changes: it signs only as long as it is up to date.
  const watching = openPool(connectionString, { max: 2, ...limits }, report, timed)
  let calls: ChangeCalls | undefined
  let closed: Promise<void> | undefined
  return {
    kind: 'postgres',
    db,
    registered,
    watching,
    newSteps,
    onChange(onCall) {
      calls = listenForChanges(connectionString, onCall)
    },
    async ping(now) {
      await recordSignOfLife(registered, now)
      if (!isFull) return
      await probeSpace(registered, now)
      isFull = false
    },
    close: () =>
      (closed ??= Promise.all([
        ...[db, registered, watching].map((pool) => pool.destroy()),
        held?.release(),
        calls?.close(),
      ]).then(() => undefined)),
  }
}

/** The steps of its schema that a database has not seen; it may be in use, and is only read. */
export async function missingPostgresSteps(connectionString: string): Promise<string[]> {
  const db = openPool(connectionString, { max: 1, ...limits })
  try {
    await reach(db, connectionString)
    const { rows } = await sql<{
      has: boolean
    }>`select to_regclass('schema_steps') is not null as has`.execute(db)
    if (rows[0]?.has !== true) return missingSteps([], schemaSteps)
    const seen = await sql<SeenStep>`select * from schema_steps order by number`.execute(db)
    return missingSteps(seen.rows, schemaSteps)
  } finally {
    await db.destroy()
  }
}

function openPool(
  connectionString: string,
  options: pg.PoolConfig,
  onReport: (cause: PassingFault) => void = () => undefined,
  timed?: Timed<DatabaseStep>,
): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString,
    Client: ImpatientClient,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'assay',
    // A process that hangs in the middle of a transaction must not block others for ever.
    idle_in_transaction_session_timeout: 60_000,
    types: typesWithNumbers(),
    ...options,
  })
  // A broken connection has already left the pool, or its query fails; an unhandled event would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new Kysely<Tables>({
    dialect: reporting(new PostgresDialect({ pool }), judgePostgres, { onReport, timed }),
  })
}

/**
 * Milliseconds. No statement of the service takes a second; a statement that waits for a lock, a transaction whose
 * process hangs, or a server that does not answer must block nobody. In total nothing waits longer than five seconds
 * for the store.
 */
const limits = {
  connectionTimeoutMillis: 1_500,
  lock_timeout: 1_000,
  statement_timeout: 3_000,
  query_timeout: 3_500,
  idle_in_transaction_session_timeout: 2_000,
} satisfies pg.PoolConfig

/** Milliseconds for a schema change, and for waiting for another process that makes one. */
const schemaTimeout = 3_600_000

/** Parses `bigint` as a number, which pg would return as text: none of our columns exceeds 2^53. */
function typesWithNumbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  return types
}

async function reach(db: Kysely<Tables>, connectionString: string): Promise<void> {
  try {
    await sql`select 1`.execute(db)
  } catch (cause) {
    // That error contains the whole connection string, and so the password: it goes no further.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_INVALID_URL') {
      throw Object.assign(new TypeError('the connection string is not a URL'), {
        code: 'ERR_INVALID_ARG_VALUE',
      })
    }
    const message = `the database server${serverOf(connectionString)} cannot be used${codeOf(cause)}`
    throw new StorageError('STORAGE_UNAVAILABLE', message, { cause })
  }
}

/** Its location, without user, password and parameters. */
function serverOf(connectionString: string): string {
  const { host, port, database } = new pg.Client({ connectionString })
  return ` at ${host.startsWith('/') ? host : `${host}:${port}`}, database ${database ?? '(default)'},`
}

/** The code of the system or of the server (SQLSTATE). */
function codeOf(error: unknown): string {
  const cause = error instanceof StorageError ? error.cause : error
  const { code, errors } = cause as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return ` (${code})`
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}
