import type { Database, Tables } from '../database/tables.ts'

/** A call to a vendor, and the daily shares that it is taken from. */
export interface VendorCall {
  app: string
  /**
   * Names that begin with that of the scheme of evidence. The order is the same everywhere: what others wait for comes
   * last.
   */
  shares: readonly { readonly name: string; readonly limit: number }[]
}

/** Undoes what was taken: a later share is spent. */
class ShareSpent extends Error {}

/** Takes all shares of a call, or none. */
export async function takeVendorCall(
  db: Database,
  { app, shares }: VendorCall,
  day: number,
): Promise<boolean> {
  if (shares.some(({ limit }) => limit < 1)) return false
  try {
    await db.transaction().execute(async (trx) => {
      for (const share of shares)
        if (!(await takeShare(trx, { app, vendor: share.name, day }, share.limit))) throw new ShareSpent()
    })
    return true
  } catch (error) {
    if (error instanceof ShareSpent) return false
    throw error
  }
}

async function takeShare(
  db: Database,
  row: Omit<Tables['vendor_calls'], 'calls'>,
  limit: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('vendor_calls')
    .values({ ...row, calls: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['app', 'vendor', 'day'])
        .doUpdateSet((column) => ({ calls: column('vendor_calls.calls', '+', 1) }))
        .where('vendor_calls.calls', '<', limit),
    )
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}
