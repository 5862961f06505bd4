import {
  DummyDriver,
  Kysely,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Dialect,
} from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  judgePostgres,
  judgeSqlite,
  reporting,
  type Judge,
} from '../../../src/storage/database/reporting-dialect.ts'

const coded = (code: string, message = 'said by a driver') => Object.assign(new Error(message), { code })

/** Over a driver that throws this for every query. */
function failing(error: unknown, judge: Judge, chance = 0, onReport: () => unknown = () => undefined) {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () =>
      Object.assign(new DummyDriver(), {
        acquireConnection: async () => ({
          executeQuery: async () => {
            throw error
          },
        }),
      }),
  }
  return sql`select 1`.execute(
    new Kysely({ dialect: reporting(dialect, judge, { random: () => chance, onReport }) }),
  )
}

describe('what a driver throws', () => {
  it('is counted where it is passing, and only there', async () => {
    let reported = 0
    for (const code of ['57014', '23505']) {
      await expect(failing(coded(code), judgePostgres, 0, () => (reported += 1))).rejects.toThrow()
      expect(reported).toBe(1)
    }
  })

  it('is a fault of the request where a text has U+0000, which PostgreSQL cannot hold', async () => {
    await expect(failing(coded('22021'), judgePostgres)).rejects.toMatchObject({ code: 'request_invalid' })
  })

  it.each([
    '08006',
    '53300',
    '57014',
    '57P01',
    '57P03',
    '55P03',
    '40001',
    '40P01',
    '25P02',
    '25P03',
    '25006',
    'ECONNREFUSED',
    'ECONNRESET',
  ])('is passing where PostgreSQL says %s', async (code) => {
    await expect(failing(coded(code), judgePostgres)).rejects.toMatchObject({ code: 'STORAGE_NOT_ANSWERING' })
  })

  it.each([
    'Query read timeout',
    'Client was closed and is not queryable',
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
  ])('is passing where node-postgres says "%s"', async (message) => {
    await expect(failing(new Error(message), judgePostgres)).rejects.toMatchObject({
      code: 'STORAGE_NOT_ANSWERING',
    })
  })

  it.each([
    'SQLITE_BUSY',
    'SQLITE_BUSY_SNAPSHOT',
    'SQLITE_IOERR_WRITE',
    'SQLITE_READONLY',
    'SQLITE_CANTOPEN',
  ])('is passing where SQLite says %s', async (code) => {
    await expect(failing(coded(code), judgeSqlite)).rejects.toMatchObject({ code: 'STORAGE_NOT_ANSWERING' })
  })

  it.each([
    ['cannot rollback - no transaction is active', 'the first fault'],
    ['disk I/O error', 'disk I/O error'],
  ])('where the rollback says "%s" is "%s"', async (said, message) => {
    const driver = Object.assign(new DummyDriver(), {
      rollbackTransaction: () => Promise.reject(coded('SQLITE_ERROR', said)),
    })
    const dialect: Dialect = {
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createDriver: () => driver,
    }
    const transaction = new Kysely({ dialect: reporting(dialect, judgeSqlite) }).transaction()
    const work = transaction.execute(() => Promise.reject(new Error('the first fault')))
    await expect(work).rejects.toThrow(message)
  })

  it('tells a full disk apart', async () => {
    await expect(failing(coded('53100'), judgePostgres)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await expect(failing(coded('SQLITE_FULL'), judgeSqlite)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  })

  it('is passed on where it is a fault of ours', async () => {
    const ours = [coded('23505'), coded('42P01'), new Error('a message that nobody knows'), 'no error']
    for (const error of ours) await expect(failing(error, judgePostgres)).rejects.toBe(error)
    for (const error of [coded('SQLITE_CONSTRAINT'), coded('SQLITE_ERROR'), undefined])
      await expect(failing(error, judgeSqlite)).rejects.toBe(error)
  })

  it('sends each caller back at another moment, within five seconds', async () => {
    const waits = [0, 0.5, 0.999].map((chance) =>
      failing(coded('57P01'), judgePostgres, chance).catch(
        ({ retryAfter }: { retryAfter: number }) => retryAfter,
      ),
    )
    expect(await Promise.all(waits)).toEqual([1, 3, 5])
  })
})
