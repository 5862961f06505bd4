import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
} from 'kysely'
import type { Tables } from '../../../src/storage/database/tables.ts'

/** What repositories ask of a database that answers nothing, for SQLite. */
export async function recordedQueries(
  work: (db: Kysely<Tables>) => readonly Promise<unknown>[],
): Promise<CompiledQuery[]> {
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
  // What cannot go on without a row has asked for it.
  await Promise.allSettled(work(db))
  return queries
}
