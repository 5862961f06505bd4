import { createRequire } from 'node:module'
import type SqliteDatabase from 'better-sqlite3'

/** An open database. */
export type SqliteFile = SqliteDatabase.Database

const require = createRequire(import.meta.url)
const hasNodeApi10 = Number(process.versions.napi) >= 10

/**
 * The driver of SQLite. Version 13 needs Node-API 10, which Node 20 lacks: there it would end the process. Version 12
 * is for Node 20 alone: compiled with the headers of Node 24.19 or later, it ends the process when an idle service
 * collects a statement (docs/adr/0056-node-24.md).
 */
export const Sqlite = require(hasNodeApi10 ? 'better-sqlite3' : 'better-sqlite3-12') as typeof SqliteDatabase
