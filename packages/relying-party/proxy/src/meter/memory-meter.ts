import { reservedCost, type Reserved } from '../cost/reserved-cost.ts'
import { type Account, Accounts } from './accounts.ts'
import { briefly, costlyAnswer, exceededAnswer, failedAnswer, unboundedCaller } from './answers.ts'
import type { MeterJournal } from './journal/journal.ts'
import type { JournalEntry } from './journal/lines.ts'
import { type JournalKeeping, keepJournal, type MemoryAccounts, stateOf } from './memory-accounts.ts'
import type { ExceededLimit, Meter, MeterAnswer, MeteredCall, OpenAnswer, OpenedCall } from './meter.ts'
import { type Remainder, rateLimitFields, rateLimitPolicy } from './rate-limit-fields.ts'
import { reservation } from './reservation.ts'
import {
  type AccountKind,
  accountKindsOf,
  amountOf,
  exceeded,
  isVouchedFor,
  type Limit,
  type MeterRules,
  tooManyStreams,
} from './rules.ts'
import { type AccountCount, type BudgetUse, type InstallationUse, type MeterUse, mostUsed } from './usage.ts'

export interface MemoryMeterSettings extends JournalKeeping {
  /** Of every route. */
  rules: readonly MeterRules[]
  /** Accounts of installations, and of networks, for each route, about 300 bytes each. Default 100,000. */
  capacity?: number
  /** Called with each budget of money that is spent, once for its window. */
  onBudgetSpent?: (route: string, limit: ExceededLimit) => void
  /** Keeps what is counted when the process ends. Default: every window begins anew then. */
  journal?: MeterJournal
}

/** A {@link Meter} for one process. What happens where there is no space for another account is said at {@link Accounts}. */
export function createMemoryMeter(settings: MemoryMeterSettings): Meter & MeterUse {
  const { rules, clock, capacity = 100_000, journal } = settings
  const all: MemoryAccounts[] = []
  /** Entries of the journal about accounts that were dropped: they come with the next ones. */
  const dropped: JournalEntry[] = []
  const add = (route: string | undefined, kind: AccountKind): MemoryAccounts => {
    const index = all.length
    const accounts: Accounts = new Accounts(kind.limits, capacity, (subject) => {
      if (journal === undefined || kind.limits.length === 0) return
      dropped.push([index, subject], stateOf(index, null, '', accounts.floor))
    })
    const added = { index, route, kind, accounts }
    all.push(added)
    return added
  }
  const shared = new Map<string, MemoryAccounts>()
  const accountsOf = (each: MeterRules): MemoryAccounts[] => {
    const kinds = accountKindsOf(each)
    // Streams are counted where nothing else is.
    if (each.streams !== Infinity && kinds[0]?.scope !== 'installation')
      kinds.unshift({ scope: 'installation', limits: [], subjectOf: ({ caller }) => caller.installation })
    return kinds.map((kind) => {
      if (kind.budget === undefined) return add(each.route, kind)
      const known = shared.get(kind.budget) ?? add(undefined, kind)
      shared.set(kind.budget, known)
      // The subject depends on the caller alone, and the limits are those of the budget.
      return known
    })
  }
  const parts: RouteParts = { ...settings, dropped }
  const routes = new Map(rules.map((each) => [each.route, new RouteMeter(each, accountsOf(each), parts)]))
  if (journal !== undefined) keepJournal(journal, all, settings)
  const routeOf = (name: string) => {
    const route = routes.get(name)
    if (route === undefined) throw new TypeError(`no rules for the route ${name}`)
    return route
  }
  return {
    shared: false,
    reserve: (call) => routeOf(call.route).reserve(call),
    open: (call) => routeOf(call.route).open(call),
    usage: async (top) =>
      mostUsed(
        [...routes.values()].map((route) => route.usage()),
        top,
      ),
    budgets: () => [...new Set(all)].flatMap((each) => budgetsOf(each, clock())),
    accounts: async () =>
      all.map(({ route = '', kind, accounts }): AccountCount => ({
        route,
        scope: kind.scope,
        accounts: accounts.size,
        dropped: accounts.dropped,
      })),
  }
}

function budgetsOf({ route, kind, accounts }: MemoryAccounts, now: number): BudgetUse[] {
  const account = accounts.find('all', now)
  return kind.limits.flatMap((limit, at) =>
    limit.isBudget === true && limit.isOfSoftware !== true
      ? [
          {
            budget: limit.budget ?? route ?? '',
            window: limit.seconds,
            used: (account?.used[at] ?? 0) / limit.limit,
          },
        ]
      : [],
  )
}

interface Held {
  readonly of: MemoryAccounts
  readonly subject: string
  readonly account: Account
  /** The windows in which the cost was reserved. */
  readonly window: readonly number[]
}

interface RouteParts extends MemoryMeterSettings {
  readonly dropped: JournalEntry[]
}

const nothing: Reserved = { units: 0, input: 0 }

class RouteMeter {
  readonly #rules: MeterRules
  readonly #accounts: readonly MemoryAccounts[]
  readonly #parts: RouteParts
  readonly #policy: string | undefined
  /** The last window of each budget that was reported as spent. */
  readonly #reported = new Map<Limit, number>()

  constructor(rules: MeterRules, accounts: readonly MemoryAccounts[], parts: RouteParts) {
    this.#rules = rules
    this.#accounts = accounts
    this.#parts = parts
    this.#policy = rateLimitPolicy(rules.limits)
  }

