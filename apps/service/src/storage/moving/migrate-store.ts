import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { createSharedBlobs } from '../blobs/shared-blobs.repository.ts'
import { piecesOf } from '../blobs/pieces.ts'
import { runSteps, lockSchema } from '../migrations/migrate.ts'
import { schemaSteps } from '../migrations/registry.ts'
import { postgresSchema } from '../migrations/step/schema-dialect.ts'
import { judgePostgres, reporting } from '../database/reporting-dialect.ts'
import { StorageError } from '../errors/storage-error.ts'
import type { Tables } from '../database/tables.ts'
import { openSource, type EmbeddedSource } from './source.ts'

interface MoveOptions {
  /** The data folder of an embedded installation that is not at work. */
  dataFolder: string
  /** Connection string of a database whose schema is still empty. */
  postgres: string
  sealingKey: Uint8Array
}

/** What was moved. */
export interface Moved {
  rows: number
  blobs: number
  /** Bytes of the blobs. */
  bytes: number
}

/**
 * Tables whose rows move, each after those that it refers to. Tables that are not listed belong to a process, or are
 * written anew.
 */
const moved = [
  'apps',
  'app_signers',
  'app_listed_signers',
  'builds',
  'build_variants',
  'build_segments',
  'apis',
  'api_origins',
  'api_apps',
  'api_keys',
  'api_key_apps',
  'let_throughs',
  'development_secrets',
  'bans',
  'allow_entries',
  'policies',
  'boot_keys',
  'app_numbers',
  'format_sets',
  'packing_dictionaries',
  'installations',
  'installation_evidence',
  'installation_references',
  'installation_names',
  'enrolments',
  'vendor_calls',
  'secrets',
  'signing_keys',
  'attestation_traces',
  'trace_names',
  'attestation_counts',
  'attestation_latencies',
  'installation_counts',
  'claim_samples',
  'console_sessions',
  'audit_entries',
  'audit_head',
] as const satisfies readonly (keyof Tables)[]

/** Tables whose rows do not move. */
const leftBehind = [
  ...['store', 'nodes', 'blobs', 'blob_pieces', 'signs_of_life', 'schema_steps', 'vendor_lists'],
  'proved_refusals',
]

/** Parameters per statement; PostgreSQL takes at most 65,535. */
const parametersAtOnce = 20_000

/**
 * Moves an embedded installation to an empty PostgreSQL database: rows, sealed secrets, blobs and store id, in one
 * transaction. Everything that can be wrong with the source is checked before the target is touched. The embedded
 * database stays, under another name.
 *
 * @throws StorageError those of `openSource`, `STORAGE_NOT_EMPTY`, or `STORAGE_UNAVAILABLE`; nothing has been moved then
 */
export async function migrateStore({ dataFolder, postgres, sealingKey }: MoveOptions): Promise<Moved> {
  const source = await openSource(dataFolder, sealingKey)
  try {
    checkTables(source)
    const target = openTarget(postgres)
    try {
      await reach(target)
      const result = await target.transaction().execute((trx) => move(source, trx))
      source.retire()
      return result
    } finally {
      await target.destroy()
    }
  } finally {
    source.close()
  }
}

function openTarget(connectionString: string): Kysely<Tables> {
  // No time limit: it is one transaction, which takes as long as the amount of data requires.
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000, keepAlive: true })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new Kysely<Tables>({ dialect: reporting(new PostgresDialect({ pool }), judgePostgres) })
}

async function reach(target: Kysely<Tables>): Promise<void> {
  try {
    await sql`select 1`.execute(target)
  } catch (cause) {
    throw new StorageError('STORAGE_UNAVAILABLE', 'the database server cannot be reached', { cause })
  }
}

async function move(source: EmbeddedSource, target: Kysely<Tables>): Promise<Moved> {
  // Nobody else creates a schema in the meantime.
  await lockSchema(target, postgresSchema)
  const { rows } = await sql`select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') limit 1`.execute(
    target,
  )
  if (rows.length > 0) throw new StorageError('STORAGE_NOT_EMPTY')
  await runSteps(target, postgresSchema, schemaSteps)
  let count = 0
  for (const table of moved) count += await copyRows(source, target, table)
  for (const [table, column] of counted) await countOn(target, table, column)
  await target.updateTable('store').set({ store_id: source.storeId }).execute()
  const shared = createSharedBlobs({ db: target, clock: Date.now })
  let bytes = 0
  for (const blob of source.blobs) {
    await shared.put(blob, piecesOf(source.fileOf(blob)))
    bytes += blob.length
  }
  return { rows: count, blobs: source.blobs.length, bytes }
}

/** Auto-increment columns. */
const counted = [
  ['app_numbers', 'number'],
  ['format_sets', 'number'],
  ['installations', 'id'],
] as const

/** The next row gets a number that none of the moved rows has. */
async function countOn(target: Kysely<Tables>, table: string, column: string): Promise<void> {
  const [name, key] = [sql.table(table), sql.ref(column)]
  await sql`select setval(pg_get_serial_sequence(${table}, ${column}), (select max(${key}) from ${name}))
    where exists (select from ${name})`.execute(target)
}

/** Reads row by row, and writes many at once. @returns the number of rows, which is the same in both */
async function copyRows(
  { database }: EmbeddedSource,
  target: Kysely<Tables>,
  table: (typeof moved)[number],
): Promise<number> {
  let waiting: object[] = []
  let sent = 0
  const flush = async () => {
    if (waiting.length === 0) return
    await target.insertInto(table).values(waiting).execute()
    sent += waiting.length
    waiting = []
  }
  for (const row of database.prepare(`select * from ${table}`).iterate() as IterableIterator<object>) {
    waiting.push(row)
    if (waiting.length * Object.keys(row).length >= parametersAtOnce) await flush()
  }
  await flush()
  const { number } = await target
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<string>().as('number'))
    .executeTakeFirstOrThrow()
  if (Number(number) !== sent) throw new Error('rows were lost on the way')
  return sent
}

/** Refuses a table that is on neither list, so that none is forgotten. */
function checkTables({ database }: EmbeddedSource): void {
  const known = new Set<string>([...moved, ...leftBehind])
  const names = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[]
  const unknown = names.find((name) => !known.has(name))
  if (unknown !== undefined) throw new Error(`table ${unknown} is not listed for migration`)
}
