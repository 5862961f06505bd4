import { sql } from 'kysely'
import type { ColumnDefinitionBuilder, CreateTableBuilder, QueryExecutorProvider, RawBuilder } from 'kysely'

/** What the two dialects do differently. Everything else of the schema is written once. */
export interface SchemaDialect {
  readonly kind: 'sqlite' | 'postgres'
  /** Text that compares byte by byte, so that both dialects sort alike. */
  readonly text: RawBuilder<unknown>
  /** Whole numbers up to 2^53. */
  readonly integer: RawBuilder<unknown>
  readonly bytes: RawBuilder<unknown>
  /** The end of every `create table`. */
  readonly strict: <Table extends string, Column extends string>(
    table: CreateTableBuilder<Table, Column>,
  ) => CreateTableBuilder<Table, Column>
  /** The end of a `create table` with little more than its primary key. */
  readonly linking: SchemaDialect['strict']
  /** An auto-increment integer column as the primary key. */
  readonly counted: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** Waits until no other transaction holds `key`, and holds it until the end of this one. */
  readonly lockSchema: (trx: QueryExecutorProvider, key: number) => Promise<void>
  /** Whether the schema has this table. */
  readonly hasTable: (trx: QueryExecutorProvider, name: string) => Promise<boolean>
  /** Runs the definition of a function of the server. */
  readonly define: (trx: QueryExecutorProvider, statement: RawBuilder<unknown>) => Promise<void>
}

export const sqliteSchema: SchemaDialect = {
  kind: 'sqlite',
  text: sql`text`,
  integer: sql`integer`,
  bytes: sql`blob`,
  // Without it SQLite would store text in a column of numbers.
  strict: (table) => table.modifyEnd(sql`strict`),
  // The rows are stored only in the index of the key.
  linking: (table) => table.modifyEnd(sql`strict, without rowid`),
  counted: (column) => column.primaryKey().notNull(),
  // The process has the folder to itself.
  lockSchema: () => Promise.resolve(),
  hasTable: async (trx, name) => {
    const found = sql`select 1 from sqlite_master where type = 'table' and name = ${name}`
    return (await found.execute(trx)).rows.length > 0
  },
  // It has none; what a function does there is a transaction of the process here.
  define: () => Promise.resolve(),
}

export const postgresSchema: SchemaDialect = {
  kind: 'postgres',
  text: sql`text collate "C"`,
  integer: sql`bigint`,
  bytes: sql`bytea`,
  strict: (table) => table,
  linking: (table) => table,
  counted: (column) => column.primaryKey().notNull().generatedByDefaultAsIdentity(),
  lockSchema: async (trx, key) => {
    await sql`select pg_advisory_xact_lock(${key})`.execute(trx)
  },
  hasTable: async (trx, name) => {
    const found = sql`select 1 where to_regclass(quote_ident(current_schema()) || '.' || ${name}) is not null`
    return (await found.execute(trx)).rows.length > 0
  },
  define: async (trx, statement) => {
    await statement.execute(trx)
  },
}
