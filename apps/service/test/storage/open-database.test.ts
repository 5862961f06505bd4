import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { childProcesses } from './support/child-process.ts'
import { temporaryFolders } from './support/sqlite-world.ts'

const startProgram = childProcesses()
const makeFolder = temporaryFolders()

it('loads the driver of the database that is configured, and no other', async () => {
  const program = fileURLToPath(new URL('programs/list-drivers.ts', import.meta.url))
  const { lines } = startProgram(program, makeFolder())
  expect((await lines.next()).value).toBe('["better-sqlite3"]')
})
