import {
  createDeferredReplay,
  type PendingProof,
  type Refusal,
  refuseProof,
  type ReplayAnswer,
  type ReplayStore,
} from '@assay/guard'
import { type CallFunction, type ValkeyClient, valkeyFunctions } from '@assay/guard/valkey'
import { reservedCost, type Reserved } from '../cost/reserved-cost.ts'
import { briefly, costlyAnswer, exceededAnswer, failedAnswer, unboundedCaller } from './answers.ts'
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
  limitBelow,
  type MeterRules,
  tooManyStreams,
} from './rules.ts'
import { createSettlements, type Settlements } from './settlements.ts'
import type { BudgetUse, MeterUse } from './usage.ts'
import { accountsKey, floorKey, placeOf, streamsKey } from './valkey-keys.ts'
import { countValkeyAccounts, readValkeyUsage } from './valkey-usage.ts'
import { secondsLeft, windowAt } from './window.ts'

export interface ValkeyMeterSettings {
  /** Of every route. */
  rules: readonly MeterRules[]
  /** The API: all of its keys share a slot. */
  audience: string
  /**
   * Connected to a server with `maxmemory-policy noeviction`. Configure it to fail at once without a connection, and not
   * to send anything twice.
   */
  client: ValkeyClient
  /** Unix milliseconds. Windows are those of the server's clock. */
  clock: () => number
  /** Unlike that of any other process that has ever run: names its streams. Printable ASCII. */
  process: string
  schedule: (call: () => void, milliseconds: number) => () => void
  /** Most proofs of a key in a minute. Default 6,000. */
  proofsPerKey?: number
  /** Accounts of installations, and of networks, for each route, about 145 bytes each. Default 100,000. */
  capacity?: number
  onBudgetSpent?: (route: string, limit: ExceededLimit) => void
}

export interface ValkeyMeter extends Meter, MeterUse {
  /**
   * For the guard in front of the meter, and for no other: proofs are remembered by `reserve`, in the same call that
   * counts the request.
   */
  readonly replayStore: ReplayStore
  /** Sends what is still to be settled. */
  close(): Promise<void>
}

const defaultCapacity = 100_000
/** Milliseconds. */
const answersWithin = 2_000
/** Seconds that a stream counts as open after the longest time that the route gives it. */
const afterLongest = 60

/**
 * A {@link Meter} that several processes share. **One call for each request before it is sent**, which remembers the proof
 * and counts the request in one atomic step, and one that nobody waits for when it has ended, if it had reserved a cost
 * or held a stream. What is lost, and no more:
 *
 * - A process that is killed: what its open requests had reserved stays reserved, and their streams count as open until
 *   the route's longest time, and a minute, is over.
 * - A server that does not answer: nothing is served. What it may have counted meanwhile stays counted; its reserved cost
 *   is given back when it answers again, and the ends of requests are sent again until it does.
 * - A server that has forgotten: windows begin anew, so each limit may be reached once more. Proofs from before are refused.
 * - An account that is dropped for want of space: nothing. Who has none begins with the most that a dropped one had used.
 */
export function createValkeyMeter(settings: ValkeyMeterSettings): ValkeyMeter {
  const { rules, audience, client, schedule } = settings
  const call = valkeyFunctions(client)
  const replay = createDeferredReplay()
  const settlements = createSettlements(schedule)
  const place = placeOf(audience)
  // A new server begins to remember now, not with the first request, which it would refuse.
  void call('assay_guard_2_memory', [`${place}:memory`], ['']).catch(() => undefined)
  const parts: Parts = { ...settings, call, take: replay.take, settlements, place }
  const routes = new Map(rules.map((each) => [each.route, new RouteMeter(each, parts)]))
  const routeOf = (name: string) => {
    const route = routes.get(name)
    if (route === undefined) throw new TypeError(`no rules for the route ${name}`)
    return route
  }
  return {
    shared: true,
    replayStore: replay.store,
    reserve: (of) => routeOf(of.route).reserve(of),
    open: (of) => routeOf(of.route).open(of),
    usage: async (top) =>
      readValkeyUsage({
        ...settings,
        routes: rules.map(({ route, cost }) => ({ route, hasCost: cost !== undefined })),
        top,
      }),
    budgets: () => distinctBudgets([...routes.values()].flatMap((route) => route.budgets())),
    accounts: () => countValkeyAccounts(client, place, rules),
    close: () => settlements.close(),
  }
}

