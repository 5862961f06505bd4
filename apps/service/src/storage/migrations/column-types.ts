import { sql } from 'kysely'
import type { CreateTableBuilder, RawBuilder } from 'kysely'

/** What the two dialects call the same thing. Everything else of the schema is written once. */
export interface ColumnTypes {
  /** Text that compares byte by byte, so that both dialects sort alike. */
  readonly text: RawBuilder<unknown>
  /** Whole numbers up to 2^53. */
  readonly integer: RawBuilder<unknown>
  readonly bytes: RawBuilder<unknown>
  /** The end of every `create table`. */
  strict<Table extends string, Column extends string>(
    table: CreateTableBuilder<Table, Column>,
  ): CreateTableBuilder<Table, Column>
}

export const sqliteTypes: ColumnTypes = {
  text: sql`text`,
  integer: sql`integer`,
  bytes: sql`blob`,
  // Without it SQLite would store text in a column of numbers.
  strict: (table) => table.modifyEnd(sql`strict`),
}

export const postgresTypes: ColumnTypes = {
  text: sql`text collate "C"`,
  integer: sql`bigint`,
  bytes: sql`bytea`,
  strict: (table) => table,
}
