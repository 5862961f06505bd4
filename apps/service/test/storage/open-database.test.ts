import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { schemaSteps } from '../../src/storage/migrations/registry.ts'
import { missingSchemaSteps, openDatabase } from '../../src/storage/open-database.ts'
import { childProcesses } from './support/child-process.ts'
import { addMadeUpStep, madeUpStep } from './support/made-up-step.ts'
import { temporaryFolders } from './support/sqlite-world.ts'

const startProgram = childProcesses()
const makeFolder = temporaryFolders()

it('loads the driver of the database that is configured, and no other', async () => {
  const program = fileURLToPath(new URL('programs/list-drivers.ts', import.meta.url))
  const { lines } = startProgram(program, makeFolder())
  expect((await lines.next()).value).toBe('["better-sqlite3"]')
})

it('tells the steps that it would run beside another process, and those that it ran', async () => {
  const config = { kind: 'sqlite', folder: makeFolder() } as const
  const names = schemaSteps.map(({ name }) => name)
  await expect(missingSchemaSteps(config)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  const database = await openDatabase(config)
  expect(database.newSteps).toEqual(names)
  expect(await missingSchemaSteps(config)).toEqual([])
  const takeStepBack = addMadeUpStep()
  try {
    expect(await missingSchemaSteps(config)).toEqual([madeUpStep.name])
  } finally {
    takeStepBack()
  }
  await sql`insert into schema_steps values (${names.length + 1}, '9999-newer', '9.9.9')`.execute(database.db)
  await expect(missingSchemaSteps(config)).rejects.toMatchObject({ code: 'STORAGE_NEWER_SCHEMA' })
  await database.close()
})
