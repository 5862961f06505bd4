import type { Database } from './tables.ts'

/** Writes the one row that tells that the database takes writes. @throws StoreNotAnswering */
export async function noteSignOfLife(db: Database, now: number): Promise<void> {
  await db
    .insertInto('signs_of_life')
    .values({ id: 1, seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
    .execute()
}
