import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { expect, it } from 'vitest'
import { schemaSteps } from '../../../src/storage/migrations/registry.ts'
import { releasedSteps } from '../../../src/storage/migrations/released.ts'
import type { SchemaStep } from '../../../src/storage/migrations/step/migration.ts'
import { postgresSchema, sqliteSchema } from '../../../src/storage/migrations/step/schema-dialect.ts'

const dialects = [
  {
    schema: sqliteSchema,
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  {
    schema: postgresSchema,
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
]

/** What a step sends to SQLite and to PostgreSQL; how its text is broken into lines does not count. */
async function statementsOf({ up }: Pick<SchemaStep, 'up'>): Promise<string[]> {
  const statements: string[] = []
  for (const { schema, ...dialect } of dialects) {
    const db = new Kysely<unknown>({
      dialect,
      log: ({ query }) => void statements.push(query.sql.replaceAll(/\s+/g, ' ').trim()),
    })
    await up(db, schema)
  }
  return statements
}

async function digestOf(step: Pick<SchemaStep, 'up'>): Promise<string> {
  const digest = createHash('sha256').update((await statementsOf(step)).join('\n'))
  return digest.digest('hex').slice(0, 8)
}

it('lists a step for each file, numbered without gaps', () => {
  const folder = new URL('../../../src/storage/migrations/', import.meta.url)
  const files = readdirSync(folder).filter((name) => /^[0-9]/.test(name))
  const names = schemaSteps.map(({ name }) => name)
  expect(names.map((name) => name.replace(/-[0-9a-f]{8}$/, '.ts'))).toEqual(files.sort())
  for (const [index, name] of names.entries()) {
    expect(name).toMatch(/^[0-9]{4}-[a-z]+(-[a-z]+)*-[0-9a-f]{8}$/)
    expect(Number(name.slice(0, 4))).toBe(index + 1)
  }
})

it.each(schemaSteps)(
  '$name ends in the digest of its statements: a step that is rewritten gets a new name',
  async (step) => {
    expect(step.name.slice(0, -8) + (await digestOf(step))).toBe(step.name)
  },
)

it('takes another digest for another statement, and the same for other lines', async () => {
  const step = (text: string) => ({ up: async (db: never) => void (await sql.raw(text).execute(db)) })
  const digest = await digestOf(step('create table a (b text)'))
  expect(await digestOf(step('create table a\n  (b text)'))).toBe(digest)
  expect(await digestOf(step('create table a (b text, c text)'))).not.toBe(digest)
})

it('reads the statements for both stores', async () => {
  const statements = await statementsOf(schemaSteps[0] as SchemaStep)
  expect(statements.filter((text) => text.startsWith('create table')).length).toBeGreaterThan(50)
})

it('keeps the steps of each release, and lists all of them once the version is no longer called unreleased', () => {
  const names = schemaSteps.map(({ name }) => name)
  const changelog = readFileSync(new URL('../../../../../CHANGELOG.md', import.meta.url), 'utf8')
  const [, version = ''] = /^## (.*)$/m.exec(changelog) ?? []
  expect(version).toMatch(/^\d+\.\d+\.\d+/)
  const kept = version.endsWith('(unreleased)') ? names.slice(0, releasedSteps.length) : names
  expect(kept).toEqual(releasedSteps)
})
