import { sql } from 'kysely'
import { serviceVersion } from '../../../src/system/version.ts'
import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { exampleApp } from '../support/examples.ts'
import { madeUpStep } from '../support/made-up-step.ts'
import { migrate } from '../../../src/storage/migrations/migrate.ts'
import { schemaSteps } from '../../../src/storage/migrations/registry.ts'
import { postgresSchema, sqliteSchema } from '../../../src/storage/migrations/step/schema-dialect.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const dialectOf = ({ kind }: OpenedDatabase) => (kind === 'sqlite' ? sqliteSchema : postgresSchema)

async function tableNames({ db }: OpenedDatabase): Promise<string[]> {
  return (await db.introspection.getTables()).map(({ name }) => name)
}

async function stepNames({ db }: OpenedDatabase): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from schema_steps order by number`.execute(db)
  return rows.map(({ name }) => name)
}

export function migrateSuite(world: StorageWorld): void {
  describe('schema steps', () => {
    it('have all run once a database is open, and run once', async () => {
      const opened = await world.open()
      const expected = schemaSteps.map(({ name }) => name)
      expect(await stepNames(opened)).toEqual(expected)
      await migrate(opened.db, dialectOf(opened), schemaSteps)
      expect(await stepNames(opened)).toEqual(expected)
    })

    it('that are new run on a database that has the others', async () => {
      const opened = await world.open()
      await migrate(opened.db, dialectOf(opened), [...schemaSteps, madeUpStep])
      expect(await tableNames(opened)).toContain('made_up')
      expect((await stepNames(opened)).at(-1)).toBe(madeUpStep.name)
    })

    it('leave nothing when one of them fails', async () => {
      const opened = await world.open()
      const failing = { name: '9999-failing', up: () => Promise.reject(new Error('no')) }
      const run = migrate(opened.db, dialectOf(opened), [...schemaSteps, madeUpStep, failing])
      await expect(run).rejects.toThrow('no')
      expect(await tableNames(opened)).not.toContain('made_up')
      expect(await stepNames(opened)).toEqual(schemaSteps.map(({ name }) => name))
    })

    it('of a newer version are refused, and nothing is changed', async () => {
      const opened = await world.open()
      await migrate(opened.db, dialectOf(opened), [...schemaSteps, madeUpStep])
      const older = migrate(opened.db, dialectOf(opened), schemaSteps)
      await expect(older).rejects.toMatchObject({ code: 'STORAGE_NEWER_SCHEMA' })
      expect((await stepNames(opened)).at(-1)).toBe(madeUpStep.name)
    })

    it('that were rewritten are refused, with who wrote the database, and nothing is changed', async () => {
      const opened = await world.open()
      const [first, ...later] = schemaSteps
      const up = () => Promise.reject(new Error('ran'))
      const rewritten = [{ name: '0001-first-release-00000000', up }, ...later, madeUpStep]
      await expect(migrate(opened.db, dialectOf(opened), rewritten)).rejects.toMatchObject({
        code: 'STORAGE_OTHER_SCHEMA',
        message: `version ${serviceVersion} of the service wrote the database by the schema step ${first?.name}; this version has 0001-first-release-00000000 in its place`,
      })
      expect(await stepNames(opened)).toEqual(schemaSteps.map(({ name }) => name))
    })

    it('of a database from before versions were recorded are refused too', async () => {
      const opened = await world.open()
      await sql`alter table schema_steps drop column written_by`.execute(opened.db)
      await sql`update schema_steps set name = '0001-first-release' where number = 1`.execute(opened.db)
      await expect(migrate(opened.db, dialectOf(opened), schemaSteps)).rejects.toMatchObject({
        code: 'STORAGE_OTHER_SCHEMA',
        message: expect.stringMatching(
          /^an unreleased version .* schema step 0001-first-release; this version/,
        ),
      })
    })

    it('keep what is registered', async () => {
      const opened = await world.open()
      const apps = createAppRepository(opened)
      await apps.insert(exampleApp('com.example'))
      const before = await apps.find('com.example')
      await migrate(opened.db, dialectOf(opened), [...schemaSteps, madeUpStep])
      expect(await apps.find('com.example')).toEqual(before)
      const { rows } = await sql<{ made_up: string }>`select made_up from apps`.execute(opened.db)
      expect(rows).toEqual([{ made_up: 'made up' }])
    })

    it('run once when two nodes start together', async () => {
      const [first, second] = [await world.open(), await world.openSecond()]
      const steps = [...schemaSteps, madeUpStep]
      await Promise.all([first, second].map((opened) => migrate(opened.db, dialectOf(opened), steps)))
      expect(await stepNames(first)).toEqual(steps.map(({ name }) => name))
    })
  })

  describe('an open database', () => {
    it('answers, until it is closed', async () => {
      const opened = await world.open()
      await opened.ping(0)
      await opened.close()
      await opened.close()
      await expect(opened.ping(0)).rejects.toThrow()
    })
  })
}
