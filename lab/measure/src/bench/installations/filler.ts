import type { Tables } from '@assay/service/tables'
import { insertFrom, insertMany, numbersTo, sql } from '../store/inserts.ts'

/** Columns of each table, in both stores. */
export type Columns = Readonly<Record<(typeof tables)[number], readonly string[]>>

/** What is remembered about an installation. */
export const tables = [
  'installations',
  'installation_evidence',
  'installation_names',
  'installation_references',
] as const satisfies readonly (keyof Tables)[]

type ColumnName = { [Table in (typeof tables)[number]]: keyof Tables[Table] }[(typeof tables)[number]]

interface Filling {
  readonly columns: Columns
  /** Installations that are there, numbered from 1. */
  readonly known: number
  /** Installations in the end. */
  readonly count: number
  /** Days since 1970. */
  readonly today: number
}

const dialects = {
  sqlite: {
    digest: `cast(x'02' || randomblob(32) as blob)`,
    name: 'abs(random()) % 281474976710656',
    reference: 'randomblob(15)',
    begin: ['pragma foreign_keys = on', 'pragma synchronous = off', 'pragma cache_size = -600000', 'begin'],
    end: ['commit', 'pragma wal_checkpoint(truncate)'],
  },
  postgres: {
    digest: `'\\x02'::bytea || sha256((i::text || random()::text)::bytea)`,
    name: '(random() * 281474976710655)::bigint',
    reference: 'substr(sha256((i::text || random()::text)::bytea), 1, 15)',
    begin: [],
    end: [
      `select setval(pg_get_serial_sequence('installations', 'id'), (select max(id) from installations))`,
      'vacuum analyze',
    ],
  },
} as const

/**
 * Statements that put as many installations around those that are known, which then lie scattered among them. What is
 * added is a copy of the first, with digests of its own and without a receipt; seen on one of ninety days.
 */
export function fillers(store: keyof typeof dialects, { columns, known, count, today }: Filling): string[] {
  const dialect = dialects[store]
  const { digest } = dialect
  const stride = Math.floor(count / known)
  const changed: Partial<Record<ColumnName, string>> = {
    ...{
      id: 'i',
      installation: 'i',
      thumbprint: digest,
      binding: digest,
      vouching_key: digest,
      name: dialect.name,
      reference: dialect.reference,
    },
    ...{
      receipt: 'null',
      ask_at: 'null',
      seen_on: `${today} - i % 90`,
      said_on: `${today} - i % 30`,
    },
  }
  /** In order of number: so they lie in the table. */
  const filled = (table: (typeof tables)[number], number: string) => {
    const all = columns[table].join(', ')
    const copied = columns[table]
      .map((column) => `${changed[column as ColumnName] ?? `o.${column}`} as ${column}`)
      .join(', ')
    const moved = columns[table].map((column) =>
      column === number ? `${number} * ${stride} as ${number}` : column,
    )
    return `insert into ${table} (${all}) ${numbersTo(count)} select ${all} from (
      select ${copied} from was_${table} o, numbers where o.${number} = 1 and i % ${stride} <> 0
      union all select ${moved.join(', ')} from was_${table}) as every_one order by ${number}`
  }
  return [
    ...dialect.begin,
    ...tables.map((table) => `create temporary table was_${table} as select * from ${table}`),
    'delete from installations',
    filled('installations', 'id'),
    filled('installation_evidence', 'installation'),
    filled('installation_names', 'installation'),
    filled('installation_references', 'installation'),
    // What was counted today, of a thirtieth of them.
    insertFrom(
      'enrolments',
      {
        day: today,
        app: sql('app'),
        vouching_key: sql('vouching_key'),
        kind: sql('vouching_key_kind'),
        thumbprint: sql('thumbprint'),
      },
      `from installations where id % 30 = 1 and id % ${stride} <> 0`,
    ),
    ...dialect.end,
  ]
}

/** Far above the numbers of installations that are there. */
const firstMadeUp = 10_000_000

/** Statements that write references of as many installations as nobody has. */
export function madeUpReferences(store: keyof typeof dialects, count: number, today: number): string[] {
  return [
    store === 'sqlite' ? 'pragma foreign_keys = off' : 'set session_replication_role = replica',
    insertMany(
      'installation_references',
      {
        installation: sql(`${firstMadeUp} + i`),
        reference: sql(dialects[store].reference),
        said_on: sql(`${today} - i % 30`),
      },
      count,
    ),
  ]
}
