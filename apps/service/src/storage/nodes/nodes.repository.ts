import { sql } from 'kysely'
import type { NodeStore } from '../../operations/change-watch.ts'
import type { Database } from '../database/tables.ts'

/** Milliseconds after which the row of a node that never signed off is removed. */
const forgottenAfter = 3_600_000

/** By the database's clock only: those of nodes may be minutes apart. */
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
  // Each node sends these queries all the time, always the same: they are compiled once.
  const reading = kept((within: number) =>
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
      .compile(),
  )
  const noting = kept((node: string) =>
    db
      .insertInto('nodes')
      .values({ id: node, seen_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
      .compile(),
  )
  return {
    async read(within) {
      const [row] = (await db.executeQuery(reading(within))).rows
      if (row === undefined) throw new Error('the database has no row of the store')
      return { ...row, nodes: row.nodes ?? 0 }
    },
    async call() {
      await db
        .updateTable('store')
        .set(({ eb }) => ({ version: eb('version', '+', 1) }))
        .where('id', '=', 1)
        .execute()
    },
    async note(node) {
      await db.executeQuery(noting(node))
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

/** The result for the last argument, as long as that stays the same. */
function kept<Argument, Made>(make: (argument: Argument) => Made): (argument: Argument) => Made {
  let last: { argument: Argument; made: Made } | undefined
  return (argument) => {
    if (last?.argument !== argument) last = { argument, made: make(argument) }
    return last.made
  }
}
