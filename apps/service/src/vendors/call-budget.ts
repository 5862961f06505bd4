import type { Asker } from '@assay/evidence'
import type { Clock } from '../system/ports.ts'
import type { Budget } from './token-decoder.ts'

/** On whose account the vendor is asked, and how often it may be. */
interface Asked {
  readonly app: string
  readonly asker: Asker
  /** Calls within a day (UTC): of the app, kept back of them for vouched installations, of one network, of one vouching key. */
  readonly budget: {
    readonly calls: number
    readonly reserve: number
    readonly perNetwork: number
    readonly perKey: { readonly own: number; readonly shared: number }
  }
}

/** One of the shares of a day that a call is taken from. */
export interface Share {
  readonly name: string
  /** Calls within a day (UTC). */
  readonly limit: number
}

/** Takes one call from each of the shares, or from none where one is spent. Atomic. */
export type TakeCall = (call: { app: string; shares: readonly Share[] }, now: number) => Promise<boolean>

/**
 * Who may ask the vendor how often. Whoever has a copy of the app can send junk, which the vendor alone tells from a token:
 * so calls for installations without a vouching key are counted by network, and end before the reserve. Where hardware
 * vouches for the key, calls are counted by the vouching key, and go on in the reserve.
 */
export function callBudget<Call extends Asked>(
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
