import type { KyselyPlugin } from 'kysely'
import type { Database } from './tables.ts'

const refuseWrites: KyselyPlugin = {
  transformQuery({ node }) {
    if (node.kind !== 'SelectQueryNode') throw new Error(`what only reads must not send a ${node.kind}`)
    return node
  },
  transformResult: async ({ result }) => result,
}

/** The same database, for what only reads: a statement that is no `select` is never sent. */
export function readingOnly(db: Database): Database {
  return db.withPlugin(refuseWrites)
}
