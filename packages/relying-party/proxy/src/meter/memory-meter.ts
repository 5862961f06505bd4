import { briefly, exceededAnswer, failedAnswer, unboundedCaller } from './answers.ts'
import { type Account, Accounts } from './accounts.ts'
import {
  type ExceededLimit,
  type Meter,
  type MeterAnswer,
  type MeteredCall,
  type MeterScope,
  meterScopes,
} from './meter.ts'
import { meteredNetwork } from './metered-network.ts'
import { type Remainder, rateLimitFields, rateLimitPolicy } from './rate-limit-fields.ts'
import { reservation } from './reservation.ts'
import { reservedCost } from '../cost/reserved-cost.ts'
import { exceeded, isVouchedFor, type Limit, type MeterRules, tooManyStreams } from './rules.ts'
import { type InstallationUse, mostUsed, type UsageSource } from './usage.ts'

export interface MemoryMeterSettings {
  /** Of every route. */
  rules: readonly MeterRules[]
  /** Unix milliseconds. */
  clock: () => number
  /** Accounts of installations, and of networks, for each route, about 300 bytes each. Default 100,000. */
  capacity?: number
  /** Called with each budget of money that is spent, once for its window. */
  onBudgetSpent?: (route: string, limit: ExceededLimit) => void
}

/**
 * A {@link Meter} for one process. It forgets when the process ends: every window begins anew then. What happens where
 * there is no space for another account is said at {@link Accounts}.
 */
export function createMemoryMeter(settings: MemoryMeterSettings): Meter & UsageSource {
  const { rules, clock, capacity = 100_000, onBudgetSpent } = settings
  const routes = new Map(
    rules.map((each) => [each.route, new RouteMeter(each, capacity, clock, onBudgetSpent)]),
  )
  return {
    shared: false,
    reserve(call) {
      const route = routes.get(call.route)
      if (route === undefined) throw new TypeError(`no rules for the route ${call.route}`)
      return route.reserve(call)
    },
    usage: async (top) =>
      mostUsed(
        [...routes.values()].map((route) => route.usage()),
        top,
      ),
  }
}

interface Held {
  readonly accounts: Accounts
  readonly account: Account
  /** The windows in which the cost was reserved. */
  readonly window: readonly number[]
}

class RouteMeter {
  readonly #rules: MeterRules
  readonly #clock: () => number
  readonly #onBudgetSpent: MemoryMeterSettings['onBudgetSpent']
  readonly #scopes: readonly { scope: MeterScope; accounts: Accounts }[]
  readonly #policy: string | undefined
  /** The last window of each budget that was reported as spent. */
  readonly #reported = new Map<Limit, number>()

  constructor(
    rules: MeterRules,
    capacity: number,
    clock: () => number,
    onBudgetSpent: MemoryMeterSettings['onBudgetSpent'],
  ) {
    this.#rules = rules
    this.#clock = clock
    this.#onBudgetSpent = onBudgetSpent
    this.#policy = rateLimitPolicy(rules.limits)
    this.#scopes = meterScopes
      .map((scope) => ({ scope, limits: rules.limits.filter((limit) => limit.scope === scope) }))
      .filter(({ scope, limits }) => scope === 'installation' || limits.length > 0)
      .map(({ scope, limits }) => ({ scope, accounts: new Accounts(limits, capacity) }))
  }

  reserve(call: MeteredCall): MeterAnswer {
    const { cost: costRules, streams, needsHardware } = this.#rules
    if (needsHardware && !isVouchedFor(call.caller)) return unboundedCaller
    const now = this.#clock()
    const cost = costRules === undefined ? 0 : reservedCost(costRules.reserve, call.body)
    const held: Held[] = []
    const remainders: Remainder[] = []
    let refusal: { limit: ExceededLimit; wait: number } | undefined
    for (const { scope, accounts } of this.#scopes) {
      const account = accounts.of(this.#subject(scope, call), call.caller.app, now)
      if (account === undefined) return failedAnswer('METER_FULL')
      if (scope === 'installation' && account.open >= streams)
        refusal = { limit: tooManyStreams(this.#rules), wait: briefly }
      for (const [at, limit] of accounts.limits.entries()) {
        const wait = accounts.wait(account, at, now)
        const used = account.used[at] as number
        if (used + (limit.unit === 'cost' ? cost : 1) > limit.limit) {
          if (limit.isBudget === true) this.#report(limit, account.window[at] as number)
          if (refusal === undefined || wait > refusal.wait) refusal = { limit: exceeded(limit), wait }
        }
        remainders.push({ limit, left: limit.limit - used, wait })
      }
      held.push({ accounts, account, window: [...account.window] })
    }
    if (refusal !== undefined) return exceededAnswer(refusal.limit, refusal.wait, this.#policy, remainders)
    for (const { accounts, account } of held) {
      account.open += 1
      for (const [at, { unit }] of accounts.limits.entries())
        account.used[at] = (account.used[at] as number) + (unit === 'cost' ? cost : 1)
    }
    const left = remainders.map((each) => ({ ...each, left: each.left - 1 }))
    return reservation(costRules, rateLimitFields(this.#policy, left), cost, (stated) =>
      this.#settle(held, cost, stated ?? cost),
    )
  }

  *usage(): IterableIterator<InstallationUse> {
    const now = this.#clock()
    const accounts = this.#scopes.find(({ scope }) => scope === 'installation')?.accounts
    for (const [installation, account] of accounts ?? []) {
      accounts?.renew(account, now)
      const of = (unit: Limit['unit']) =>
        accounts?.limits.reduce(
          (most, limit, at) => (limit.unit === unit ? Math.max(most, account.used[at] as number) : most),
          0,
        ) ?? 0
      const [requests, cost] = [of('requests'), of('cost')]
      if (requests > 0 || account.open > 0)
        yield { route: this.#rules.route, app: account.app, installation, requests, cost, open: account.open }
    }
  }

  /** What was reserved and not used is given back in its own window; what was used beyond it counts in the present one. */
  #settle(held: readonly Held[], reserved: number, cost: number): void {
    const now = this.#clock()
    for (const { accounts, account, window } of held) {
      account.open -= 1
      if (cost === reserved) continue
      accounts.renew(account, now)
      for (const [at, { unit }] of accounts.limits.entries()) {
        if (unit !== 'cost' || (cost < reserved && account.window[at] !== window[at])) continue
        account.used[at] = (account.used[at] as number) + cost - reserved
      }
    }
  }

  #subject(scope: MeterScope, { caller, address }: MeteredCall): string {
    switch (scope) {
      case 'installation':
        return caller.installation
      case 'network':
        return meteredNetwork(address, this.#rules.networkBits)
      case 'app':
        return caller.app
      case 'all':
        return ''
    }
  }

  #report(limit: Limit, window: number): void {
    if (this.#reported.get(limit) === window) return
    this.#reported.set(limit, window)
    this.#onBudgetSpent?.(this.#rules.route, exceeded(limit))
  }
}
