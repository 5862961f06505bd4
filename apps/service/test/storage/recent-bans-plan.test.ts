import {
  CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
} from 'kysely'
import { expect, it } from 'vitest'
import type { Tables } from '../../src/storage/database/tables.ts'
import { createStatusRepository } from '../../src/storage/repositories/status.repository.ts'
import { sqliteWorld } from './support/sqlite-world.ts'

const world = sqliteWorld()

/** What the repository asks of the database. */
async function asked(): Promise<CompiledQuery[]> {
  const queries: CompiledQuery[] = []
  const connection: DatabaseConnection = {
    async executeQuery(query) {
      queries.push(query)
      return { rows: [] }
    },
    streamQuery: () => {
      throw new Error('nothing is streamed')
    },
  }
  class Recorder extends DummyDriver {
    override acquireConnection = async () => connection
  }
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new Recorder(),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  const status = createStatusRepository({ db })
  const range = { from: 1, until: 2, now: 3, reach: 4 }
  await status.banSlices(range, 5)
  await status.banned(['com.example', 'com.other'], range)
  await status.bannedNames(['com.example'], 'https://api.example.com', range)
  return queries
}

it('SQLite finds recent bans by their time, and what they ban by key, however many there are', async () => {
  const { db } = await world.open()
  const ofBans: string[] = []
  for (const { sql, parameters } of await asked()) {
    const { rows } = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    const steps = rows.map(({ detail }) => detail).filter((detail) => /^(?:SCAN|SEARCH) \w/.test(detail))
    const scanned = steps.filter((step) => step.startsWith('SCAN '))
    for (const step of scanned) expect(['SCAN recent', 'SCAN named']).toContain(step)
    for (const step of steps.filter((one) => one.startsWith('SEARCH installations')))
      expect(step).toContain('vouching_key=?')
    ofBans.push(...steps.filter((step) => / bans /.test(step)))
  }
  expect(ofBans).toHaveLength(5)
  for (const step of ofBans) expect(step).toContain('bans_by_time (created_at>? AND created_at<?)')
  expect(ofBans[0]).toContain('COVERING INDEX')
})
