import type { ClockCheckStore } from '../../operations/clock-check.ts'
import type { Database } from '../database/tables.ts'

/** The row next to the one that is written to see whether the database takes writes. */
const id = 2

export function createClockCheckRepository({ db }: { db: Database }): ClockCheckStore {
  return {
    async read() {
      const row = await db
        .selectFrom('signs_of_life')
        .select('seen_at')
        .where('id', '=', id)
        .executeTakeFirst()
      return row?.seen_at
    },
    async write(time) {
      await db
        .insertInto('signs_of_life')
        .values({ id, seen_at: Math.round(time) })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: Math.round(time) }))
        .execute()
    },
  }
}
