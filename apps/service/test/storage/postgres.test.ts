import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { sql, type KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { holdDatabase, type DatabaseHold } from '../../src/storage/nodes/database-hold.ts'
import { toDigest } from '../../src/storage/database/digest-column.ts'
import { openDatabase } from '../../src/storage/index.ts'
import type { OpenedDatabase } from '../../src/storage/index.ts'
import { missingSchemaSteps } from '../../src/storage/open-database.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { createSecretRepository } from '../../src/storage/repositories/secrets.repository.ts'
import { toJson } from '../../src/storage/database/columns.ts'
import { createAppRepository } from '../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../src/storage/repositories/builds.repository.ts'
import { createPolicyRepository } from '../../src/storage/repositories/policies.repository.ts'
import { createNodeRepository } from '../../src/storage/nodes/nodes.repository.ts'
import { createSealing } from '../../src/storage/database/sealing.ts'
import { storageContract } from './support/contract.ts'
import { exampleApp, exampleBuild, hexOf } from './support/examples.ts'
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
    await Promise.all(nodes.map((node) => node.ping(0)))
    await Promise.all(nodes.map((node) => node.close()))
  })

  it('tells the steps that opening a database would run, and runs none', async () => {
    const connectionString = await world.createDatabase()
    const config = { kind: 'postgres', connectionString } as const
    const all = await missingSchemaSteps(config)
    expect(await missingSchemaSteps(config)).toEqual(all)
    const database = await openDatabase(config)
    expect(database.newSteps).toEqual(all)
    expect(await missingSchemaSteps(config)).toEqual([])
    await database.close()
  })

  it('counts each transaction that changes what is registered, and publishes it', async () => {
    const database = await world.open()
    const { db } = database
    const nodes = createNodeRepository(database)
    let calls = 0
    database.onChange(() => void (calls += 1))
    await expect.poll(() => calls).toBe(1)
    const versions = [(await nodes.read(1)).version]
    const note = async (work: Promise<unknown>) => {
      await work
      versions.push((await nodes.read(1)).version)
    }
    const apps = createAppRepository({ db })
    await note(apps.insert(exampleApp('com.example', { signers: [hexOf('one'), hexOf('two')] })))
    await note(db.updateTable('builds').set({ last_seen_at: 1 }).execute())
    await note(
      db
        .insertInto('bans')
        .values({
          app: 'com.example',
          kind: 'android-device',
          vouching_key: toDigest('phone'),
          created_at: 1,
        })
        .execute(),
    )
    await note(
      db
        .insertInto('policies')
        .values({ id: 'p', version: 1, document: toJson({}), created_at: 1 })
        .execute(),
    )
    await note(
      db
        .transaction()
        .execute(async (trx) => {
          await trx.deleteFrom('bans').execute()
          throw new Error('rolled back')
        })
        .catch(() => undefined),
    )
    const first = versions[0] as number
    expect(versions).toEqual([first, first + 1, first + 1, first + 2, first + 3, first + 3])
    await expect.poll(() => calls).toBe(4)
  })

  it('counts what changes the images of a build, for whom it is and until when', async () => {
    const database = await world.open()
    const nodes = createNodeRepository(database)
    const app = exampleApp('com.example')
    await createAppRepository(database).insert(app)
    const builds = createBuildRepository(database)
    await builds.insert(exampleBuild(app.id, '1'))
    const counts = async (work: () => Promise<unknown>) => {
      const { version } = await nodes.read(1)
      await work()
      return (await nodes.read(1)).version - version
    }
    const insert = (name: string, state: 'active' | 'pending') =>
      builds.insertVariant(exampleBuild(app.id, '1'), {
        ...{ name, state, shapes: {}, manifest: null, replace: undefined, replacesPending: false, now: 1 },
        authority: { keys: [], app, signers: [], base: null },
      })
    const time = '2027-01-01T00:00:00.000Z'
    expect([
      await counts(() => builds.update(app.id, '1', { channel: 'beta' })),
      await counts(() => builds.update(app.id, '1', { expires_at: time })),
      await counts(() => builds.update(app.id, '1', { difference_until: time })),
      await counts(() => insert('a', 'active')),
      await counts(() => insert('b', 'pending')),
      await counts(() => builds.activateVariant(app.id, '1', 'b')),
      await counts(() => builds.endImage(app.id, '1', 'first', new Date(1))),
      await counts(() => builds.endImage(app.id, '1', 'a', new Date(1))),
    ]).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('lets nodes hear of each other while every other connection is taken', async () => {
    const connectionString = await world.createDatabase()
    const storage = await openStorage({
      dataFolder: mkdtempSync(path.join(tmpdir(), 'assay-watching-')),
      postgres: connectionString,
      sealingKey: Buffer.alloc(32, 1),
      packingWords: [],
      clock: Date.now,
      steady: () => performance.now(),
      random: (length) => Buffer.alloc(length, 2),
    })
    const { db, registered } = storage.database
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let taken = 0
    const take = (pool: typeof db) =>
      pool.connection().execute(async (connection) => {
        await sql`select 1`.execute(connection)
        taken += 1
        await held
      })
    const takers = [...Array.from({ length: 10 }, () => db), registered, registered].map(take)
    try {
      await expect.poll(() => taken).toBe(12)
      await storage.nodes.note('node')
      expect(await storage.nodes.read(60_000)).toMatchObject({ nodes: 1 })
    } finally {
      release()
      await Promise.all(takers)
      storage.blobs.close()
      await storage.database.close()
    }
  })

  it('removes no policy that another transaction is about to name, and names none that is being removed', async () => {
    const { db } = await world.open()
    const [apps, policies] = [createAppRepository({ db }), createPolicyRepository({ db })]
    await apps.insert(exampleApp('com.example'))
    await policies.add('own', {}, 0)
    await policies.add('own', {}, 1)
    /** Fails if it has to wait for what the other transaction has locked. */
    const meanwhile = (work: (trx: typeof db) => Promise<unknown>) =>
      db.transaction().execute(async (trx) => {
        await sql`set local lock_timeout = 1`.execute(trx)
        return work(trx)
      })
    const name = (trx: typeof db) =>
      createAppRepository({ db: trx }).update('com.example', { policy: 'own' }, 0)
    const remove = (trx: typeof db) => createPolicyRepository({ db: trx }).remove('own')

    await db.transaction().execute(async (trx) => {
      expect(await name(trx)).toMatchObject({ policy: 'own' })
      await expect(meanwhile(remove)).rejects.toThrow()
    })
    expect(await remove(db)).toBe('in_use')
    await apps.update('com.example', { policy: null }, 0)
    await db.transaction().execute(async (trx) => {
      expect(await remove(trx)).toBe(true)
      await expect(meanwhile(name)).rejects.toThrow()
    })
    expect(await name(db)).toBe('policy_not_found')
  })

  it('lets no writer wait for the count while it holds what another needs', async () => {
    const { db } = await world.open()
    const apps = createAppRepository({ db })
    for (const id of ['com.example.a', 'com.example.b']) await apps.insert(exampleApp(id))
    const rename = (first: string, second: string) =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('apps').set({ id: first }).where('id', '=', first).execute()
        await wait(50)
        await trx
          .insertInto('policies')
          .values({ id: second, version: 1, document: toJson({}), created_at: 1 })
          .execute()
      })
    await Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        rename(i % 2 === 0 ? 'com.example.a' : 'com.example.b', `policy-${i}`),
      ),
    )
  })

  it('has a limit of time for statements, locks and idle transactions on every connection', async () => {
    const { db, registered, watching } = await world.open()
    const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
    for (const each of [db, registered, watching]) {
      const { rows } = await sql<{ name: string; setting: string }>`
        select name, setting from pg_settings where name in (${sql.join(limits)}) order by name`.execute(each)
      expect(rows.map(({ name, setting }) => [name, setting])).toEqual([
        ['idle_in_transaction_session_timeout', '2000'],
        ['lock_timeout', '1000'],
        ['statement_timeout', '3000'],
      ])
    }
  })

  it('is held by one process, until that one is closed', async () => {
    const connectionString = await world.createDatabase()
    const open = (isShared: boolean) =>
      openDatabase({ kind: 'postgres', connectionString }, { share: { isShared, onTaken: () => undefined } })
    const first = await open(false)
    for (const isShared of [false, true])
      await expect(open(isShared)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await first.close()
    await (await open(false)).close()
  })

  it('is held by any number that share it, and by none beside them that does not', async () => {
    const connectionString = await world.createDatabase()
    const hold = (isShared: boolean) => holdDatabase(connectionString, { isShared, onTaken: () => undefined })
    const sharing = [await hold(true), await hold(true)]
    for (const each of sharing) {
      await expect(hold(false)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      await each.release()
    }
    const alone = await hold(false)
    await expect(hold(true)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await alone.release()
  })

  it('is let go by a process that is frozen, which then learns of it', async () => {
    const connectionString = await world.createDatabase()
    let taken = 0
    // It gives no sign of life for longer than the server waits for one.
    const frozen = await holdDatabase(connectionString, {
      isShared: false,
      onTaken: () => (taken += 1),
      patience: 1_000,
      beat: 3_000,
    })
    let next: DatabaseHold | undefined
    await expect
      .poll(
        async () => {
          next = await holdDatabase(connectionString, { isShared: false, onTaken: () => undefined }).catch(
            () => undefined,
          )
          return next !== undefined
        },
        { timeout: 60_000 },
      )
      .toBe(true)
    await expect.poll(() => taken, { timeout: 60_000 }).toBe(1)
    await frozen.release()
    await next?.release()
  })

  it('is held again by the process whose connection was cut', async () => {
    const [first, second] = [await world.open(), await world.openSecond()]
    const connectionString = await world.createDatabase()
    let taken = 0
    const held = await holdDatabase(connectionString, {
      isShared: false,
      onTaken: () => (taken += 1),
      beat: 20,
    })
    const [before] = await holders(second, connectionString)
    await cutHolders(second)
    // Only looked at: whoever tried to hold it might be the one that has it.
    await expect
      .poll(
        async () => {
          const [now] = await holders(second, connectionString)
          return now !== undefined && now !== before
        },
        { timeout: 60_000 },
      )
      .toBe(true)
    expect(taken).toBe(0)
    await held.release()
    await expect.poll(() => holders(second, connectionString), { timeout: 60_000 }).toEqual([])
    await first.ping(0)
  })

  it('is sealed for the first time by two processes at once', async () => {
    const [one, other] = [await world.open(), await world.openSecond()]
    const sealing = createSealing(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))
    const first = createSecretRepository({ db: one.db, sealing })
    // While this one has found no check value, the other one starts and seals.
    let found = 0
    const meanwhile: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        found += 1
        if (found === 1) {
          await first.verifySealingKey()
          await first.getOrCreate('epoch', () => Buffer.alloc(32, 1))
        }
        return result
      },
    }
    const second = createSecretRepository({ db: other.db.withPlugin(meanwhile), sealing })
    await second.verifySealingKey()
    expect(await second.getOrCreate('epoch', () => Buffer.alloc(32, 2))).toEqual(Buffer.alloc(32, 1))
  })

  it('says when there is no such database, or no server', async () => {
    for (const connectionString of [
      server.connectionString('none'),
      'postgresql://assay@%2Fnowhere/none',
      'postgresql://assay@127.0.0.1:1/none',
    ]) {
      const opening = openDatabase({ kind: 'postgres', connectionString })
      await expect(opening).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
        message: expect.stringMatching(
          / at \S+, database none, cannot be used \((3D000|ENOENT|ECONNREFUSED)\)$/,
        ),
      })
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
    await opened.ping(0)
    await cutConnections(other)
    await expect
      .poll(() =>
        opened.ping(0).then(
          () => 'answers',
          () => 'cut',
        ),
      )
      .toBe('answers')
  })

  it('asks nothing more over a connection whose answer did not come', async () => {
    const { db } = await world.open()
    const ask = () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    const [first] = (await ask()).rows
    process.kill(first?.pid as number, 'SIGSTOP')
    try {
      await expect(ask()).rejects.toMatchObject({ code: 'STORAGE_NOT_ANSWERING' })
      expect((await ask()).rows[0]?.pid).not.toBe(first?.pid)
    } finally {
      process.kill(first?.pid as number, 'SIGCONT')
    }
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
    await opened.ping(0)
  })
}

async function cutConnections({ db }: OpenedDatabase): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
}

async function cutHolders({ db }: OpenedDatabase): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'assay hold'`.execute(
    db,
  )
}

/** Server processes that hold an advisory lock in the database. */
async function holders({ db }: OpenedDatabase, connectionString: string): Promise<number[]> {
  const name = new URL(connectionString).pathname.slice(1)
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where locktype = 'advisory' and granted and datname = ${name}`.execute(db)
  return rows.map(({ pid }) => pid)
}
