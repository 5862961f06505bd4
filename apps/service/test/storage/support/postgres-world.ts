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
  let made = 0
  afterEach(async () => {
    for (const database of opened) await database.close()
    opened = []
  })
  const createDatabase = async () => {
    made += 1
    const name = `test_${String(made)}`
    const client = new pg.Client({ connectionString: server().connectionString('postgres') })
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
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
