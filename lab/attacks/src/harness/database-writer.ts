import { createHash } from 'node:crypto'
import path from 'node:path'
import { Sqlite, type SqliteFile } from '@assay/testkit'
import { mediaTypes } from '@assay/protocol'
import { createCliProcess, startFreshService } from '@assay/testkit'
import { refused, served } from '../world/outcome.ts'
import type { DatabaseWriter, StoredList, WrittenService } from '../world/world.ts'

/** One more service, whose database somebody writes to who does not have its sealing key. */
export async function startWrittenService(): Promise<WrittenService> {
  const cli = createCliProcess()
  let service = await startFreshService(cli)
  const post = async (route: string, body: object) => {
    const headers = {
      authorization: `Bearer ${service.env['ASSAY_API_KEY']}`,
      'content-type': mediaTypes.json,
    }
    const url = new URL(route, service.url)
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${route}: ${await response.text()}`)
  }
  await post('/v1/apps', { id: 'com.example.shop', platform: 'web' })
  return {
    async verify() {
      const { status, stderr } = await cli.run(['audit', 'verify'], service.env)
      return status === 0 ? served() : refused(status, /\[([A-Z_]+)\]/.exec(stderr)?.[1] ?? stderr)
    },
    act: () => post('/v1/keys', { name: 'support', scope: 'support', apps: ['com.example.shop'] }),
    writer: writerOf(path.join(service.env['ASSAY_DATA'] ?? '', 'assay.sqlite')),
    async restart() {
      service = await service.restart()
    },
    stop: () => service.stop(),
  }
}

interface EntryRow {
  number: number
  happened_at: number
  key: string | null
  action: string
  object: string
  before: string
  after: string
}

/** Knows how entries are hashed, which is public. */
export function writerOf(file: string): DatabaseWriter {
  const write = <Result>(work: (database: SqliteFile) => Result): Result => {
    const database = new Sqlite(file, { timeout: 5000 })
    try {
      return work(database)
    } finally {
      database.close()
    }
  }
  return {
    rewriteAudit: () =>
      write((database) => {
        let previous = '0'.repeat(43)
        const rows = database.prepare('select * from audit_entries order by number').all() as EntryRow[]
        for (const row of rows) {
          const hash = hashOf(row, 'somebody else', previous)
          database
            .prepare('update audit_entries set key_name = ?, previous = ?, hash = ? where number = ?')
            .run('somebody else', previous, hash, row.number)
          database.prepare('update audit_head set number = ?, hash = ?').run(row.number, hash)
          previous = hash
        }
      }),
    eraseAudit: () =>
      write((database) => {
        database.exec('delete from audit_entries; delete from audit_head')
        database.exec("delete from secrets where name = 'audit'")
      }),
    readList: () =>
      write(
        (database) =>
          database.prepare('select * from vendor_lists order by read_at desc').get() as
            StoredList | undefined,
      ) ?? fail('the service has stored no list'),
    putList: ({ url, etag, read_at, sha256, body, mac }) =>
      write((database) => {
        database.exec('delete from vendor_lists')
        database
          .prepare(
            'insert into vendor_lists (url, etag, read_at, sha256, body, mac) values (?, ?, ?, ?, ?, ?)',
          )
          .run(url, etag, read_at, sha256, body, mac)
      }),
  }
}

function hashOf(row: EntryRow, name: string, previous: string): string {
  const at = new Date(row.happened_at).toISOString()
  const values = [JSON.parse(row.before), JSON.parse(row.after)] as unknown[]
  const text = JSON.stringify([row.number, at, row.key, name, row.action, row.object, ...values, previous])
  return createHash('sha256').update('assay/audit/1\0').update(text).digest('base64url')
}

function fail(message: string): never {
  throw new Error(message)
}
