import { setImmediate } from 'node:timers/promises'
import type { AttestationTrace, ListedTrace } from '@assay/protocol/schemas'
import type { DeleteResult, ExpressionBuilder, ExpressionWrapper, Selectable, SqlBool } from 'kysely'
import type { RecordedTrace } from '../../system/recorded-trace.ts'
import type { TraceFilter } from '../../operations/fleet/ports.ts'
import type { TraceStore } from '../../operations/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toJson, toMillis, toTime } from '../database/columns.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database, Tables } from '../database/tables.ts'
import { inSlices } from './in-slices.ts'

/** Rows written per statement. Between statements the event loop runs, since SQLite works on the calling thread. */
const rowsPerStatement = 1000
/** Rows removed per statement: each is stored in five places, none of which is cached. */
export const tracesPerSlice = 8
/** Rows counted per statement. */
const rowsPerCount = 2_000

export function createTraceRepository({ db }: { db: Database }): TraceStore {
  return {
    insert: (traces: readonly RecordedTrace[]) => insertTraces(db, traces),
    find: (trace: string) => findTrace(db, trace),
    list: (filter: TraceFilter, page: Page) => listTraces(db, filter, page),
    prune: (before: Date, keepAtMost: number, signal?: AbortSignal) =>
      pruneTraces(db, before.getTime(), keepAtMost, signal),
  }
}

async function insertTraces(db: Database, traces: readonly RecordedTrace[]): Promise<void> {
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
      thumbprint: trace.key === null ? null : toDigest(trace.key),
      device: trace.device === null ? null : toJson(trace.device),
      refused: trace.refused.length === 0 ? null : toJson(trace.refused),
      reference: trace.reference === undefined ? null : Buffer.from(trace.reference),
    }))
    const names = traces
      .slice(start, start + rowsPerStatement)
      .flatMap(({ trace, names: all = [] }) => [...new Set(all)].map((name) => ({ name, trace })))
    // Else what is forgotten between the two would take its names' traces away, and no later trace could be written.
    await inTransaction(db, async (trx) => {
      await trx
        .insertInto('attestation_traces')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      if (names.length > 0)
        await trx
          .insertInto('trace_names')
          .values(names)
          .onConflict((conflict) => conflict.doNothing())
          .execute()
    })
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
    key: row.thumbprint === null ? null : fromDigest(row.thumbprint),
    device: row.device === null ? null : fromJson(row.device),
    refused: row.refused === null ? [] : fromJson(row.refused),
  }
}

async function listTraces(db: Database, filter: TraceFilter, page: Page): Promise<ListedTrace[]> {
  const { since, until, key, ...named } = filter
  let query = db
    .selectFrom('attestation_traces')
    .select(listed)
    .orderBy('happened_at', 'desc')
    .orderBy('trace', 'desc')
    .limit(page.limit)
  for (const name of ['app', 'build', 'outcome', 'code'] as const) {
    const value = named[name]
    if (value !== undefined) query = query.where(name, '=', value as never)
  }
  if (key !== undefined) query = query.where('thumbprint', '=', toDigest(key))
  if (since !== undefined) query = query.where('happened_at', '>=', since)
  if (until !== undefined) query = query.where('happened_at', '<', until)
  const [, time, trace] = /^(\d{1,15}):(.*)$/s.exec(page.after ?? '') ?? []
  if (time !== undefined && trace !== undefined)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('happened_at', 'trace'), '<', tuple(Number(time), trace)),
    )
  const rows = await query.execute()
  return rows.map(toListedTrace)
}

/** Columns of a trace in a list. */
export const listed = ['trace', 'happened_at', 'app', 'build', 'outcome', 'code', 'thumbprint'] as const

export function toListedTrace({
  happened_at,
  thumbprint,
  ...row
}: Pick<Selectable<Tables['attestation_traces']>, (typeof listed)[number]>): ListedTrace {
  return { ...row, at: toTime(happened_at), key: thumbprint === null ? null : fromDigest(thumbprint) }
}

async function pruneTraces(
  db: Database,
  before: number,
  keepAtMost: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const old = await inSlices(() => removeOldest(db, ({ eb }) => eb('happened_at', '<', before)), signal)
  const last = await lastOfNewest(db, keepAtMost)
  if (last === undefined) return old
  return old + (await inSlices(() => removeOldest(db, isOlder(last)), signal))
}

/** The position of a trace in order of time. */
interface Place {
  happened_at: number
  trace: string
}

type Condition = (
  of: ExpressionBuilder<Tables, 'attestation_traces'>,
) => ExpressionWrapper<Tables, 'attestation_traces', SqlBool>

function isOlder({ happened_at, trace }: Place): Condition {
  return ({ eb, refTuple, tuple }) => eb(refTuple('happened_at', 'trace'), '<', tuple(happened_at, trace))
}

function removeOldest(db: Database, isDue: Condition): Promise<DeleteResult> {
  return db
    .deleteFrom('attestation_traces')
    .where('trace', 'in', ({ selectFrom }) =>
      selectFrom('attestation_traces')
        .select('trace')
        .where(isDue)
        .orderBy('happened_at')
        .orderBy('trace')
        .limit(tracesPerSlice),
    )
    .executeTakeFirstOrThrow()
}

/** The oldest of the given number of newest traces. Undefined: there are fewer. */
async function lastOfNewest(db: Database, count: number): Promise<Place | undefined> {
  // After every trace, so that all count as older if none are kept.
  let last: Place = { happened_at: Number.MAX_SAFE_INTEGER, trace: '' }
  for (let left = count; left > 0; left -= rowsPerCount) {
    const next = await db
      .selectFrom('attestation_traces')
      .select(['happened_at', 'trace'])
      .where(isOlder(last))
      .orderBy('happened_at', 'desc')
      .orderBy('trace', 'desc')
      .offset(Math.min(left, rowsPerCount) - 1)
      .limit(1)
      .executeTakeFirst()
    if (next === undefined) return undefined
    last = next
    await setImmediate()
  }
  return last
}