/** Of a budget that routes share, each knows what its own last request was told: the largest counts. */
function distinctBudgets(all: readonly BudgetUse[]): BudgetUse[] {
  const found = new Map<string, BudgetUse>()
  for (const each of all) {
    const name = `${each.budget} ${each.window}`
    if (!((found.get(name)?.used ?? -1) >= each.used)) found.set(name, each)
  }
  return [...found.values()]
}

interface Parts extends Omit<ValkeyMeterSettings, 'rules' | 'client'> {
  call: CallFunction
  take: (request: MeteredCall['request']) => PendingProof | undefined
  settlements: Settlements
  place: string
}

/** The arguments of a call of `reserve`, for that of `settle`. */
interface Sent {
  readonly id: string
  readonly streams: string
  readonly app: string
  /** Those that the caller has accounts of. */
  readonly kinds: readonly AccountKind[]
  readonly subjects: readonly string[]
  readonly reserved: Reserved
}

const symbols = { requests: 'r', cost: 'c' } as const
const nameOf = ({ unit, seconds }: Limit) => `${symbols[unit]}${seconds}`
const nothing: Reserved = { units: 0, input: 0 }
let streams = 0

class RouteMeter {
  readonly #rules: MeterRules
  readonly #kinds: readonly AccountKind[]
  readonly #parts: Parts
  readonly #policy: string | undefined
  readonly #isBounded: boolean
  readonly #reported = new Map<Limit, number>()
  /** The last known state of each budget. */
  readonly #budgets = new Map<Limit, { window: number; used: number }>()

  constructor(rules: MeterRules, parts: Parts) {
    this.#rules = rules
    this.#kinds = accountKindsOf(rules)
    this.#parts = parts
    this.#policy = rateLimitPolicy(rules.limits)
    this.#isBounded = rules.cost !== undefined || rules.streams !== Infinity
  }

