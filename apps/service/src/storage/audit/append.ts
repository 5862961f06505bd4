import type { AuditFault } from '@assay/protocol/schemas'
import type { Transaction } from 'kysely'
import { auditHash, brokenAction, type Appended } from '../../operations/audit/ports.ts'
import type { Actor } from '../../system/actor.ts'
import { toJson, toTime } from '../database/columns.ts'
import type { Tables } from '../database/tables.ts'
import { headId, lockEnd, type KnownLog } from './log-end.ts'
import { macOf, sealOf, type EntryName } from './seals.ts'

/** An act, as its entry describes it. */
interface RecordedAct extends Actor {
  action: string
  object: string
  before?: unknown
  after?: unknown
}

/** The end of the log after a transaction has looked at it, and what it has appended. */
export interface LogAfter {
  last: EntryName
  appended: Appended[]
}

/** The service itself, as the actor of what it finds. */
const service: Actor = { key: null, name: 'assay' }

/**
 * Appends the entry of an act. If the end of the log is not as the service left it, an entry that says so comes first: the
 * act goes on, and `verify` reports the break for ever.
 *
 * @param now milliseconds since 1970
 */
export async function append(
  trx: Transaction<Tables>,
  known: KnownLog,
  act: RecordedAct,
  now: number,
): Promise<LogAfter> {
  const { last, appended } = await recordBreak(trx, known, now)
  const entry = await write(trx, known, last, act, now)
  return { last: entry, appended: [...appended, entry] }
}

/** Looks at the end of the log, and appends an entry only if that is not as the service left it. */
export async function recordBreak(trx: Transaction<Tables>, known: KnownLog, now: number): Promise<LogAfter> {
  const { last, fault } = await lockEnd(trx, known)
  if (fault === undefined) return { last, appended: [] }
  const entry = await write(trx, known, last, describe(fault, known.seen), now)
  return { last: entry, appended: [entry] }
}

function describe(reason: AuditFault['reason'], seen: EntryName | undefined): RecordedAct {
  return { action: brokenAction, object: 'audit', ...service, before: seen ?? null, after: { reason } }
}

async function write(
  trx: Transaction<Tables>,
  { auditKey }: KnownLog,
  { number: last, hash: previous }: EntryName,
  { key, name, action, object, before = null, after = null }: RecordedAct,
  now: number,
): Promise<Appended> {
  const number = last + 1
  const written = { before: toJson(before), after: toJson(after) }
  const hash = auditHash({
    ...{ number, at: toTime(now), key, key_name: name, action, object, previous },
    before: JSON.parse(written.before) as unknown,
    after: JSON.parse(written.after) as unknown,
  })
  const entry = { number, hash }
  const mac = macOf(entry, auditKey)
  await trx
    .insertInto('audit_entries')
    .values({ ...entry, happened_at: now, key, key_name: name, action, object, ...written, previous, mac })
    .execute()
  await trx
    .updateTable('audit_head')
    .set({ ...entry, seal: sealOf(entry, auditKey) })
    .where('id', '=', headId)
    .execute()
  return { ...entry, mac, action }
}
