import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import type { PrivatePostgres } from '@assay/testkit'
import { openSqlite, sqlitePath } from './sqlite.ts'

/** The database behind a service, through the service's own driver. */
export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  execute(statements: readonly string[]): void
  /** The one number that a query gives. */
  numberOf(query: string): Promise<number>
  /** Has the system drop the file from its page cache, where there is a file and a system that can. Nobody has it open. */
  dropPages(): void
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
    dropPages() {
      withFile((file) => {
        file.exec('pragma wal_checkpoint(truncate)')
      })
      const of = `of=${sqlitePath(folder)}`
      spawnSync('dd', [of, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' })
    },
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
    dropPages: () => undefined,
  }
}

function onlyNumber([row]: unknown[]): number {
  return Number(Object.values(row as object)[0])
}
