import { setImmediate } from 'node:timers/promises'
import type { AttestationTrace } from '@assay/protocol'
import type { TraceStore } from '../../operations/ports.ts'
import { fromJson, toJson, toMillis, toTime } from '../columns.ts'
import type { Database } from '../tables.ts'

/** Rows of one statement. Between statements the event loop runs, since SQLite works on the calling thread. */
const rowsPerStatement = 1000

export function createTraceRepository({ db }: { db: Database }): TraceStore {
  return {
    insert: (traces: readonly AttestationTrace[]) => insertTraces(db, traces),
    find: (trace: string) => findTrace(db, trace),
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
