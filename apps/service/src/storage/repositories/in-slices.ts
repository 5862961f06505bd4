import { setImmediate as othersFirst } from 'node:timers/promises'
import type { DeleteResult } from 'kysely'

/**
 * Removes a few rows with each statement until none are left. Others get their turn before each, since SQLite works on
 * the calling thread: they wait for one statement at most, and not for one after the other if there is little to remove.
 *
 * @param signal once it is aborted, no further statement is begun: the rest is left for the next time
 * @returns the number of removed rows
 */
export async function inSlices(
  removeSome: () => Promise<DeleteResult>,
  signal?: AbortSignal,
): Promise<number> {
  for (let removed = 0; ;) {
    await othersFirst()
    if (signal?.aborted === true) return removed
    const { numDeletedRows } = await removeSome()
    if (numDeletedRows === 0n) return removed
    removed += Number(numDeletedRows)
  }
}
