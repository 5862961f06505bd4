import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/storage/migrations/migrate.ts'
import { schemaSteps } from '../../src/storage/migrations/registry.ts'
import { sqliteSchema } from '../../src/storage/migrations/step/schema-dialect.ts'
import { openDatabase } from '../../src/storage/index.ts'
import { storageContract } from './support/contract.ts'
import { sqliteWorld, temporaryFolders } from './support/sqlite-world.ts'

const world = sqliteWorld()
const makeFolder = temporaryFolders()

storageContract(world)

describe('SQLite', () => {
  it('writes ahead, in full, and keeps foreign keys', async () => {
    const { db } = await world.open()
    const pragma = async (name: string) => {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.raw(`pragma_${name}`)}`.execute(
        db,
      )
      return Object.values(rows[0] ?? {})[0]
    }
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(await pragma('busy_timeout')).toBe(5000)
    expect(await pragma('trusted_schema')).toBe(0)
  })

  it('stores no text where a number belongs', async () => {
    const { db } = await world.open()
    const insertion = sql`insert into attestation_traces values ('t', 'then', 'a', 'b', 'denied', 'c', '[]', null, null, null, null, null)`
    await expect(insertion.execute(db)).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_DATATYPE' })
  })

  it('makes the folder, for its own user only', async () => {
    const folder = path.join(makeFolder(), 'a', 'b')
    await (await openDatabase({ kind: 'sqlite', folder })).close()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('makes its files for its own user only, whatever the umask and whatever they were', async () => {
    const folder = makeFolder()
    const umask = process.umask(0)
    try {
      for (let opening = 0; opening < 2; opening += 1) {
        const opened = await openDatabase({ kind: 'sqlite', folder })
        await opened.ping(1)
        const modes = readdirSync(folder).map((name) => [
          name,
          (statSync(path.join(folder, name)).mode & 0o777).toString(8),
        ])
        expect(modes.map(([name]) => name)).toEqual(
          expect.arrayContaining(['assay.sqlite', 'assay.sqlite-wal', 'lock.sqlite']),
        )
        for (const [name, mode] of modes) expect(mode, name).toBe('600')
        await opened.close()
        // As an earlier version left them.
        for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o644)
      }
    } finally {
      process.umask(umask)
    }
  })

  it('keeps what was written, when it is opened again', async () => {
    const folder = makeFolder()
    const opened = await openDatabase({ kind: 'sqlite', folder })
    await opened.db
      .insertInto('secrets')
      .values({ name: 'a', sealed: Buffer.from('b') })
      .execute()
    await opened.close()
    const again = await openDatabase({ kind: 'sqlite', folder })
    expect(await again.db.selectFrom('secrets').selectAll().execute()).toEqual([
      { name: 'a', sealed: Buffer.from('b') },
    ])
    await again.close()
  })

  it('refuses what a newer version wrote, leaves it as it is, and gives the folder free', async () => {
    const folder = makeFolder()
    const newer = await openDatabase({ kind: 'sqlite', folder })
    const extra = { name: '9999-extra', up: () => Promise.resolve() }
    await migrate(newer.db, sqliteSchema, [...schemaSteps, extra])
    await newer.close()
    const file = path.join(folder, 'assay.sqlite')
    const before = readFileSync(file)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const opening = openDatabase({ kind: 'sqlite', folder })
      await expect(opening).rejects.toMatchObject({ code: 'STORAGE_NEWER_SCHEMA' })
    }
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('says that there is no space, also inside a transaction, and goes on when there is', async () => {
    const opened = await openDatabase({ kind: 'sqlite', folder: makeFolder() })
    await sql`pragma max_page_count = 1`.execute(opened.db)
    const secrets = (length: number) =>
      opened.db.transaction().execute((trx) =>
        trx
          .insertInto('secrets')
          .values({ name: `of ${length}`, sealed: Buffer.alloc(length) })
          .execute(),
      )
    await expect(secrets(1 << 20)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await sql`pragma max_page_count = 1000000`.execute(opened.db)
    await secrets(1 << 20)
    await opened.close()
  })

  it('says when the file is not a database', async () => {
    const folder = makeFolder()
    writeFileSync(path.join(folder, 'assay.sqlite'), Buffer.alloc(8192, 'not a database'))
    await expect(openDatabase({ kind: 'sqlite', folder })).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
  })

  it('says when the folder cannot be opened', async () => {
    const place = makeFolder()
    const file = path.join(place, 'file')
    writeFileSync(file, '')
    const notAFile = path.join(place, 'folder')
    mkdirSync(path.join(notAFile, 'assay.sqlite'), { recursive: true })
    for (const folder of [file, path.join(file, 'below'), notAFile]) {
      const opening = openDatabase({ kind: 'sqlite', folder })
      await expect(opening).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
        message: expect.stringMatching(new RegExp(`${folder} cannot be opened \\([A-Z_]+\\)$`)),
      })
    }
  })
})
