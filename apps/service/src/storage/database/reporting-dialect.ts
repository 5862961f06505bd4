import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Timed } from '../../system/timed.ts'
import { StorageError, StoreNotAnswering } from '../errors/storage-error.ts'

/** Why a database cannot serve a request now. `full`: the disk is full. */
export type PassingFault = 'not_answering' | 'full'

/**
 * Whether a driver error may be over soon. `request`: the request is at fault; `rights`: the service may not do this;
 * `false`: it is our own fault.
 */
export type Judge = (error: unknown) => PassingFault | 'request' | 'rights' | false

/** What a request waits for: one of the connections, then the answer to each statement over it, `commit` included. */
export type DatabaseStep = 'connection' | 'statement'

/**
 * A dialect whose connections report temporary errors as {@link StoreNotAnswering}, so that nobody takes them for a
 * fault of the service or of the request, and faults of the request as such. Errors that no judge knows pass unchanged.
 */
export function reporting(
  dialect: Dialect,
  judge: Judge,
  {
    random = Math.random,
    onReport,
    timed,
  }: {
    random?: () => number
    onReport?: (cause: PassingFault) => unknown
    timed?: Timed<DatabaseStep> | undefined
  } = {},
): Dialect {
  const report = (error: unknown): never => {
    const judged = judge(error)
    if (judged === false) throw error
    if (judged === 'request') throw new ProblemError('request_invalid', { cause: error })
    if (judged === 'rights') throw new StorageError('STORAGE_RIGHTS', undefined, { cause: error })
    onReport?.(judged)
    throw new StoreNotAnswering(judged === 'full' ? 'STORAGE_FULL' : 'STORAGE_NOT_ANSWERING', random(), error)
  }
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => reportingDriver(dialect.createDriver(), report, timed),
  }
}

function reportingDriver(
  driver: Driver,
  report: (error: unknown) => never,
  timed?: Timed<DatabaseStep>,
): Driver {
  const time: Timed<DatabaseStep>['time'] = timed?.time ?? ((_step, work) => work())
  const known = new WeakSet<DatabaseConnection>()
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async (...options) => {
    const connection = await time('connection', () => acquire(...options)).catch(report)
    if (known.has(connection)) return connection
    known.add(connection)
    const execute = connection.executeQuery.bind(connection)
    // SQLite's driver throws before it returns a promise.
    connection.executeQuery = async (...query: Parameters<typeof execute>) => {
      try {
        return await time('statement', () => execute(...query))
      } catch (error) {
        return report(error)
      }
    }
    return connection
  }
  const rollback = driver.rollbackTransaction.bind(driver)
  driver.rollbackTransaction = async (connection) => {
    try {
      await rollback(connection)
    } catch (error) {
      // SQLite has already rolled back if the disk is full: the caller must see that error.
      if (!(error instanceof Error && error.message === nothingToRollBack)) throw error
    }
  }
  return driver
}

const nothingToRollBack = 'cannot rollback - no transaction is active'

/** By the code of the system, and by message where node-postgres has no code. */
const connectionFaults = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
])
const connectionMessages = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])

/**
 * SQLSTATE classes and values (PostgreSQL, appendix A) that are temporary: connection, resources, shutdown, time-outs,
 * locks.
 */
const passing = /^(08|53|57P0|57014|55P03|40001|40P01|25P0[23]|25006)/

/** SQLSTATE for a text with U+0000, which PostgreSQL cannot hold; only a request brings one. */
const unstorable = '22021'

/** SQLSTATE for a lack of privileges, and for one on the schema itself. */
const forbidden = /^(42501|3F000)$/

/** What node-postgres throws. */
export const judgePostgres: Judge = (error) => {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (code === '53100') return 'full'
  if (code === unstorable) return 'request'
  if (forbidden.test(code)) return 'rights'
  if (passing.test(code) || connectionFaults.has(code) || connectionMessages.has(error.message))
    return 'not_answering'
  return false
}

/** What better-sqlite3 throws. */
export const judgeSqlite: Judge = (error) => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_FULL') return 'full'
  return /^SQLITE_(BUSY|IOERR|READONLY|CANTOPEN)/.test(code) ? 'not_answering' : false
}
