import { closeSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import type SqliteDatabase from 'better-sqlite3'
import { ProxyConfigError } from '../../faults/config-error.ts'
import { unreadable } from './read-journal.ts'

const require = createRequire(import.meta.url)
/** As in the service: version 13 of the driver would end the process on Node 20 (docs/adr/0056-node-24.md). */
const Sqlite = require(
  Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12',
) as typeof SqliteDatabase

/**
 * Gives a journal to one process, by a lock of the operating system that ends with it, however that ends: it is held
 * through a database that is never written.
 *
 * @returns a function that releases it
 * @throws ProxyConfigError (`PROXY_JOURNAL_LOCKED`, `PROXY_JOURNAL_UNREADABLE`)
 */
export function lockJournal(file: string): () => void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch {
    throw unreadable('its folder cannot be written')
  }
  const lock = new Sqlite(file, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch {
    lock.close()
    throw new ProxyConfigError('PROXY_JOURNAL_LOCKED', 'Another proxy counts in the journal of the meter')
  }
  return () => void lock.close()
}
