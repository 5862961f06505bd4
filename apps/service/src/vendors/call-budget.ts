import type { Asker } from '@assay/evidence'
import type { Clock } from '../system/ports.ts'
import type { Budget } from './token-decoder.ts'

/** For whom the vendor is asked, and how often it may be. */
interface VendorCall {
  readonly app: string
  readonly asker: Asker
  /**
   * Calls a day (UTC): for the app, the part of them reserved for vouched installations, per network, and per vouching
   * key.
   */
  readonly budget: {
    readonly calls: number
    readonly reserve: number
    readonly perNetwork: number
    readonly perKey: { readonly own: number; readonly shared: number }
  }
}

/** One of the daily shares that a call is taken from. */
export interface Share {
  readonly name: string
  /** Calls within a day (UTC). */
  readonly limit: number
}

/** Takes one call from each of the shares, or from none if one is spent. Atomic. */
export type TakeCall = (call: { app: string; shares: readonly Share[] }, now: number) => Promise<boolean>

/**
 * How often the vendor may be asked, and for whom. Anyone with a copy of the app can send junk, which only the vendor
 * can tell from a token: so calls for installations without a vouching key are counted by network, and stop before the
 * reserve. If hardware vouches for the key, calls are counted by the vouching key, and may use the reserve.
 */
export function callBudget<Call extends VendorCall>(
  vendor: string,
  takeCall: TakeCall,
  clock: Clock,
): Budget<Call> {
  return {
    async take({ app, asker: { network, vouchingKey }, budget }) {
      const take = (...shares: readonly Share[]) => takeCall({ app, shares }, clock())
      const open = { name: vendor, limit: budget.calls - budget.reserve }
      if (vouchingKey === undefined)
        return take({ name: `${vendor} network ${network}`, limit: budget.perNetwork }, open)
      const { kind, id, isShared } = vouchingKey
      const limit = isShared ? budget.perKey.shared : budget.perKey.own
      const ofKey = { name: `${vendor} key ${kind}:${id}`, limit }
      return (
        (await take(ofKey, open)) || (await take(ofKey, { name: `${vendor} reserve`, limit: budget.reserve }))
      )
    },
  }
}
