import { sql } from 'kysely'
import type { NodeStore } from '../../operations/hearing.ts'
import type { Database } from '../tables.ts'

/** Milliseconds after which the row of a node that never said good-bye is removed. */
const forgottenAfter = 3_600_000

/** By the database's clock alone: those of nodes may be minutes apart. */
const databaseTime = {
  postgres: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  sqlite: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
}

export function createNodeRepository({
  db,
  kind,
}: {
  db: Database
  kind: keyof typeof databaseTime
}): NodeStore {
  const now = databaseTime[kind]
  return {
    read: (within) =>
      db
        .selectFrom('store')
        .select(({ selectFrom, fn }) => [
          'version',
          now.as('now'),
          selectFrom('nodes')
            .select(fn.countAll<number>().as('number'))
            .where('seen_at', '>', sql<number>`${now} - ${within}`)
            .$asScalar()
            .as('nodes'),
        ])
        .executeTakeFirstOrThrow()
        .then(({ version, now, nodes }) => ({ version, now, nodes: nodes ?? 0 })),
    async note(node) {
      await db
        .insertInto('nodes')
        .values({ id: node, seen_at: now })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
        .execute()
    },
    async forget() {
      await db
        .deleteFrom('nodes')
        .where('seen_at', '<', sql<number>`${now} - ${forgottenAfter}`)
        .execute()
    },
    async leave(node) {
      await db.deleteFrom('nodes').where('id', '=', node).execute()
    },
  }
}
