import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Transaction } from 'kysely'
import { auditHash, noEntry } from '../../operations/audit/ports.ts'
import type { Actor } from '../../system/actor.ts'
import type { Clock } from '../../system/ports.ts'
import { toJson, toTime } from '../database/columns.ts'
import type { Database, Tables } from '../database/tables.ts'

/** An act that was carried out; undefined: it had no effect, and nothing is written. */
export interface Change {
  before?: unknown
  after?: unknown
  /** What it was done to, if that is known only afterwards. */
  object?: string
}

export interface JournalOptions {
  db: Database
  /** 32 bytes that only this service has. */
  sealKey: Uint8Array
  actor: () => Actor
  clock: Clock
}

type Work<T> = (trx: Transaction<Tables>) => Promise<readonly [result: T, change: Change | undefined]>

export type Journal = ReturnType<typeof createJournal>

/** Carries out administrative acts, and writes each down in the same transaction: neither exists without the other. */
export function createJournal({ db, sealKey, actor, clock }: JournalOptions) {
  const underWay = new Set<Promise<unknown>>()
  let isUncertain = false

  const carryOut = async <T>(action: string, object: string, work: Work<T>): Promise<T> => {
    let isCommitting = false
    try {
      return await db.transaction().execute(async (trx) => {
        const [result, change] = await work(trx)
        if (change !== undefined)
          await append(trx, sealKey, { action, object, ...change, ...actor(), now: clock() })
        isCommitting = true
        return result
      })
    } catch (error) {
      isUncertain ||= isCommitting
      throw error
    }
  }

  return {
    act: async <T>(action: string, object: string, work: Work<T>): Promise<T> => {
      const act = carryOut(action, object, work)
      underWay.add(act)
      try {
        return await act
      } finally {
        underWay.delete(act)
      }
    },
    /**
     * Whether the database may hold an act, now or later, that its caller does not know to be carried out: the answer
     * to a commit may be lost, and the commit may be late. Once a commit has failed, it stays so. Waits for the acts
     * that are under way, which others may see before their callers do.
     */
    async isInDoubt(): Promise<boolean> {
      await Promise.allSettled(underWay)
      return isUncertain
    },
  }
}

const headId = 1

async function append(
  trx: Transaction<Tables>,
  sealKey: Uint8Array,
  {
    now,
    key,
    name,
    action,
    object,
    before = null,
    after = null,
  }: Change &
    Actor & {
      now: number
      action: string
      object: string
    },
): Promise<void> {
  await trx
    .insertInto('audit_head')
    .values({ id: headId, ...noEntry, seal: sealOf(noEntry, sealKey) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // Writing the row locks it: acts of several nodes run one after the other.
  const { number: last, hash: previous } = await trx
    .updateTable('audit_head')
    .set(({ ref }) => ({ number: ref('number') }))
    .where('id', '=', headId)
    .returning(['number', 'hash'])
    .executeTakeFirstOrThrow()
  const number = last + 1
  const written = { before: toJson(before), after: toJson(after) }
  const hash = auditHash({
    ...{ number, at: toTime(now), key, key_name: name, action, object, previous },
    before: JSON.parse(written.before) as unknown,
    after: JSON.parse(written.after) as unknown,
  })
  const entry = { number, happened_at: now, key, key_name: name, action, object, previous, hash, ...written }
  await trx.insertInto('audit_entries').values(entry).execute()
  const head = { number, hash }
  await trx
    .updateTable('audit_head')
    .set({ ...head, seal: sealOf(head, sealKey) })
    .where('id', '=', headId)
    .execute()
}

function sealOf({ number, hash }: { number: number; hash: string }, key: Uint8Array): string {
  return createHmac('sha256', key).update(`assay/audit-head/1\0${number}:${hash}`).digest('base64url')
}

/** Whether the holder of the key made the seal of a head. */
export function isSealed(head: { number: number; hash: string; seal: string }, key: Uint8Array): boolean {
  const [seal, wanted] = [Buffer.from(head.seal), Buffer.from(sealOf(head, key))]
  return seal.length === wanted.length && timingSafeEqual(seal, wanted)
}
