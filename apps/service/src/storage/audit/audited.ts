import type { Database } from '../database/tables.ts'
import { readingOnly } from '../database/reading-only.ts'
import type { Change, Journal } from './journal.ts'

/** What an act did, for its entry in the audit log. */
interface Done<Store, Seen, Gives> {
  gives: Gives
  /** What `before` has read. */
  seen: Seen | undefined
  /** The store, in the transaction of the act. */
  store: Store
}

/** A method of a store that carries out an order of somebody, and how the audit log describes it. */
export interface Act<Store, Seen, Given extends unknown[], Gives> {
  action: string
  /** What it is done to. */
  object: (...given: Given) => string
  /** Reads in the transaction of the act, before it, what the entry or its condition needs. */
  before?: (store: Store, ...given: Given) => Promise<Seen | undefined>
  /** Undefined: it had no effect, and nothing is written. */
  change: (
    done: Done<Store, Seen, Gives>,
    ...given: Given
  ) => Change | undefined | Promise<Change | undefined>
}

/**
 * What each method of a store is to the audit log. A store with a method that is not listed does not compile.
 *
 * - `reads`: it gets a database that refuses writes
 * - `upkeep`: it writes what nobody has ordered, such as the time of a use or the end of what has expired
 * - an act: it and its entry are written in one transaction, or neither is
 *
 * `Seen` is what its acts read first.
 */
export type AuditTable<Store, Seen = undefined> = {
  readonly [Name in keyof Store]-?: Store[Name] extends (...given: infer Given) => Promise<infer Gives>
    ? 'reads' | 'upkeep' | Act<Store, Seen, Given, Gives>
    : never
}

type Methods = Record<string, (...given: unknown[]) => Promise<unknown>>

/** A store whose acts are written down. */
export function audited<Store extends object, Seen>(
  open: (db: Database) => Store,
  table: AuditTable<Store, Seen>,
  { db, journal }: { db: Database; journal: Pick<Journal, 'act'> },
): Store {
  const methodsOf = (over: Database) => open(over) as Methods
  const [writing, reading] = [methodsOf(db), methodsOf(readingOnly(db))]
  const acts = Object.entries(
    table as Record<string, 'reads' | 'upkeep' | Act<Methods, unknown, unknown[], unknown>>,
  )
  return Object.fromEntries(
    acts.map(([name, kind]) => {
      if (kind === 'reads') return [name, reading[name]]
      if (kind === 'upkeep') return [name, writing[name]]
      const carryOut = (...given: unknown[]) =>
        journal.act(kind.action, kind.object(...given), async (trx) => {
          const store = methodsOf(trx)
          const seen = await kind.before?.(store, ...given)
          const gives = await store[name]?.(...given)
          return [gives, await kind.change({ gives, seen, store }, ...given)]
        })
      return [name, carryOut]
    }),
  ) as Store
}
