import { createRequire } from 'node:module'
import type { PrivatePostgres } from '@assay/testkit'
import { openSqlite } from './sqlite.ts'

/** The database behind a service, through the service's own driver. */
export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  execute(statements: readonly string[]): void
  /** The one number that a query gives. */
  numberOf(query: string): Promise<number>
}

export function sqliteStore(folder: string): Store {
  const withFile = <T>(work: (file: ReturnType<typeof openSqlite>) => T): T => {
    const file = openSqlite(folder)
    try {
      return work(file)
    } finally {
      file.close()
    }
  }
  return {
    kind: 'sqlite',
    execute: (statements) =>
      withFile((file) => {
        for (const statement of statements) file.exec(statement)
      }),
    numberOf: (query) => withFile((file) => Promise.resolve(onlyNumber(file.prepare(query).all()))),
  }
}

interface PostgresClient {
  connect(): Promise<void>
  query(query: string): Promise<{ rows: unknown[] }>
  end(): Promise<void>
}

export function postgresStore(server: PrivatePostgres): Store {
  const { Client } = createRequire(import.meta.resolve('@assay/service'))('pg') as {
    Client: new (options: { connectionString: string }) => PostgresClient
  }
  return {
    kind: 'postgres',
    execute: (statements) => server.execute(statements.join(';\n')),
    async numberOf(query) {
      const client = new Client(server)
      await client.connect()
      try {
        return onlyNumber((await client.query(query)).rows)
      } finally {
        await client.end()
      }
    },
  }
}

function onlyNumber([row]: unknown[]): number {
  return Number(Object.values(row as object)[0])
}
