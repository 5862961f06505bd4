import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { StorageError } from '../errors/storage-error.ts'

/** Claims the database as long as its process is at work. */
export interface DatabaseHold {
  release(): Promise<void>
}

export interface HoldOptions {
  /** Whether others that share it too may serve at the same time. */
  isShared: boolean
  /** Called once when another process has the database: this one must stop. */
  onTaken: () => void
  /** Milliseconds without a heartbeat after which the server ends the session. */
  patience?: number
  /** Milliseconds between two heartbeats. */
  beat?: number
}

/** The name of the session's lock; migrations use another. */
const lockKey = 0x61737362

const defaults = { patience: 30_000, beat: 5_000 }

/**
 * Holds a PostgreSQL database, for one process or for those that share it, by an advisory lock of a session of its own.
 * The lock goes when the session ends: with the process, or when the process has been frozen for so long that the server
 * ends an idle session. If the session breaks and nobody else has the lock, it is taken again.
 *
 * @throws StorageError `STORAGE_LOCKED`: another process holds it
 */
export async function holdDatabase(connectionString: string, options: HoldOptions): Promise<DatabaseHold> {
  const { patience, beat, isShared, onTaken } = { ...defaults, ...options }
  const open = () => holdingSession(connectionString, { patience, isShared })
  let session = await open()
  const released = new AbortController()
  const { signal } = released

  const keep = async () => {
    while (!signal.aborted) {
      await wait(beat, undefined, { signal, ref: false })
      if (await isAlive(session)) continue
      await session.end().catch(() => undefined)
      session = await retried(open, signal)
    }
  }
  const kept = (async () => {
    while (!signal.aborted) {
      try {
        await keep()
      } catch (error) {
        if (!(error instanceof StorageError) || signal.aborted) continue
        onTaken()
        return
      }
    }
  })()
  return {
    async release() {
      released.abort()
      await kept
      await session.end().catch(() => undefined)
    },
  }
}

/**
 * The server tells a session of its end a moment before it lets go of the session's lock: a lock that is held counts
 * only after a second.
 */
async function retried(open: () => Promise<pg.Client>, signal: AbortSignal): Promise<pg.Client> {
  const until = performance.now() + 1_000
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof StorageError) || performance.now() > until) throw error
      await wait(100, undefined, { signal, ref: false })
    }
  }
}

async function holdingSession(
  connectionString: string,
  { patience, isShared }: Pick<Required<HoldOptions>, 'patience' | 'isShared'>,
): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString,
    application_name: 'assay hold',
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
    statement_timeout: 10_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  })
  // The next heartbeat detects a break; an unhandled event would end the process.
  session.on('error', () => undefined)
  try {
    await session.connect()
    await session.query(`set idle_session_timeout = ${Math.ceil(patience)}`)
    const { rows } = await session.query<{ taken: boolean }>(
      `select pg_try_advisory_lock${isShared ? '_shared' : ''}(${lockKey}) as taken`,
    )
    if (rows[0]?.taken === true) return session
    throw new StorageError(
      'STORAGE_LOCKED',
      isShared
        ? 'a process of the service without Valkey is at work on the database'
        : 'another process of the service is at work on the database',
    )
  } catch (error) {
    await session.end().catch(() => undefined)
    throw error
  }
}

async function isAlive(session: pg.Client): Promise<boolean> {
  try {
    await session.query('select 1')
    return true
  } catch {
    return false
  }
}