  async open(of: OpenedCall): Promise<OpenAnswer> {
    const { call, clock, settlements } = this.#parts
    const proof = this.#parts.take(of.request)
    if (this.#rules.needsHardware && !isVouchedFor(of.caller)) return unboundedCaller
    const now = clock()
    const { id, streams: open } = this.#stream(of)
    const close = () => {
      if (this.#isBounded) settlements.send(() => call('assay_guard_2_settle', [open], [id, 0, '', 0, 0]))
    }
    try {
      const keys = this.#proofKeys(proof)
      const answer = await within(
        answersWithin,
        call(
          'assay_guard_2_open',
          [...keys, open],
          [...this.#proofArguments(proof, now), ...this.#streamArguments(id)],
        ),
      )
      const [outcome] = Array.isArray(answer) ? answer.map(String) : []
      if (outcome === 'exceeded')
        return exceededAnswer(tooManyStreams(this.#rules), briefly, this.#policy, [])
      if (outcome !== 'ok') return refusalOfProof(outcome, of)
    } catch (cause) {
      close()
      return failedAnswer('METER_FAILED', cause)
    }
    return {
      ok: true,
      close,
      reserve: async (body, bodyBytes) => this.#count({ ...of, body, bodyBytes }, undefined, id),
    }
  }

  async reserve(of: MeteredCall): Promise<MeterAnswer> {
    const proof = this.#parts.take(of.request)
    if (this.#rules.needsHardware && !isVouchedFor(of.caller)) return unboundedCaller
    // The body may have taken longer to come than the proof is good for.
    if (proof !== undefined && proof.expiresAt * 1_000 <= this.#parts.clock())
      return refuseProof('forgotten', of.caller)
    return this.#count(of, proof, undefined)
  }

  budgets(): BudgetUse[] {
    const now = this.#parts.clock()
    return this.#rules.limits
      .filter((limit) => limit.isBudget === true && limit.isOfSoftware !== true)
      .map((limit) => {
        const known = this.#budgets.get(limit)
        const used = known?.window === windowAt(now, limit.seconds) ? known.used : 0
        return { budget: limit.budget ?? this.#rules.route, window: limit.seconds, used: used / limit.limit }
      })
  }

  /** @param opened id of the stream that is open already, whose proof has been taken */
  async #count(
    of: MeteredCall,
    proof: PendingProof | undefined,
    opened: string | undefined,
  ): Promise<MeterAnswer> {
    const { call, clock, settlements, capacity = defaultCapacity } = this.#parts
    const { cost: costRules } = this.#rules
    const now = clock()
    const sent = this.#sent(of, opened)
    const { units } = sent.reserved
    const below = limitBelow(this.#rules, sent.kinds, units)
    if (below !== undefined) {
      if (opened !== undefined && this.#isBounded) settlements.send(() => this.#settle(sent, now, 0))
      return costlyAnswer(exceeded(below))
    }
    try {
      const answer = await within(
        answersWithin,
        call(
          'assay_guard_2_reserve',
          [...this.#proofKeys(proof), sent.streams, ...this.#accountKeys(sent)],
          [
            ...this.#proofArguments(proof, now),
            ...this.#streamArguments(sent.id),
            opened === undefined ? 0 : 1,
            sent.app,
            capacity,
            sent.kinds.length,
            ...sent.subjects,
            ...sent.kinds.flatMap(({ limits }, at) =>
              limits.flatMap((limit) => [
                at + 1,
                nameOf(limit),
                limit.limit === Infinity ? -1 : limit.limit,
                amountOf(limit, units, costRules?.price),
              ]),
            ),
          ],
        ),
      )
      return this.#answer(of, sent, answer)
    } catch (cause) {
      // It may have been counted nevertheless.
      if (this.#isBounded) settlements.send(() => this.#settle(sent, now, 0))
      return failedAnswer('METER_FAILED', cause)
    }
  }

  #stream({ caller }: OpenedCall): { id: string; streams: string } {
    const { place, process } = this.#parts
    streams += 1
    return { id: `${process}.${streams}`, streams: streamsKey(place, this.#rules.route, caller.installation) }
  }

  #sent(of: MeteredCall, opened: string | undefined): Sent {
    const { cost } = this.#rules
    const kinds = this.#kinds.filter((kind) => kind.subjectOf(of) !== undefined)
    const stream = this.#stream(of)
    return {
      id: opened ?? stream.id,
      streams: stream.streams,
      app: of.caller.app,
      kinds,
      subjects: kinds.map((kind) => kind.subjectOf(of) as string),
      reserved: cost === undefined ? nothing : reservedCost(cost.reserve, of.body, of.bodyBytes ?? 0),
    }
  }

  #proofKeys(proof: PendingProof | undefined): string[] {
    const { place } = this.#parts
    return [
      `${place}:memory`,
      `${place}:proof:${proof?.key ?? ''}`,
      `${place}:count:${proof?.holder.jkt ?? ''}`,
    ]
  }

  #accountKeys({ kinds }: Sent): string[] {
    const { place } = this.#parts
    const { route } = this.#rules
    return kinds.flatMap((kind) => [accountsKey(place, route, kind), floorKey(place, route, kind)])
  }

  #proofArguments(proof: PendingProof | undefined, now: number): number[] {
    const { proofsPerKey = 6_000 } = this.#parts
    return proof === undefined ? [0, 0, 0, 0] : [1, ...ageAndLife(proof, now), proofsPerKey]
  }

  #streamArguments(id: string): (string | number)[] {
    const { streams: most, longest } = this.#rules
    return [this.#isBounded ? id : '', (longest + afterLongest) * 1_000, most === Infinity ? -1 : most]
  }

  #answer(of: MeteredCall, sent: Sent, answer: unknown): MeterAnswer {
    if (!Array.isArray(answer)) throw new Error('unexpected reply from Valkey')
    const [outcome, ...rest] = answer.map(String)
    switch (outcome) {
      case 'exceeded': {
        const [index, wait, ...used] = rest.map(Number)
        const now = this.#parts.clock()
        const limit = limitsOf(sent)[(index as number) - 1]
        this.#hear(sent, used, now)
        if (limit?.isBudget === true) this.#report(limit, now)
        return exceededAnswer(
          limit === undefined ? tooManyStreams(this.#rules) : exceeded(limit),
          limit === undefined ? briefly : (wait as number),
          this.#policy,
          remaindersOf(sent, used, now),
        )
      }
      case 'ok': {
        const [at, ...used] = rest.map(Number)
        this.#hear(sent, used, at as number)
        const headers = rateLimitFields(this.#policy, remaindersOf(sent, used, at as number))
        return reservation(this.#rules.cost, headers, sent.reserved, (cost) => {
          if (this.#isBounded) this.#parts.settlements.send(() => this.#settle(sent, at as number, cost))
        })
      }
      default:
        return refusalOfProof(outcome, of)
    }
  }

  #settle(sent: Sent, at: number, cost: number): Promise<unknown> {
    const { capacity = defaultCapacity } = this.#parts
    const price = this.#rules.cost?.price
    return this.#parts.call(
      'assay_guard_2_settle',
      [sent.streams, ...this.#accountKeys(sent)],
      [
        sent.id,
        at,
        sent.app,
        capacity,
        sent.kinds.length,
        ...sent.subjects,
        ...sent.kinds.flatMap(({ limits }, index) =>
          limits.flatMap((limit) => {
            const change = amountOf(limit, cost, price) - amountOf(limit, sent.reserved.units, price)
            return change === 0 ? [] : [index + 1, nameOf(limit), change]
          }),
        ),
      ],
    )
  }

  #hear(sent: Sent, used: readonly number[], now: number): void {
    for (const [at, limit] of limitsOf(sent).entries())
      if (limit.isBudget === true)
        this.#budgets.set(limit, { window: windowAt(now, limit.seconds), used: used[at] ?? 0 })
  }

  #report(limit: Limit, now: number): void {
    const window = windowAt(now, limit.seconds)
    if (this.#reported.get(limit) === window) return
    this.#reported.set(limit, window)
    this.#parts.onBudgetSpent?.(limit.budget ?? this.#rules.route, exceeded(limit))
  }
}

const limitsOf = ({ kinds }: Sent): Limit[] => kinds.flatMap(({ limits }) => limits)

function remaindersOf(sent: Sent, used: readonly number[], now: number): Remainder[] {
  return limitsOf(sent).map((limit, at) => ({
    limit,
    left: limit.limit - (used[at] ?? 0),
    wait: secondsLeft(windowAt(now, limit.seconds), limit.seconds, now),
  }))
}

function refusalOfProof(outcome: string | undefined, { caller }: OpenedCall): Refusal {
  switch (outcome) {
    case 'known':
      return refuseProof(false, caller)
    case 'forgotten':
    case 'share_spent':
      return refuseProof(outcome satisfies Exclude<ReplayAnswer, boolean>, caller)
    default:
      throw new Error('unexpected reply from Valkey')
  }
}

/** How long ago it could first have passed, and for how long it must be remembered, in milliseconds. */
function ageAndLife({ expiresAt, holder }: PendingProof, now: number): [number, number] {
  return [Math.ceil(now - holder.usableFrom * 1_000), Math.ceil(expiresAt * 1_000 - now)]
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
