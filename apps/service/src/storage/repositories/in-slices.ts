import { setImmediate as othersFirst } from 'node:timers/promises'
import type { DeleteResult } from 'kysely'

/**
 * Removes a few rows with each statement until there are none left. Others have their turn in between, since SQLite works on the
 * calling thread: what one statement removes is what they wait for.
 *
 * @param signal no other statement is begun once it is aborted: the rest is left for the next time
 * @returns how many rows were removed
 */
export async function inSlices(
  removeSome: () => Promise<DeleteResult>,
  signal?: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; await othersFirst()) {
    if (signal?.aborted === true) return removed
    const { numDeletedRows } = await removeSome()
    if (numDeletedRows === 0n) return removed
    removed += Number(numDeletedRows)
  }
}
