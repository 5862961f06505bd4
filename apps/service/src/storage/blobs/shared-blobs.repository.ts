import { BlobError } from '../errors/storage-error.ts'
import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { BlobFault, BlobName, SharedBlobs } from './blob-store.ts'

/** Digests per statement. */
const atOnce = 500

/** Blobs in the database, in pieces: a row never holds more than one, and no statement takes long. */
export function createSharedBlobs({ db, clock }: { db: Database; clock: () => number }): SharedBlobs {
  return {
    faults: (blobs) => findFaults(db, blobs),
    missing: (blobs) => missing(db, blobs, clock()),
    put: (blob, pieces) => put(db, blob, pieces, clock()),
    get: (blob) => get(db, blob),
    sweep: (before) => sweep(db, before.getTime()),
  }
}

async function findFaults(db: Database, blobs: readonly BlobName[]): Promise<BlobFault[]> {
  const whole = new Map<string, number>()
  for (let first = 0; first < blobs.length; first += atOnce) {
    const digests = blobs.slice(first, first + atOnce).map(({ sha256 }) => sha256)
    const rows = await db
      .selectFrom('blobs')
      .select(['sha256', 'length'])
      .where('sha256', 'in', digests)
      .where('is_whole', '=', 1)
      .execute()
    for (const { sha256, length } of rows) whole.set(sha256, length)
  }
  return blobs.flatMap((blob): BlobFault[] => {
    const found = whole.get(blob.sha256)
    if (found === blob.length) return []
    return [{ blob, code: found === undefined ? 'STORAGE_BLOB_MISSING' : 'STORAGE_BLOB_LENGTH' }]
  })
}

async function missing(db: Database, blobs: readonly BlobName[], now: number): Promise<BlobName[]> {
  const whole = new Map<string, number>()
  for (let first = 0; first < blobs.length; first += atOnce) {
    const digests = blobs.slice(first, first + atOnce).map(({ sha256 }) => sha256)
    const rows = await db
      .updateTable('blobs')
      .set({ written_at: now })
      .where('sha256', 'in', digests)
      .where('is_whole', '=', 1)
      .returning(['sha256', 'length'])
      .execute()
    for (const { sha256, length } of rows) whole.set(sha256, length)
  }
  return blobs.filter(({ sha256, length }) => whole.get(sha256) !== length)
}

/** The row marks it complete only once every piece is stored; an interrupted writer goes on where it stopped. */
async function put(
  db: Database,
  { sha256, length }: BlobName,
  pieces: AsyncIterable<Uint8Array>,
  now: number,
): Promise<void> {
  await db
    .insertInto('blobs')
    .values({ sha256, length, is_whole: 0, written_at: now })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ length, written_at: now }))
    .execute()
  let number = 0
  for await (const bytes of pieces) {
    await db
      .insertInto('blob_pieces')
      .values({ sha256, number, bytes })
      .onConflict((conflict) => conflict.columns(['sha256', 'number']).doUpdateSet({ bytes }))
      .execute()
    number += 1
  }
  const { numUpdatedRows } = await db
    .updateTable('blobs')
    .set({ is_whole: 1 })
    .where('sha256', '=', sha256)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw new Error('a blob was removed while it was written')
}

async function* get(db: Database, { sha256, length }: BlobName): AsyncGenerator<Uint8Array> {
  const row = await db
    .selectFrom('blobs')
    .select('length')
    .where('sha256', '=', sha256)
    .where('is_whole', '=', 1)
    .executeTakeFirst()
  if (row === undefined) throw new BlobError('STORAGE_BLOB_MISSING')
  if (row.length !== length) throw new BlobError('STORAGE_BLOB_LENGTH')
  for (let done = 0, number = 0; done < length; number += 1) {
    const piece = await db
      .selectFrom('blob_pieces')
      .select('bytes')
      .where('sha256', '=', sha256)
      .where('number', '=', number)
      .executeTakeFirst()
    if (piece === undefined) throw new BlobError('STORAGE_BLOB_LENGTH')
    yield piece.bytes
    done += piece.bytes.length
  }
}

/** One statement for each: they may be large. */
async function sweep(db: Database, before: number): Promise<number> {
  const unnamed = sql<boolean>`not exists (select 1 from build_segments s where s.sha256 = blobs.sha256)`
  const old = await db
    .selectFrom('blobs')
    .select('sha256')
    .where('written_at', '<', before)
    .where(unnamed)
    .execute()
  let removed = 0n
  for (const { sha256 } of old) {
    const { numDeletedRows } = await db
      .deleteFrom('blobs')
      .where('sha256', '=', sha256)
      .where('written_at', '<', before)
      .where(unnamed)
      .executeTakeFirstOrThrow()
    removed += numDeletedRows
  }
  return Number(removed)
}
