import { presetNames } from '@assay/appraisal'
import type { AppPatch } from '@assay/protocol/schemas'
import type { Database } from '../database/tables.ts'

const presets: readonly string[] = presetNames

/** The policies that an app names. */
export function policiesOf({ policy, shadow_policy }: Pick<AppPatch, 'policy' | 'shadow_policy'>) {
  return [policy, shadow_policy]
}

/**
 * Whether all the policies that an app or API is to name exist. Those that are stored are locked: none is removed
 * before the transaction that names it ends.
 */
export async function holdPolicies(db: Database, named: (string | null | undefined)[]): Promise<boolean> {
  const ids = new Set(named.filter((id) => typeof id === 'string'))
  // The order is the same everywhere: two transactions that wait for each other's rows would deadlock.
  for (const id of [...ids].sort()) if (!presets.includes(id) && !(await lockPolicy(db, id))) return false
  return true
}

/** Writes the first of its versions, which stays as long as the policy does. False: there is no such policy. */
export async function lockPolicy(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('policies')
    .set({ id })
    .where('id', '=', id)
    .where('version', '=', (from) =>
      from
        .selectFrom('policies')
        .select(({ fn }) => fn.min('version').as('version'))
        .where('id', '=', id),
    )
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
