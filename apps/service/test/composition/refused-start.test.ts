import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Sqlite } from '../../src/storage/database/sqlite-driver.ts'
import { Kysely, PostgresDialect, sql, SqliteDialect } from 'kysely'
import pg from 'pg'
import { fixedBytes } from '@assay/testkit/fixed'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addAdminKey, initialise, startService, type ServiceConfig } from '../../src/index.ts'
import { holdDatabase, type DatabaseHold } from '../../src/storage/nodes/database-hold.ts'
import { createSealing } from '../../src/storage/database/sealing.ts'
import type { Tables } from '../../src/storage/database/tables.ts'
import { migrate } from '../../src/storage/migrations/migrate.ts'
import { schemaSteps } from '../../src/storage/migrations/registry.ts'
import { postgresSchema, sqliteSchema } from '../../src/storage/migrations/step/schema-dialect.ts'
import { createSecretRepository } from '../../src/storage/repositories/secrets.repository.ts'
import { addMadeUpStep } from '../storage/support/made-up-step.ts'
import { postgresWorld } from '../storage/support/postgres-world.ts'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { temporaryFolders } from '../storage/support/sqlite-world.ts'

const sealingKey = fixedBytes('sealing key', 32)
/** How many steps the earlier version has. */
const earlier = schemaSteps.length
let takeStepBack: () => void
beforeAll(() => {
  takeStepBack = addMadeUpStep()
})
afterAll(() => takeStepBack())

const bin = findPostgres()
const makeFolder = temporaryFolders()
let server: PrivatePostgres
if (bin === undefined) console.log('not run: refused starts on PostgreSQL, which is not installed')
else {
  beforeAll(async () => {
    server = await startPostgres(bin)
  })
  afterAll(() => server.stop())
}
const world = postgresWorld(() => server)

type Place = Pick<ServiceConfig, 'dataFolder' | 'postgres'>

function poolOf(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1 })
  // It may still be closing when its database is dropped.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

async function at<T>({ dataFolder, postgres }: Place, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  const db = new Kysely<Tables>({
    dialect:
      postgres === undefined
        ? new SqliteDialect({ database: new Sqlite(path.join(dataFolder, 'assay.sqlite')) })
        : new PostgresDialect({ pool: poolOf(postgres) }),
  })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

/** The store of an earlier version. */
async function olderStore(kind: 'sqlite' | 'postgres'): Promise<ServiceConfig> {
  const place: Place = {
    dataFolder: makeFolder(),
    ...(kind === 'sqlite' ? {} : { postgres: await world.createDatabase() }),
  }
  await at(place, async (db) => {
    await migrate(db, kind === 'sqlite' ? sqliteSchema : postgresSchema, schemaSteps.slice(0, earlier))
    await createSecretRepository({ db, sealing: createSealing(sealingKey) }).verifySealingKey()
    await db
      .updateTable('store')
      .set({ store_id: 'a'.repeat(32) })
      .execute()
  })
  return { ...place, sealingKey, host: '127.0.0.1', port: 0, logLevel: 'silent' }
}

const stepsAt = (place: Place) =>
  at(place, async (db) => (await sql`select number from schema_steps`.execute(db)).rows.length)

const start = async (config: ServiceConfig) => (await startService(config)).close()
const ways = [initialise, addAdminKey, start]

describe.each(bin === undefined ? (['sqlite'] as const) : (['sqlite', 'postgres'] as const))(
  'the %s store of an earlier version stays as it is',
  (kind) => {
    it('if it is sealed with another key, until it is opened with its own', async () => {
      const config = await olderStore(kind)
      const otherKey = fixedBytes('another sealing key', 32)
      for (const way of ways)
        await expect(way({ ...config, sealingKey: otherKey })).rejects.toMatchObject({
          code: 'STORAGE_SEALING_KEY',
        })
      expect(await stepsAt(config)).toBe(earlier)
      await initialise(config)
      expect(await stepsAt(config)).toBe(schemaSteps.length)
      await start(config)
    })

    it('if the data folder belongs to another one', async () => {
      const config = await olderStore(kind)
      writeFileSync(path.join(config.dataFolder, 'store-id'), 'b'.repeat(32))
      for (const way of ways) await expect(way(config)).rejects.toMatchObject({ code: 'STORAGE_OTHER_STORE' })
      expect(await stepsAt(config)).toBe(earlier)
    })
  },
)

if (bin === undefined) {
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('a database at work', () => {
    const holds: DatabaseHold[] = []
    afterEach(async () => {
      for (const hold of holds.splice(0)) await hold.release()
    })
    const held = async (connectionString: string | undefined, isShared: boolean) => {
      const hold = await holdDatabase(connectionString as string, { isShared, onTaken: () => undefined })
      holds.push(hold)
      return hold
    }

    it('is not migrated by a process that may not serve beside', async () => {
      const config = await olderStore('postgres')
      const alone = await held(config.postgres, false)
      for (const way of [...ways, () => start({ ...config, valkey: 'valkey://127.0.0.1:1' })])
        await expect(way(config)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      await alone.release()
      // A node of a cluster, where someone has forgotten Valkey.
      const shared = await held(config.postgres, true)
      await expect(start(config)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
      expect(await stepsAt(config)).toBe(earlier)
      await shared.release()
      await initialise(config)
      await start(config)
    })

    it('is migrated beside a cluster, which goes on', async () => {
      const config = await olderStore('postgres')
      await held(config.postgres, true)
      expect(await initialise(config)).toBeDefined()
      expect(await stepsAt(config)).toBe(schemaSteps.length)
    })
  })

  it('an empty database stays empty if the data folder belongs to another one', async () => {
    const config = { dataFolder: makeFolder(), postgres: await world.createDatabase(), sealingKey }
    writeFileSync(path.join(config.dataFolder, 'store-id'), 'b'.repeat(32))
    await expect(initialise(config)).rejects.toMatchObject({ code: 'STORAGE_OTHER_STORE' })
    expect(await at(config, (db) => db.introspection.getTables())).toEqual([])
  })
}
