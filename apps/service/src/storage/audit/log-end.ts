import type { AuditFault } from '@assay/protocol/schemas'
import type { Transaction } from 'kysely'
import { auditHash, noEntry } from '../../operations/audit/ports.ts'
import type { Database, Tables } from '../database/tables.ts'
import { toEntry, type EntryRow } from './entry-rows.ts'
import { hasMac, isSealed, sealOf, type EntryName } from './seals.ts'

/** What the end of the log is held against. */
export interface KnownLog {
  /** 32 bytes that only this service has. */
  auditKey: Uint8Array
  /** The last head that this node saw; undefined: it has seen none yet. */
  seen: EntryName | undefined
}

/** The end of the log, locked for the transaction. */
interface LogEnd {
  /** What the next entry follows. */
  last: EntryName
  /** Undefined: the log is as the service left it, as far as its end shows. */
  fault: AuditFault['reason'] | undefined
}

export const headId = 1

/** Entries from here on were not written by a service; they do not keep it from writing the next one. */
const beyondAny = 2 ** 52

/**
 * Locks the end of the log, so that acts of several nodes run one after the other, and holds it against what is known.
 * Neither a head nor an entry that somebody has written keeps the next entry from being appended.
 */
export async function lockEnd(trx: Transaction<Tables>, known: KnownLog): Promise<LogEnd> {
  const { numInsertedOrUpdatedRows: inserted } = await trx
    .insertInto('audit_head')
    .values({ id: headId, ...noEntry, seal: sealOf(noEntry, known.auditKey) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  // Writing the row locks it.
  const head = await trx
    .updateTable('audit_head')
    .set(({ ref }) => ({ number: ref('number') }))
    .where('id', '=', headId)
    .returning(['number', 'hash', 'seal'])
    .executeTakeFirstOrThrow()
  const { greatest, entry } = await entriesAtEnd(trx, head, known)
  const fault =
    inserted === 1n
      ? await faultWithoutHead(trx, greatest, known)
      : faultOfHead(head, { greatest, entry }, known)
  if (fault === undefined) return { last: head.number === 0 ? noEntry : head, fault }
  const seen = known.seen?.number ?? 0
  const number = Math.max(greatest, seen)
  return {
    last: {
      number: number + 1 < beyondAny ? number : await beforeFree(trx, seen),
      hash: wholeHash(entry(greatest)),
    },
    fault,
  }
}

/**
 * Reads the end of the log without locking it, so that nobody waits for who only looks.
 *
 * @returns what the next entry follows; undefined: it is not as the service left it, or changes at this moment
 */
export async function readEnd(db: Database, known: KnownLog): Promise<EntryName | undefined> {
  const head = await db
    .selectFrom('audit_head')
    .select(['number', 'hash', 'seal'])
    .where('id', '=', headId)
    .executeTakeFirst()
  if (head === undefined) return undefined
  const fault = faultOfHead(head, await entriesAtEnd(db, head, known), known)
  return fault === undefined ? head : undefined
}

/** The entries that tell whether the end is as the service left it. */
async function entriesAtEnd(db: Database, head: EntryName, { seen }: KnownLog) {
  const greatest = await greatestNumber(db)
  const numbers = [head.number, greatest, seen?.number ?? 0]
  const rows = await db.selectFrom('audit_entries').selectAll().where('number', 'in', numbers).execute()
  return { greatest, entry: (number: number) => rows.find((row) => row.number === number) }
}

/** A store that has signing keys has been administered. */
export async function isInUse(db: Database): Promise<boolean> {
  const key = await db.selectFrom('signing_keys').select('kid').limit(1).executeTakeFirst()
  return key !== undefined
}

async function faultWithoutHead(
  trx: Transaction<Tables>,
  greatest: number,
  { seen }: KnownLog,
): Promise<AuditFault['reason'] | undefined> {
  if (greatest > 0) return 'seal'
  return seen !== undefined || (await isInUse(trx)) ? 'empty' : undefined
}

function faultOfHead(
  head: EntryName & { seal: string },
  { greatest, entry }: { greatest: number; entry: (number: number) => EntryRow | undefined },
  { auditKey, seen }: KnownLog,
): AuditFault['reason'] | undefined {
  if (!isSealed(head, auditKey)) return 'seal'
  if (seen !== undefined && seen.number > head.number) return 'undercut'
  const last = entry(head.number)
  if (last === undefined || last.hash !== head.hash || greatest !== head.number) return 'end'
  if (auditHash(toEntry(last)) !== last.hash) return 'edited'
  if (!hasMac(last, auditKey)) return 'mac'
  return seen !== undefined && entry(seen.number)?.hash !== seen.hash ? 'undercut' : undefined
}

async function greatestNumber(db: Database): Promise<number> {
  const { greatest } = await db
    .selectFrom('audit_entries')
    .select(({ fn }) => fn.max('number').as('greatest'))
    .where('number', '<', beyondAny)
    .executeTakeFirstOrThrow()
  return Math.max(0, greatest ?? 0)
}

/** A number, from this one on, that no entry follows. */
async function beforeFree(trx: Transaction<Tables>, from: number): Promise<number> {
  const following = trx
    .selectFrom('audit_entries')
    .select('number')
    .where('number', '=', from + 1)
  if ((await following.executeTakeFirst()) === undefined) return from
  const row = await trx
    .selectFrom('audit_entries as one')
    .select('one.number')
    .where('one.number', '>', from)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('audit_entries as next')
            .select('next.number')
            .whereRef('next.number', '=', ({ eb }) => eb('one.number', '+', 1)),
        ),
      ),
    )
    .orderBy('one.number')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? from
}

const wholeHash = (row: EntryRow | undefined): string =>
  row !== undefined && /^[A-Za-z0-9_-]{43}$/.test(row.hash) ? row.hash : noEntry.hash
