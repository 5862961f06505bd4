import {
  createDeferredReplay,
  type PendingProof,
  refuseProof,
  type ReplayAnswer,
  type ReplayStore,
} from '@assay/guard'
import { type CallFunction, type ValkeyClient, valkeyFunctions } from '@assay/guard/valkey'
import { reservedCost } from '../cost/reserved-cost.ts'
import { briefly, exceededAnswer, failedAnswer, unboundedCaller } from './answers.ts'
import { type ExceededLimit, type Meter, type MeterAnswer, type MeteredCall, meterScopes } from './meter.ts'
import { meteredNetwork } from './metered-network.ts'
import { type Remainder, rateLimitFields, rateLimitPolicy } from './rate-limit-fields.ts'
import { reservation } from './reservation.ts'
import { exceeded, isVouchedFor, type Limit, type MeterRules, tooManyStreams } from './rules.ts'
import { createSettlements, type Settlements } from './settlements.ts'
import { type InstallationUse, mostUsed, type UsageSource } from './usage.ts'
import { secondsLeft, windowAt, windowLengths } from './window.ts'

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
  onBudgetSpent?: (route: string, limit: ExceededLimit) => void
}

export interface ValkeyMeter extends Meter, UsageSource {
  /**
   * For the guard in front of the meter, and for no other: proofs are remembered by `reserve`, in the same call that
   * counts the request.
   */
  readonly replayStore: ReplayStore
  /** Sends what is still to be settled. */
  close(): Promise<void>
}

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
 */
export function createValkeyMeter(settings: ValkeyMeterSettings): ValkeyMeter {
  const { rules, audience, client, schedule } = settings
  const call = valkeyFunctions(client)
  const replay = createDeferredReplay()
  const settlements = createSettlements(schedule)
  const place = placeOf(audience)
  // A new server begins to remember now, not with the first request, which it would refuse.
  void call('assay_guard_1_memory', [`${place}:memory`], ['']).catch(() => undefined)
  const parts: Parts = { ...settings, call, take: replay.take, settlements, place }
  const routes = new Map(rules.map((each) => [each.route, new RouteMeter(each, parts)]))
  return {
    shared: true,
    replayStore: replay.store,
    reserve(of) {
      const route = routes.get(of.route)
      if (route === undefined) throw new TypeError(`no rules for the route ${of.route}`)
      return route.reserve(of)
    },
    usage: async (top) =>
      readValkeyUsage({
        ...settings,
        routes: rules.map(({ route, cost }) => ({ route, hasCost: cost !== undefined })),
        top,
      }),
    close: () => settlements.close(),
  }
}

/** The beginning of the names of all keys of an API. */
export function placeOf(audience: string): string {
  if (/[{}\s]/.test(audience)) throw new TypeError('the audience has a brace')
  return `assay-proxy:{${audience}}`
}

const usageKey = (place: string, route: string, now: number) =>
  `${place}:${route}:use:${windowAt(now, windowLengths.day)}`
const accountKey = (place: string, route: string, scope: string, subject: string) =>
  `${place}:${route}:${scope}:${subject}`
const streamsKey = (place: string, route: string, installation: string) =>
  `${place}:${route}:streams:${installation}`

interface Parts extends Omit<ValkeyMeterSettings, 'rules' | 'client'> {
  call: CallFunction
  take: (request: MeteredCall['request']) => PendingProof | undefined
  settlements: Settlements
  place: string
}

/** What a call of `reserve` was made of, for that of `settle`. */
interface Sent {
  readonly id: string
  readonly streams: string
  readonly use: string
  readonly member: string
  readonly accounts: readonly string[]
  readonly cost: number
}

const symbols = { requests: 'r', cost: 'c' } as const
let streams = 0

class RouteMeter {
  readonly #rules: MeterRules
  readonly #parts: Parts
  readonly #policy: string | undefined
  readonly #isBounded: boolean
  readonly #limitArguments: readonly (string | number)[]
  readonly #reported = new Map<Limit, number>()

