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
  let made = 0
  let template: Promise<void> | undefined
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: server().connectionString('postgres') })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  afterEach(async () => {
    for (const database of opened) await database.close()
    opened = []
    for (const name of used) await run(`drop database ${name} with (force)`)
    used = []
  })
  const create = async (more = '') => {
    made += 1
    const name = `test_${String(made)}`
    await run(`create database ${name} ${more}`)
    used.push(name)
    return server().connectionString(name)
  }
  const makeTemplate = async () => {
    await run('create database template_of_tests')
    const connectionString = server().connectionString('template_of_tests')
    await (await openDatabase({ kind: 'postgres', connectionString, maxConnections: 1 })).close()
  }
  const openAt = async (connectionString: string) => {
    const database = await openDatabase({ kind: 'postgres', connectionString, maxConnections: 4 })
    opened.push(database)
    return database
  }
  return {
    createDatabase: () => create(),
    async open() {
      await (template ??= makeTemplate())
      // A copy of the files costs a tenth of running all schema steps.
      last = await create('template template_of_tests strategy file_copy')
      return openAt(last)
    },
    openSecond: () => (last === undefined ? Promise.reject(new Error('nothing is open')) : openAt(last)),
  }
}
