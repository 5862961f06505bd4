import pg from 'pg'
import { afterEach } from 'vitest'
import { openDatabase } from '../../../src/storage/index.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import type { PrivatePostgres } from './private-postgres.ts'
import type { StorageWorld } from './storage-world.ts'

export interface PostgresWorld extends StorageWorld {
  /** A connection string of a new, empty database. */
  createDatabase(): Promise<string>
}

export function postgresWorld(server: () => PrivatePostgres): PostgresWorld {
  let opened: OpenedDatabase[] = []
  let last: string | undefined
  let used: string[] = []
  const empty: string[] = []
  let made = 0
  const run = async (database: string, statements: string) => {
    const client = new pg.Client({ connectionString: server().connectionString(database) })
    await client.connect()
    await client.query(statements)
    await client.end()
  }
  // To empty a database costs a fraction of what a new one does: PostgreSQL copies 300 files for each.
  afterEach(async () => {
    for (const database of opened) await database.close()
    opened = []
    for (const name of used) {
      await run(name, 'drop schema public cascade; create schema public')
      empty.push(name)
    }
    used = []
  })
  const createDatabase = async () => {
    let name = empty.pop()
    if (name === undefined) {
      made += 1
      name = `test_${String(made)}`
      await run('postgres', `create database ${name}`)
    }
    used.push(name)
    return server().connectionString(name)
  }
  const openAt = async (connectionString: string) => {
    const database = await openDatabase({ kind: 'postgres', connectionString, maxConnections: 4 })
    opened.push(database)
    return database
  }
  return {
    createDatabase,
    async open() {
      last = await createDatabase()
      return openAt(last)
    },
    openSecond: () => (last === undefined ? Promise.reject(new Error('nothing is open')) : openAt(last)),
  }
}
