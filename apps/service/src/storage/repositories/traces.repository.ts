import { setImmediate } from 'node:timers/promises'
import type { AttestationTrace } from '@assay/protocol'
import type { ListedTrace, TraceFilter } from '../../operations/fleet/ports.ts'
import type { TraceStore } from '../../operations/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toJson, toMillis, toTime } from '../columns.ts'
import type { Database } from '../tables.ts'

/** Rows of one statement. Between statements the event loop runs, since SQLite works on the calling thread. */
const rowsPerStatement = 1000

export function createTraceRepository({ db }: { db: Database }): TraceStore {
  return {
    insert: (traces: readonly AttestationTrace[]) => insertTraces(db, traces),
    find: (trace: string) => findTrace(db, trace),
    list: (filter: TraceFilter, page: Page) => listTraces(db, filter, page),
    prune: (before: Date, keepAtMost: number) => pruneTraces(db, before.getTime(), keepAtMost),
  }
}

async function insertTraces(db: Database, traces: readonly AttestationTrace[]): Promise<void> {
  for (let start = 0; start < traces.length; start += rowsPerStatement) {
    if (start > 0) await setImmediate()
    const rows = traces.slice(start, start + rowsPerStatement).map((trace) => ({
      trace: trace.trace,
      happened_at: toMillis(trace.at),
      app: trace.app,
      build: trace.build,
      outcome: trace.outcome,
      code: trace.code,
      segments: toJson(trace.segments),
      ear: trace.ear === null ? null : toJson(trace.ear),
    }))
    await db
      .insertInto('attestation_traces')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

async function findTrace(db: Database, trace: string): Promise<AttestationTrace | undefined> {
  const row = await db
    .selectFrom('attestation_traces')
    .selectAll()
    .where('trace', '=', trace)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { app, build, outcome, code } = row
  return {
    trace,
    at: toTime(row.happened_at),
    app,
    build,
    outcome,
    code,
    segments: fromJson(row.segments),
    ear: row.ear === null ? null : fromJson(row.ear),
  }
}

async function listTraces(db: Database, filter: TraceFilter, page: Page): Promise<ListedTrace[]> {
  const { since, ...named } = filter
  let query = db
    .selectFrom('attestation_traces')
    .select(['trace', 'happened_at', 'app', 'build', 'outcome', 'code'])
    .orderBy('happened_at', 'desc')
    .orderBy('trace', 'desc')
    .limit(page.limit)
  for (const name of ['app', 'build', 'outcome', 'code'] as const) {
    const value = named[name]
    if (value !== undefined) query = query.where(name, '=', value as never)
  }
  if (since !== undefined) query = query.where('happened_at', '>=', since)
  const [, time, trace] = /^(\d{1,15}):(.*)$/s.exec(page.after ?? '') ?? []
  if (time !== undefined && trace !== undefined)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('happened_at', 'trace'), '<', tuple(Number(time), trace)),
    )
  const rows = await query.execute()
  return rows.map(({ happened_at, ...row }) => ({ ...row, at: toTime(happened_at) }))
}

async function pruneTraces(db: Database, before: number, keepAtMost: number): Promise<number> {
  let removed = 0
  for (;;) {
    const batch = (await olderThan(db, before)) + (await beyondNewest(db, keepAtMost))
    if (batch === 0) return removed
    removed += batch
    await setImmediate()
  }
}

async function olderThan(db: Database, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('attestation_traces')
    .where('trace', 'in', (from) =>
      from
        .selectFrom('attestation_traces')
        .select('trace')
        .where('happened_at', '<', before)
        .limit(rowsPerStatement),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

async function beyondNewest(db: Database, keep: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('attestation_traces')
    .where('trace', 'in', (from) =>
      from
        .selectFrom('attestation_traces')
        .select('trace')
        .orderBy('happened_at', 'desc')
        .orderBy('trace')
        .limit(rowsPerStatement)
        .offset(keep),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
