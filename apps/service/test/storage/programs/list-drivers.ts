/** Opens the data folder of its argument and prints which database drivers that has loaded, as JSON. */
import { createRequire } from 'node:module'
import { openDatabase } from '../../../src/storage/index.ts'

const [folder = ''] = process.argv.slice(2)
const opened = await openDatabase({ kind: 'sqlite', folder })
const files = Object.keys(createRequire(import.meta.url).cache)
const drivers = ['better-sqlite3', 'pg'].filter((name) =>
  files.some((file) => new RegExp(`/node_modules/${name}(-12)?/`).test(file)),
)
process.stdout.write(`${JSON.stringify(drivers)}\n`)
await opened.close()
