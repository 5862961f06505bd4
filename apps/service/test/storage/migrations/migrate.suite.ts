import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { appSettings } from '../../../src/storage/migrations/0028-app-settings.ts'
import { expectedEvidence } from '../../../src/storage/migrations/0007-expected-evidence.ts'
import { listedSigners } from '../../../src/storage/migrations/0008-listed-signers.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { exampleApp, exampleBuild, hexOf } from '../support/examples.ts'
import { migrate } from '../../../src/storage/migrations/migrate.ts'
import { schemaSteps } from '../../../src/storage/migrations/registry.ts'
import type { SchemaDatabase } from '../../../src/storage/migrations/migration.ts'
import {
  postgresSchema,
  sqliteSchema,
  type SchemaDialect,
} from '../../../src/storage/migrations/schema-dialect.ts'
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

const extraStep = {
  name: '9999-extra',
  up: async ({ schema }: Parameters<(typeof schemaSteps)[number]['up']>[0]) => {
    await schema.createTable('extra').addColumn('id', 'integer').execute()
  },
}

/** The table of apps as it was before its settings lay in one column, without the columns of step 7. */
async function asColumns(db: SchemaDatabase, { text, integer }: SchemaDialect): Promise<void> {
  await db.schema.alterTable('apps').dropColumn('settings').execute()
  const added = {
    ...{ name: 'App', package: 'com.example.package', probes: '["js.debugger"]' },
    ...{ evidence: '{"example":{}}', teams: '[]' },
  }
  for (const [name, value] of Object.entries(added))
    await db.schema
      .alterTable('apps')
      .addColumn(name, text, (column) => column.notNull().defaultTo(value))
      .execute()
  for (const name of ['policy', 'shadow_policy'])
    await db.schema.alterTable('apps').addColumn(name, text).execute()
  for (const [name, value] of Object.entries({ min_version_code: 7, development: 0 }))
    await db.schema
      .alterTable('apps')
      .addColumn(name, integer, (column) => column.notNull().defaultTo(value))
      .execute()
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
      await migrate(opened.db, dialectOf(opened), [...schemaSteps, extraStep])
      expect(await tableNames(opened)).toContain('extra')
      expect((await stepNames(opened)).at(-1)).toBe('9999-extra')
    })

    it('leave nothing when one of them fails', async () => {
      const opened = await world.open()
      const failing = { name: '9999-failing', up: () => Promise.reject(new Error('no')) }
      const run = migrate(opened.db, dialectOf(opened), [...schemaSteps, extraStep, failing])
      await expect(run).rejects.toThrow('no')
      expect(await tableNames(opened)).not.toContain('extra')
      expect(await stepNames(opened)).toEqual(schemaSteps.map(({ name }) => name))
    })

    it('of a newer version are refused, and nothing is changed', async () => {
      const opened = await world.open()
      await migrate(opened.db, dialectOf(opened), [...schemaSteps, extraStep])
      const older = migrate(opened.db, dialectOf(opened), schemaSteps)
      await expect(older).rejects.toMatchObject({ code: 'STORAGE_NEWER_SCHEMA' })
      const other = migrate(opened.db, dialectOf(opened), [
        ...schemaSteps,
        { ...extraStep, name: '9999-other' },
      ])
      await expect(other).rejects.toMatchObject({ code: 'STORAGE_NEWER_SCHEMA' })
      expect((await stepNames(opened)).at(-1)).toBe('9999-extra')
    })

    it('bring registrations to the rules of today', async () => {
      const opened = await world.open()
      const { db } = opened
      const undo = (name: string) => sql`delete from schema_steps where name >= ${name}`.execute(db)
      await createAppRepository({ db }).insert(
        exampleApp('com.example', { signers: ['own', 'debug'].map(hexOf), evidence: { example: {} } }),
      )
      const qa = { signers: [hexOf('debug')], warnings: ['signed_with_debug_certificate' as const] }
      await createBuildRepository({ db }).insert(exampleBuild('com.example', 'qa', qa))
      // As a database was before: the steps from here on have not run.
      await db.schema.dropTable('app_listed_signers').execute()
      await asColumns(db, dialectOf(opened))
      const earlier = schemaSteps.slice(0, schemaSteps.indexOf(expectedEvidence))
      await undo(expectedEvidence.name)
      await migrate(db, dialectOf(opened), [...earlier, expectedEvidence, listedSigners, appSettings])
      const app = await createAppRepository({ db }).find('com.example')
      expect(app).toMatchObject({
        store_signers: [hexOf('own')],
        unconfirmed_signers: [hexOf('own')],
        upload_signers: [],
        teams: [],
        optional_evidence: [],
      })
      expect(Object.keys(app?.evidence_since ?? {})).toEqual(['example'])
      const confirmed = await createAppRepository({ db }).update(
        'com.example',
        { store_signers: [hexOf('own')] },
        0,
      )
      expect(confirmed).toMatchObject({ store_signers: [hexOf('own')], unconfirmed_signers: [] })
    })

    it('keep what is registered of an app', async () => {
      const opened = await world.open()
      const { db } = opened
      await createAppRepository({ db }).insert(exampleApp('com.example'))
      await asColumns(db, dialectOf(opened))
      await sql`alter table apps add column optional_evidence text not null default '["example"]'`.execute(db)
      await sql`alter table apps add column evidence_since text not null default '{"other":86400000}'`.execute(
        db,
      )
      await db.schema.alterTable('apps').addColumn('unvouched_per_day', dialectOf(opened).integer).execute()
      await sql`update apps set teams = '["ABCDE12345"]', unvouched_per_day = 5, policy = 'strict', development = 1`.execute(
        db,
      )
      await appSettings.up(db, dialectOf(opened))
      expect(await createAppRepository({ db }).find('com.example')).toMatchObject({
        name: 'App',
        package: 'com.example.package',
        min_version_code: 7,
        probes: ['js.debugger'],
        evidence: { example: {} },
        optional_evidence: ['example'],
        evidence_since: { other: '1970-01-02T00:00:00.000Z' },
        teams: ['ABCDE12345'],
        unvouched_per_day: 5,
        policy: 'strict',
        shadow_policy: null,
        development: true,
      })
    })

    it('run once when two nodes start together', async () => {
      const [first, second] = [await world.open(), await world.openSecond()]
      const steps = [...schemaSteps, extraStep]
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
