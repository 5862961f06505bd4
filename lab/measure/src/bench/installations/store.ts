import { spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Tables } from '@assay/service/tables'
import type { PrivatePostgres } from '@assay/testkit'
import { openSqlite, sqlitePath } from './sqlite.ts'

/** The database behind a service, through the service's own driver. */
export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  execute(statements: readonly string[]): void
  /** The one number that a query gives. */
  numberOf(query: string): Promise<number>
  columnsOf(table: keyof Tables): Promise<string[]>
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
        // Else the service would write it all to disk with one of its first commits, and be charged for it.
        file.exec('pragma wal_checkpoint(passive)')
        writeToDisk(sqlitePath(folder))
      }),
    numberOf: (query) => withFile((file) => Promise.resolve(onlyNumber(file.prepare(query).all()))),
    columnsOf: (table) =>
      withFile((file) =>
        Promise.resolve(namesIn(file.prepare(`select name from pragma_table_info('${table}')`).all())),
      ),
    dropPages() {
      withFile((file) => {
        file.exec('pragma wal_checkpoint(truncate)')
      })
      const of = `of=${sqlitePath(folder)}`
      spawnSync('dd', [of, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' })
    },
  }
}

function writeToDisk(file: string): void {
  const descriptor = openSync(file, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
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
  const rowsOf = async (query: string): Promise<unknown[]> => {
    const client = new Client(server)
    await client.connect()
    try {
      return (await client.query(query)).rows
    } finally {
      await client.end()
    }
  }
  return {
    kind: 'postgres',
    execute: (statements) => server.execute(statements.join(';\n')),
    numberOf: async (query) => onlyNumber(await rowsOf(query)),
    columnsOf: async (table) =>
      namesIn(
        await rowsOf(
          `select column_name as name from information_schema.columns where table_name = '${table}' order by ordinal_position`,
        ),
      ),
    dropPages: () => undefined,
  }
}

function namesIn(rows: unknown[]): string[] {
  return (rows as { name: string }[]).map(({ name }) => name)
}

function onlyNumber([row]: unknown[]): number {
  return Number(Object.values(row as object)[0])
}
