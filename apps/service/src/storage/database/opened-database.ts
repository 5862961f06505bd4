import type { Timed } from '../../system/timed.ts'
import type { DatabaseStep } from './reporting-dialect.ts'
import type { Database } from './tables.ts'

/** A claim to the database for this process until it is closed: alone, or together with others that share it. */
export interface DatabaseShare {
  /** Whether others that share it too may serve at the same time. */
  isShared: boolean
  /** Called once when a process that does not share it has the database. */
  onTaken: () => void
}

/**
 * Asked before the first step of the schema that has not run; if it throws, nothing is changed.
 *
 * @param isNew whether none has run: the database has no tables yet
 */
export type CheckBefore = (trx: Database, isNew: boolean) => Promise<void>

export interface OpenOptions {
  /** Default: no claim. A process that has the embedded database open has its folder to itself anyway. */
  share?: DatabaseShare
  check?: CheckBefore
  /** A role of the database server that gets the rights which the service needs, once the schema is up to date. */
  grantTo?: string
  /** Called each time that the database fails to answer for a temporary cause. */
  onReport?: () => void
  /** Measures what requests wait for. */
  timed?: Timed<DatabaseStep>
}

export interface OpenedDatabase {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Database
  /** The same database, over connections for registrations and readiness, which wait for nothing else. */
  readonly registered: Database
  /** The same database, over connections only for what nodes learn of each other: one reads while the other writes. */
  readonly watching: Database
  /** Calls when another process may have changed registrations, as long as the connection for that lasts. */
  readonly onChange: (onCall: () => void) => void
  /** Steps of the schema that opening it has run, by name; all of them for a new database. */
  readonly newSteps: readonly string[]
  /** Rejects if the database does not take a write. @param now milliseconds since 1970 */
  readonly ping: (now: number) => Promise<void>
  /** Closes all connections and releases the folder for another process. */
  readonly close: () => Promise<void>
}

/** Writes the one row that shows that the database takes writes. @throws StoreNotAnswering */
export async function recordSignOfLife(db: Database, now: number): Promise<void> {
  await db
    .insertInto('signs_of_life')
    .values({ id: 1, seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
    .execute()
}
