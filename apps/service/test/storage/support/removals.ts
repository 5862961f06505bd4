import type { KyselyPlugin } from 'kysely'

/** Watches statements that remove rows. */
export interface Removals extends KyselyPlugin {
  /** Rows that each of them removed; those that removed none left out. */
  readonly rows: readonly number[]
  /** Is aborted once so many of them have removed rows. */
  endAfter(statements: number): AbortSignal
}

export function watchRemovals(): Removals {
  const rows: number[] = []
  const removing = new WeakSet<object>()
  return {
    rows,
    endAfter: (statements) =>
      ({
        get aborted() {
          return rows.length >= statements
        },
      }) as AbortSignal,
    transformQuery({ node, queryId }) {
      if (node.kind === 'DeleteQueryNode') removing.add(queryId)
      return node
    },
    transformResult({ result, queryId }) {
      const removed = Number(result.numAffectedRows ?? result.rows.length)
      if (removing.has(queryId) && removed > 0) rows.push(removed)
      return Promise.resolve(result)
    },
  }
}
