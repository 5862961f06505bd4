import { setImmediate } from 'node:timers/promises'
import { shadowOutcomes } from '@assay/protocol/schemas'
import { sql, type Insertable } from 'kysely'
import {
  dimensions,
  spans,
  type CountGroup,
  type CountQuery,
  type FleetStore,
  type LatencyCount,
  type MinuteCount,
  type MinuteLatency,
} from '../../operations/fleet/ports.ts'
import type { Database, Tables } from '../database/tables.ts'
import { inSlices } from './in-slices.ts'

type CountRow = Insertable<Tables['attestation_counts']>
type LatencyRow = Insertable<Tables['attestation_latencies']>

export function createFleetRepository({ db }: { db: Database }): FleetStore {
  return {
    add: (counts: readonly MinuteCount[], latencies: readonly MinuteLatency[]) =>
      db.transaction().execute(async (trx) => {
        await addCounts(trx, counts.map(toCountRow))
        await addLatencies(trx, latencies.map(toLatencyRow))
      }),
    groups: (query: CountQuery) => groups(db, query),
    latencies: (query: Parameters<FleetStore['latencies']>[0]) => latenciesOf(db, query),
    async condense({ minutes, hours, days }: Parameters<FleetStore['condense']>[0]): Promise<void> {
      await merge(db, spans.minute, spans.hour, minutes)
      await merge(db, spans.hour, spans.day, hours)
      for (const table of tables)
        await inSlices(() =>
          db
            .deleteFrom(table)
            .where(areOldest(table, spans.day, days))
            .executeTakeFirstOrThrow(),
        )
    },
  }
}

const toCountRow = ({ minute, count, ...of }: MinuteCount): CountRow => ({
  ...of,
  span: spans.minute,
  starts_at: minute,
  times: count,
})

const unbounded = -1

const toLatencyRow = ({ minute, count, atMost, app, outcome }: MinuteLatency): LatencyRow => ({
  span: spans.minute,
  starts_at: minute,
  app,
  outcome,
  at_most: atMost === null ? unbounded : atMost * 1000,
  times: count,
})

async function addCounts(db: Database, rows: readonly CountRow[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .insertInto('attestation_counts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['span', 'starts_at', ...dimensions]).doUpdateSet(({ ref, eb }) => ({
        times: eb(ref('attestation_counts.times'), '+', ref('excluded.times')),
      })),
    )
    .execute()
}

async function addLatencies(db: Database, rows: readonly LatencyRow[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .insertInto('attestation_latencies')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['span', 'starts_at', 'app', 'outcome', 'at_most']).doUpdateSet(({ ref, eb }) => ({
        times: eb(ref('attestation_latencies.times'), '+', ref('excluded.times')),
      })),
    )
    .execute()
}

/** PostgreSQL returns sums of `bigint` as decimals. */
const sumOf = (outcome: string) =>
  sql<number>`cast(sum(case when outcome = ${outcome} then times else 0 end) as bigint)`