  constructor(rules: MeterRules, parts: Parts) {
    this.#rules = rules
    this.#parts = parts
    this.#policy = rateLimitPolicy(rules.limits)
    this.#isBounded = rules.cost !== undefined || rules.streams !== Infinity
    this.#limitArguments = rules.limits.flatMap(({ scope, unit, seconds, limit }) => [
      meterScopes.indexOf(scope) + 1,
      symbols[unit],
      seconds,
      limit === Infinity ? -1 : limit,
    ])
  }

  async reserve(of: MeteredCall): Promise<MeterAnswer> {
    const { call, take, clock, proofsPerKey = 6_000, settlements, place } = this.#parts
    const { cost: costRules, streams: most, longest, needsHardware } = this.#rules
    const proof = take(of.request)
    if (needsHardware && !isVouchedFor(of.caller)) return unboundedCaller
    const now = clock()
    // The body may have taken longer to come than the proof is good for.
    if (proof !== undefined && proof.expiresAt * 1_000 <= now) return refuseProof('forgotten', of.caller)
    const sent = this.#sent(of, now)
    const jkt = proof?.holder.jkt ?? ''
    let answer: unknown
    try {
      answer = await within(
        answersWithin,
        call(
          'assay_guard_1_reserve',
          [
            `${place}:memory`,
            `${place}:proof:${proof?.key ?? ''}`,
            `${place}:count:${jkt}`,
            sent.streams,
            sent.use,
            ...sent.accounts,
          ],
          [
            ...(proof === undefined ? [0, 0, 0, 0] : [1, ...proofArguments(proof, now), proofsPerKey]),
            this.#isBounded ? sent.id : '',
            (longest + afterLongest) * 1_000,
            most === Infinity ? -1 : most,
            sent.cost,
            sent.member,
            costRules === undefined ? 1 : sent.cost,
            ...this.#limitArguments,
          ],
        ),
      )
      return this.#answer(of, sent, answer)
    } catch (cause) {
      // It may have been counted nevertheless.
      if (this.#isBounded) settlements.send(() => this.#settle(sent, now, -sent.cost))
      return failedAnswer('METER_FAILED', cause)
    }
  }

  #sent(of: MeteredCall, now: number): Sent {
    const { place, process } = this.#parts
    const { route, cost, networkBits } = this.#rules
    const { installation, app } = of.caller
    streams += 1
    const subjects = {
      installation,
      network: meteredNetwork(of.address, networkBits),
      app,
      all: '',
    }
    return {
      id: `${process}.${streams}`,
      streams: streamsKey(place, route, installation),
      use: usageKey(place, route, now),
      member: `${app} ${installation}`,
      accounts: meterScopes.map((scope) => accountKey(place, route, scope, subjects[scope])),
      cost: cost === undefined ? 0 : reservedCost(cost.reserve, of.body),
    }
  }

  #answer(of: MeteredCall, sent: Sent, answer: unknown): MeterAnswer {
    if (!Array.isArray(answer)) throw new Error('unexpected reply from Valkey')
    const [outcome, ...rest] = answer.map(String)
    switch (outcome) {
      case 'known':
        return refuseProof(false, of.caller)
      case 'forgotten':
      case 'share_spent':
        return refuseProof(outcome satisfies Exclude<ReplayAnswer, boolean>, of.caller)
      case 'exceeded': {
        const [index, wait, ...used] = rest.map(Number)
        const now = this.#parts.clock()
        const limit = this.#rules.limits[(index as number) - 1]
        if (limit?.isBudget === true) this.#report(limit, now)
        return exceededAnswer(
          limit === undefined ? tooManyStreams(this.#rules) : exceeded(limit),
          limit === undefined ? briefly : (wait as number),
          this.#policy,
          this.#remainders(used, now),
        )
      }
      case 'ok': {
        const [at, ...used] = rest.map(Number)
        const headers = rateLimitFields(this.#policy, this.#remainders(used, at as number))
        return reservation(this.#rules.cost, headers, sent.cost, (stated) => {
          if (!this.#isBounded) return
          const change = (stated ?? sent.cost) - sent.cost
          this.#parts.settlements.send(() => this.#settle(sent, at as number, change))
        })
      }
      default:
        throw new Error('unexpected reply from Valkey')
    }
  }

  #settle({ id, streams: open, use, accounts, member }: Sent, at: number, change: number): Promise<unknown> {
    const costs = this.#rules.limits.filter(({ unit }) => unit === 'cost')
    return this.#parts.call(
      'assay_guard_1_settle',
      [open, use, ...accounts],
      [
        id,
        at,
        change,
        member,
        ...costs.flatMap(({ scope, seconds }) => [meterScopes.indexOf(scope) + 1, seconds]),
      ],
    )
  }

  #remainders(used: readonly number[], now: number): Remainder[] {
    return this.#rules.limits.map((limit, at) => ({
      limit,
      left: limit.limit - (used[at] ?? 0),
      wait: secondsLeft(windowAt(now, limit.seconds), limit.seconds, now),
    }))
  }

  #report(limit: Limit, now: number): void {
    const window = windowAt(now, limit.seconds)
    if (this.#reported.get(limit) === window) return
    this.#reported.set(limit, window)
    this.#parts.onBudgetSpent?.(this.#rules.route, exceeded(limit))
  }
}

/** How long ago it could first have passed, and for how long it must be remembered, in milliseconds. */
function proofArguments({ expiresAt, holder }: PendingProof, now: number): [number, number] {
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

export interface ValkeyUsageSettings {
  client: ValkeyClient
  audience: string
  clock: () => number
  routes: readonly { readonly route: string; readonly hasCost: boolean }[]
  top: number
}

/** What installations have used of each route today, for whoever can reach the server: as {@link UsageSource}. */
export async function readValkeyUsage({
  routes,
  top,
  ...where
}: ValkeyUsageSettings): Promise<InstallationUse[]> {
  return mostUsed(await Promise.all(routes.map(async (route) => readRoute(where, route, top))), top)
}

const { day } = windowLengths

async function readRoute(
  { client, audience, clock }: Omit<ValkeyUsageSettings, 'routes' | 'top'>,
  { route, hasCost }: ValkeyUsageSettings['routes'][number],
  top: number,
): Promise<InstallationUse[]> {
  const place = placeOf(audience)
  const now = clock()
  const today = windowAt(now, day)
  const used = (text: string | null | undefined) => {
    const [window, number] = (text ?? '').split(' ').map(Number)
    return window === today ? (number as number) : 0
  }
  const members = listOf(await client.call('ZREVRANGE', usageKey(place, route, now), 0, top - 1))
  return Promise.all(
    members.map(async (member) => {
      const [app = '', installation = ''] = member.split(' ')
      const [fields, open] = await Promise.all([
        client.call('HMGET', accountKey(place, route, 'installation', installation), `r${day}`, `c${day}`),
        client.call('ZCOUNT', streamsKey(place, route, installation), `(${now}`, '+inf'),
      ])
      const [requests, cost] = Array.isArray(fields) ? (fields as (string | null)[]) : []
      return {
        route,
        app,
        installation,
        requests: used(requests),
        cost: hasCost ? used(cost) : 0,
        open: Number(open),
      }
    }),
  )
}

function listOf(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.map(String) : []
}
