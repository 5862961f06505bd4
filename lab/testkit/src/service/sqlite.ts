import { createRequire } from 'node:module'
import type SqliteDatabase from 'better-sqlite3'

/** An open database. */
export type SqliteFile = SqliteDatabase.Database

const require = createRequire(import.meta.url)

/** The driver of the service's own file, for those who write to it behind its back: version 12 on Node 20, as there. */
export const Sqlite = require(
  Number(process.versions.napi) >= 10 ? 'better-sqlite3' : 'better-sqlite3-12',
) as typeof SqliteDatabase
