import type { Json, Tables } from '@assay/service/tables'

/** SQL of a value, in both dialects; it may name `i`, or columns of the source. */
export class Expression {
  readonly sql: string

  constructor(sql: string) {
    this.sql = sql
  }
}

/** Each column of a row with its value. If one is missing, the bench does not compile. */
export type ColumnsOf<Row> = { readonly [Column in keyof Row]: Row[Column] | Expression }
export type Columns<Table extends keyof Tables> = ColumnsOf<Tables[Table]>

export const sql = (text: string): Expression => new Expression(text)

export const json = <Value>(value: Value): Json<Value> => JSON.stringify(value) as Json<Value>

/** A table expression that makes `numbers`, with `i` from 1 to `count`. */
export const numbersTo = (count: number): string =>
  `with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${count})`

/** A statement that inserts a row for each row of a source: a clause that begins with `from`. */
export function insertFrom<Table extends keyof Tables>(
  table: Table,
  columns: Columns<Table>,
  source: string,
): string {
  return insert(table, columns, '', source)
}

/** A statement that inserts a row for each `i` from 1 to `count`. */
export function insertMany<Table extends keyof Tables>(
  table: Table,
  columns: Columns<Table>,
  count: number,
): string {
  return insert(table, columns, numbersTo(count), 'from numbers')
}

/** A statement that inserts one row. */
export function insertOne<Table extends keyof Tables>(table: Table, columns: Columns<Table>): string {
  return insert(table, columns, '', '')
}

function insert(table: keyof Tables, columns: object, numbers: string, source: string): string {
  const names = Object.keys(columns).join(', ')
  const values = Object.values(columns).map((value) => literal(value as Literal | Expression))
  return `insert into ${table} (${names}) ${numbers} select ${values.join(', ')} ${source}`
}

type Literal = string | number | null

function literal(value: Literal | Expression): string {
  if (value instanceof Expression) return value.sql
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
