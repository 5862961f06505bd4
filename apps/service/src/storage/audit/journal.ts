import type { Transaction } from 'kysely'
import type { Appended } from '../../operations/audit/ports.ts'
import type { Actor } from '../../system/actor.ts'
import type { Clock } from '../../system/ports.ts'
import type { Database, Tables } from '../database/tables.ts'
import { append, recordBreak, type LogAfter } from './append.ts'
import { isInUse, readEnd } from './log-end.ts'
import type { EntryName } from './seals.ts'

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
  auditKey: Uint8Array
  actor: () => Actor
  clock: Clock
}

type Work<T> = (trx: Transaction<Tables>) => Promise<readonly [result: T, change: Change | undefined]>

export type Journal = ReturnType<typeof createJournal>

/**
 * Carries out administrative acts, and writes each down in the same transaction: neither exists without the other. It
 * remembers the last head that it saw, which the log must not undercut.
 */
export function createJournal({ db, auditKey, actor, clock }: JournalOptions) {
  const underWay = new Set<Promise<unknown>>()
  const followers: ((appended: Appended) => void)[] = []
  let isUncertain = false
  let seen: EntryName | undefined

  const known = () => ({ auditKey, seen })
  /** Only what is committed is remembered. */
  const committed = ({ last, appended }: LogAfter): void => {
    if (last.number >= (seen?.number ?? 0)) seen = { number: last.number, hash: last.hash }
    for (const entry of appended) for (const follow of followers) follow(entry)
  }

  const carryOut = async <T>(action: string, object: string, work: Work<T>): Promise<T> => {
    let isCommitting = false
    let after: LogAfter | undefined
    try {
      const result = await db.transaction().execute(async (trx) => {
        const [result, change] = await work(trx)
        if (change !== undefined)
          after = await append(trx, known(), { action, object, ...change, ...actor() }, clock())
        isCommitting = true
        return result
      })
      if (after !== undefined) committed(after)
      return result
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
    /** Looks at the end of the log. An entry records it if that is not as the service left it. */
    async examine(): Promise<void> {
      const head = await db.selectFrom('audit_head').select(['number', 'hash']).limit(1).executeTakeFirst()
      // Nothing has been appended since, by this node or another.
      if (seen !== undefined && head?.number === seen.number && head.hash === seen.hash) return
      if (head === undefined && seen === undefined && !(await isInUse(db))) return
      const last = await readEnd(db, known())
      committed(
        last === undefined
          ? await db.transaction().execute((trx) => recordBreak(trx, known(), clock()))
          : { last, appended: [] },
      )
    },
    /** The last head that this node saw; undefined: none yet. */
    seen: (): EntryName | undefined => seen,
    /** Calls for each entry once it is committed. */
    follow: (onAppended: (appended: Appended) => void): void => void followers.push(onAppended),
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
