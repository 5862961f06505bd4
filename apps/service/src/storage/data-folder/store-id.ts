import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from '../blobs/durable-file.ts'
import type { OpenedDatabase } from '../database/opened-database.ts'
import { StorageError } from '../errors/storage-error.ts'
import type { Database } from '../database/tables.ts'

const fileName = 'store-id'
const idPattern = /^[0-9a-f]{32}$/

/**
 * Makes sure that folder and database belong together. The first start of both leaves one random id in each; a further
 * node's folder takes that of the database.
 *
 * @returns the id
 * @throws StorageError `STORAGE_OTHER_STORE`
 */
export async function checkStoreId({ db, kind }: OpenedDatabase, folder: string): Promise<string> {
  const here = readStoreId(folder)
  // This folder has an embedded database without one: it is a backup from before there were ids.
  const made = kind === 'sqlite' && here !== undefined ? here : randomBytes(16).toString('hex')
  const id = await idOf(db, made)
  if (here !== undefined && here !== id) throw new StorageError('STORAGE_OTHER_STORE')
  if (here === undefined) await writeStoreId(folder, id)
  return id
}

/**
 * Whether {@link checkStoreId} can succeed. Changes nothing.
 *
 * @param hasId whether the database has come to have ids
 * @throws StorageError `STORAGE_OTHER_STORE`
 */
export async function expectStoreId(
  { db, kind }: Pick<OpenedDatabase, 'db' | 'kind'>,
  folder: string,
  hasId: boolean,
): Promise<void> {
  const here = readStoreId(folder)
  if (here === undefined) return
  const id = hasId ? (await db.selectFrom('store').select('store_id').executeTakeFirst())?.store_id : null
  // An embedded database without one takes that of its folder.
  if (id !== here && !(kind === 'sqlite' && id === null)) throw new StorageError('STORAGE_OTHER_STORE')
}

/** If several nodes start at once on a new database, one gives it its id. */
async function idOf(db: Database, made: string): Promise<string> {
  await db.updateTable('store').set({ store_id: made }).where('store_id', 'is', null).execute()
  const { store_id: id } = await db.selectFrom('store').select('store_id').executeTakeFirstOrThrow()
  return id as string
}

/**
 * `undefined`: the folder has not been used with a database yet. @throws StorageError `STORAGE_OTHER_STORE`: it is not
 * an id
 */
export function readStoreId(folder: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path.join(folder, fileName), 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new StorageError('STORAGE_UNAVAILABLE', 'the data folder cannot be opened', { cause: error })
  }
  if (!idPattern.test(text)) throw new StorageError('STORAGE_OTHER_STORE')
  return text
}

/** Completely or not at all, even if the machine loses power. */
async function writeStoreId(folder: string, id: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, fileName)
  const started = `${file}.${String(process.pid)}`
  const handle = await open(started, 'w', 0o600)
  try {
    await handle.writeFile(`${id}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(started, file)
  syncFolder(folder)
}
