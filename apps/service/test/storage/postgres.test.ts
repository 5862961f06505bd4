import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../src/storage/index.ts'
import type { OpenedDatabase } from '../../src/storage/index.ts'
import { storageContract } from './support/contract.ts'
import { postgresWorld } from './support/postgres-world.ts'
import { findPostgres, startPostgres } from './support/private-postgres.ts'
import type { PrivatePostgres } from './support/private-postgres.ts'
import { sqliteWorld } from './support/sqlite-world.ts'

const bin = findPostgres()

if (bin === undefined) {
  console.log('not run: storage on PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivatePostgres
  beforeAll(async () => {
    server = await startPostgres(bin)
  })
  afterAll(() => server.stop())
  const world = postgresWorld(() => server)
  const sqlite = sqliteWorld()

  storageContract(world)

  it('has the same tables and columns as SQLite', async () => {
    const columns = async ({ db }: OpenedDatabase) =>
      (await db.introspection.getTables())
        .map(({ name, columns }) => ({
          name,
          columns: columns.map((column) => `${column.name}${column.isNullable ? '?' : ''}`),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(await columns(await world.open())).toEqual(await columns(await sqlite.open()))
  })

  it('opens an empty database by several nodes at once', async () => {
    const connectionString = await world.createDatabase()
    const nodes = await Promise.all([1, 2, 3].map(() => openDatabase({ kind: 'postgres', connectionString })))
    await Promise.all(nodes.map((node) => node.ping()))
    await Promise.all(nodes.map((node) => node.close()))
  })

  it('says when there is no such database, or no server', async () => {
    for (const connectionString of [
      server.connectionString('none'),
      'postgresql://assay@%2Fnowhere/none',
      'postgresql://assay@127.0.0.1:1/none',
    ]) {
      const opening = openDatabase({ kind: 'postgres', connectionString })
      await expect(opening).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    }
  })

  it('never shows a password, when the connection string is wrong', async () => {
    const connectionString = 'postgresql://assay:hunter2@host:not-a-port/none'
    const error: unknown = await openDatabase({ kind: 'postgres', connectionString }).catch(
      (cause: unknown) => cause,
    )
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' })
    expect(inspect(error, { depth: 5, showHidden: true })).not.toContain('hunter2')
  })

  it('goes on after its connections were cut', async () => {
    const opened = await world.open()
    const other = await world.openSecond()
    await opened.ping()
    await cutConnections(other)
    await expect
      .poll(() =>
        opened.ping().then(
          () => 'answers',
          () => 'cut',
        ),
      )
      .toBe('answers')
  })

  it('is not ended by a connection that is cut while it is in use', async () => {
    const opened = await world.open()
    const other = await world.openSecond()
    const working = opened.db.connection().execute(async (connection) => {
      await sql`select 1`.execute(connection)
      await cutConnections(other)
      // Meanwhile the connection tells that it is broken, and nothing is being asked of it that could fail.
      await wait(200)
      await sql`select 1`.execute(connection)
    })
    await expect(working).rejects.toThrow()
    await opened.ping()
  })
}

async function cutConnections({ db }: OpenedDatabase): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
}
