import { randomBytes } from 'node:crypto'
import type { Database } from './database/tables.ts'

/** Bytes for which there must be space. */
const needed = 1 << 20

/**
 * Writes something that needs space, and removes it again: merely rewriting a row succeeds even on a full disk, where
 * everything else is refused.
 *
 * @throws StoreNotAnswering
 */
export async function probeSpace(db: Database, now: number): Promise<void> {
  const transaction = await db.startTransaction().execute()
  try {
    const sha256 = randomBytes(32).toString('hex')
    const blob = { sha256, length: needed, is_whole: 0 as const, written_at: now }
    await transaction.insertInto('blobs').values(blob).execute()
    // A database compresses repeated bytes.
    await transaction
      .insertInto('blob_pieces')
      .values({ sha256, number: 0, bytes: randomBytes(needed) })
      .execute()
  } finally {
    await transaction.rollback().execute()
  }
}