async function groups(
  db: Database,
  { since, until, by, span, where, limit }: CountQuery,
): Promise<CountGroup[]> {
  let query = db
    .selectFrom('attestation_counts')
    .select([
      sumOf('passed').as('passed'),
      sumOf('refused').as('refused'),
      sumOf('must_enrol').as('must_enrol'),
      sumOf('unproven').as('unproven'),
      sumOf('unserved').as('unserved'),
      sumOf('malfunction').as('malfunctions'),
      sumOf('reported').as('reported'),
      ...shadowOutcomes.map((outcome) => sumOf(outcome).as(outcome)),
    ])
    // A span counts if it lies partly within the requested range.
    .where(sql<boolean>`starts_at + span > ${since}`)
    .where('starts_at', '>', since - spans.day)
    .where('starts_at', '<', until)
    .limit(limit)
  for (const name of by) query = query.select(name).groupBy(name)
  for (const name of dimensions) {
    const value = where[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  if (span !== undefined) {
    const length = sql.lit(spans[span])
    const at = sql<number>`(starts_at - starts_at % ${length})`
    query = query.select(at.as('at')).groupBy(at).orderBy(at, 'desc')
  }
  query = query.orderBy(sql`sum(times)`, 'desc')
  for (const name of by) query = query.orderBy(name)
  const rows = await query.execute()
  // Without grouping there is one row, even over nothing.
  return rows.map((row) => {
    const { passed, refused, must_enrol, unproven, unserved, malfunctions, reported, ...rest } =
      row as CountGroup & ShadowRow
    const { shadow_agreed, shadow_refused, shadow_passed, shadow_failed, ...names } = rest
    const shadow = { refused: shadow_refused ?? 0, passed: shadow_passed ?? 0, failed: shadow_failed ?? 0 }
    const judged = (shadow_agreed ?? 0) + shadow.refused + shadow.passed + shadow.failed
    return {
      ...names,
      passed: passed ?? 0,
      refused: refused ?? 0,
      ...(must_enrol ? { must_enrol } : {}),
      ...(unproven ? { unproven } : {}),
      ...(unserved ? { unserved } : {}),
      malfunctions: malfunctions ?? 0,
      reported: reported ?? 0,
      ...(judged === 0 ? {} : { shadow: { judged, ...shadow } }),
    }
  })
}

type ShadowRow = Record<(typeof shadowOutcomes)[number], number | null>

async function latenciesOf(
  db: Database,
  { since, until, where }: Parameters<FleetStore['latencies']>[0],
): Promise<LatencyCount[]> {
  let query = db
    .selectFrom('attestation_latencies')
    .select(['at_most', sql<number>`cast(sum(times) as bigint)`.as('times')])
    .where(sql<boolean>`starts_at + span > ${since}`)
    .where('starts_at', '>', since - spans.day)
    .where('starts_at', '<', until)
    .groupBy('at_most')
  for (const name of ['app', 'outcome'] as const) {
    const value = where[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  const rows = await query.execute()
  return rows.map(({ at_most, times }) => ({
    atMost: at_most === unbounded ? null : at_most / 1000,
    count: times,
  }))
}

/** Rows that one transaction merges or removes: nobody waits for long behind it. */
export const rowsPerMerge = 100

const tables = ['attestation_counts', 'attestation_latencies'] as const
/** Columns of the primary keys, in order. */
const keys = {
  attestation_counts: ['span', 'starts_at', ...dimensions],
  attestation_latencies: ['span', 'starts_at', 'app', 'outcome', 'at_most'],
} as const

/**
 * Hour by hour, or day by day, a few rows at a time: what is deleted is what is added, so that if two nodes do it at
 * once, each adds only what it has deleted itself.
 */
async function merge(db: Database, from: number, to: number, before: number): Promise<void> {
  for (const table of tables)
    for (;;) {
      const oldest = await db
        .selectFrom(table)
        .select(({ fn }) => fn.min('starts_at').as('at'))
        .where('span', '=', from)
        .executeTakeFirst()
      const at = oldest?.at ?? null
      if (at === null || at >= before) break
      const some = { from, to, start: at - (at % to) }
      await db
        .transaction()
        .execute((trx) =>
          table === 'attestation_counts' ? mergeCounts(trx, some) : mergeLatencies(trx, some),
        )
      await setImmediate()
    }
}

/** Rows of one span that become part of one longer span. */
interface Some {
  from: number
  to: number
  start: number
}

async function mergeCounts(trx: Database, some: Some): Promise<void> {
  const rows = await trx
    .deleteFrom('attestation_counts')
    .where(areOldest('attestation_counts', some.from, some.start + some.to))
    .returningAll()
    .execute()
  await addCounts(trx, summed(rows.map((row) => ({ ...row, span: some.to, starts_at: some.start }))))
}

async function mergeLatencies(trx: Database, some: Some): Promise<void> {
  const rows = await trx
    .deleteFrom('attestation_latencies')
    .where(areOldest('attestation_latencies', some.from, some.start + some.to))
    .returningAll()
    .execute()
  await addLatencies(trx, summed(rows.map((row) => ({ ...row, span: some.to, starts_at: some.start }))))
}

/** The first rows of a span that began before `before`, in order of the key, so that nodes lock rows in one order. */
function areOldest(table: (typeof tables)[number], span: number, before: number) {
  // More columns than the query builder accepts in a tuple.
  const columns = sql.join(keys[table].map((name) => sql.ref(name)))
  return sql<boolean>`(${columns}) in (select ${columns} from ${sql.table(table)}
    where span = ${span} and starts_at < ${before} order by ${columns} limit ${sql.lit(rowsPerMerge)})`
}

/** A row may appear only once per statement. */
function summed<Row extends { times: number }>(rows: readonly Row[]): Row[] {
  const sums = new Map<string, Row>()
  for (const { times, ...of } of rows) {
    const name = JSON.stringify(Object.entries(of).sort())
    const known = sums.get(name)
    if (known === undefined) sums.set(name, { ...of, times } as Row)
    else known.times += times
  }
  return [...sums.values()]
}