  open(call: OpenedCall): OpenAnswer {
    if (this.#rules.needsHardware && !isVouchedFor(call.caller)) return unboundedCaller
    const [first] = this.#accounts
    let opened: Account | undefined
    if (first?.kind.scope === 'installation') {
      opened = first.accounts.of(call.caller.installation, call.caller.app, this.#parts.clock())
      if (opened === undefined) return failedAnswer('METER_FULL')
      if (opened.open >= this.#rules.streams) return this.#tooMany([])
      opened.open += 1
    }
    const close = () => {
      if (opened !== undefined) opened.open -= 1
    }
    return {
      ok: true,
      close,
      reserve: (body, bodyBytes) => {
        const answer = this.#count({ ...call, body, bodyBytes }, opened)
        // The reservation holds the stream from now on.
        close()
        return answer
      },
    }
  }

  reserve(call: MeteredCall): MeterAnswer {
    if (this.#rules.needsHardware && !isVouchedFor(call.caller)) return unboundedCaller
    return this.#count(call, undefined)
  }

  /** @param opened the account whose stream is open already */
  #count(call: MeteredCall, opened: Account | undefined): MeterAnswer {
    const { cost: costRules, streams } = this.#rules
    const { clock, journal, dropped } = this.#parts
    if (journal?.isWritable() === false) return failedAnswer('METER_JOURNAL_FAILED')
    const now = clock()
    const reserved =
      costRules === undefined ? nothing : reservedCost(costRules.reserve, call.body, call.bodyBytes ?? 0)
    const more = (limit: Limit) => amountOf(limit, reserved.units, costRules?.price)
    const held: Held[] = []
    const remainders: Remainder[] = []
    let refusal: { limit: ExceededLimit; wait: number } | undefined
    for (const of of this.#accounts) {
      const { kind, accounts } = of
      const subject = kind.subjectOf(call)
      if (subject === undefined) continue
      const account = accounts.of(subject, call.caller.app, now)
      if (account === undefined) return failedAnswer('METER_FULL')
      if (kind.scope === 'installation' && account !== opened && account.open >= streams)
        refusal = { limit: tooManyStreams(this.#rules), wait: briefly }
      for (const [at, limit] of kind.limits.entries()) {
        const wait = accounts.wait(account, at, now)
        const used = account.used[at] as number
        if (limit.unit === 'cost' && more(limit) > limit.limit) return costlyAnswer(exceeded(limit))
        if (used + more(limit) > limit.limit) {
          if (limit.isBudget === true) this.#report(limit, account.window[at] as number)
          if (refusal === undefined || wait > refusal.wait) refusal = { limit: exceeded(limit), wait }
        }
        remainders.push({ limit, left: limit.limit - used, wait })
      }
      held.push({ of, subject, account, window: [...account.window] })
    }
    if (refusal !== undefined) return exceededAnswer(refusal.limit, refusal.wait, this.#policy, remainders)
    const add = (sign: 1 | -1) => {
      for (const { of, account } of held) {
        account.open += sign
        for (const [at, limit] of of.kind.limits.entries())
          account.used[at] = (account.used[at] as number) + sign * more(limit)
      }
    }
    add(1)
    if (journal !== undefined) {
      if (!journal.append([...dropped, ...entriesOf(held)])) {
        add(-1)
        return failedAnswer('METER_JOURNAL_FAILED')
      }
      dropped.length = 0
    }
    const left = remainders.map((each) => ({ ...each, left: each.left - 1 }))
    return reservation(costRules, rateLimitFields(this.#policy, left), reserved, (cost) =>
      this.#settle(held, reserved.units, cost),
    )
  }

  *usage(): IterableIterator<InstallationUse> {
    const now = this.#parts.clock()
    const accounts = this.#accounts.find(({ kind }) => kind.scope === 'installation')?.accounts
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

  /** Gives back in its own window what was reserved and not used, and counts in the present one what was used beyond it. */
  #settle(held: readonly Held[], reserved: number, cost: number): void {
    const { clock, journal } = this.#parts
    const now = clock()
    const price = this.#rules.cost?.price
    for (const { of, account, window } of held) {
      account.open -= 1
      if (cost === reserved) continue
      of.accounts.renew(account, now)
      for (const [at, limit] of of.kind.limits.entries()) {
        if (limit.unit !== 'cost' || (cost < reserved && account.window[at] !== window[at])) continue
        const change = amountOf(limit, cost, price) - amountOf(limit, reserved, price)
        account.used[at] = (account.used[at] as number) + change
      }
    }
    if (cost !== reserved) journal?.note(entriesOf(held))
  }

  #tooMany(remainders: readonly Remainder[]): MeterAnswer & { ok: false } {
    return exceededAnswer(tooManyStreams(this.#rules), briefly, this.#policy, remainders)
  }

  #report(limit: Limit, window: number): void {
    if (this.#reported.get(limit) === window) return
    this.#reported.set(limit, window)
    this.#parts.onBudgetSpent?.(limit.budget ?? this.#rules.route, exceeded(limit))
  }
}

function entriesOf(held: readonly Held[]): JournalEntry[] {
  return held.flatMap(({ of: { index, kind }, subject, account }) =>
    kind.limits.length === 0 ? [] : [stateOf(index, subject, account.app, account)],
  )
}
