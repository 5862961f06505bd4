import type { Case, Feature, Json } from '../../case/case.ts'
import { base64url, sha256 } from '../../material/bytes.ts'
import { attestation, type ExpectedRequest } from './seen.ts'
import { audience, challengeText, defaults, plan, thumbprints, trace, type Members } from './world.ts'

/** What is seen after a step, each kind in order. A kind without entries is left out. */
export interface Seen {
  readonly calls?: readonly Members[]
  readonly events?: readonly Members[]
  readonly results?: readonly Members[]
}

/** What a client is made of in a scenario; whatever is not named is as in `defaults`. */
export interface Options {
  readonly endpoints?: readonly string[]
  /** URL prefix and audience. */
  readonly audiences?: readonly (readonly [string, string])[]
  /** Milliseconds for one request to the service. */
  readonly requestTimeout?: number
  /** Milliseconds without use after which the background stops. */
  readonly idleAfter?: number
  /** What chance gives each time, in 256ths. */
  readonly chance?: number
  /** How many times, from the start, the key store fails to do it. */
  readonly keyFaults?: {
    readonly open?: number
    readonly sign?: number
    readonly renew?: number
    readonly attest?: number
  }
  /** Whether a token was issued for the first key, as reported to the key store. */
  readonly enrolled?: boolean
  /**
   * Whether the key store makes each key for a challenge, with evidence of the format `attested-key`, and has none at
   * first.
   */
  readonly oneKey?: boolean
  /** ABI of the native code. */
  readonly abi?: string
  /** Sources of platform evidence, and how many times, from the start, they fail to do it. */
  readonly evidence?: readonly {
    readonly format: string
    readonly prepare?: number
    readonly collect?: number
  }[]
  /** Milliseconds by which the wall clock of the device is wrong from the start. */
  readonly wallError?: number
}

/** Unix milliseconds at the service when a scenario begins. */
const begin = 1_790_000_000_000

/**
 * A scenario as it is written: what is done, step by step, and what must be seen after each. It keeps count of time and
 * calls, so that answers carry the right time of the service.
 */
export class Play {
  readonly #id: string
  readonly #options: Options
  readonly #needs: Feature | undefined
  readonly #steps: Json[] = []
  readonly #seen: Json[] = []
  /** Milliseconds since the beginning, at the service. */
  #passed = 0
  #wallError: number
  #calls = 0
  #challenges = 0
  #tokens = 0
  /** Keys that a token was given for, and that of the client data that was sent last. */
  readonly #enrolled = new Set<Json | undefined>()
  #lastKey: Json | undefined
  /** Digest of the plan that was carried out last. */
  #held = ''
  /** Codes of what failed and the service has not heard of. */
  #unheard: readonly string[] = []

  constructor(id: string, options: Options = {}, needs?: Feature) {
    this.#id = id
    this.#options = options
    this.#needs = needs
    this.#wallError = options.wallError ?? 0
    if (options.enrolled === true) this.#enrolled.add(thumbprints[0])
  }

  /** The scenario as a case. */
  end(): Case {
    const input = { ...defaults, ...this.#options, steps: this.#steps }
    const needs = this.#needs === undefined ? {} : { needs: this.#needs }
    return { id: this.#id, ...needs, input: input as unknown as Case['input'], output: this.#seen }
  }

  do(step: Members, seen: Seen = {}): this {
    this.#steps.push(defined(step))
    const calls = seen.calls?.map((call) => this.#completed(call)) ?? []
    const kinds = Object.entries({ ...seen, calls }).filter(([, list]) => list.length > 0)
    this.#seen.push(Object.fromEntries(kinds.map(([kind, list]) => [kind, list.map(defined)])))
    this.#calls += calls.length
    // What the service refused it knows of.
    if (problemOf(step) === undefined) {
      for (const { event, error } of seen.events ?? [])
        if (event === 'refresh-failed') this.#gaveUp(error as string)
    }
    return this
  }

  /**
   * A request for a challenge says what the client is about to do, and what failed since the service last answered
   * one.
   */
  #completed(call: Members): Members {
    const { challenge, key, purpose, plan, failures, ...body } = call['body'] as unknown as Members
    if (challenge !== undefined) {
      this.#lastKey = key
      return call
    }
    const completed = {
      ...body,
      key,
      purpose: purpose ?? (this.#enrolled.has(key) ? 'refresh' : 'enrolment'),
      plan: plan ?? this.#held,
      failures: failures ?? (this.#unheard.length > 0 ? this.#unheard : undefined),
    }
    return { ...call, body: defined(completed) }
  }

  #gaveUp(code: string): void {
    if (!this.#unheard.includes(code)) this.#unheard = [...this.#unheard, code].slice(-4)
  }

  /** Asks for a token; `id` names the call. */
  getToken(id: string, seen: Seen = {}, more: { audience?: string; forceRefresh?: boolean } = {}): this {
    return this.do({ do: 'getToken', id, ...more }, seen)
  }

  /** The app says what it calls its user; `null`: nothing. */
  setReference(reference: string | null, seen: Seen = {}): this {
    return this.do({ do: 'setReference', reference }, seen)
  }

  /** Time passes, for everyone. */
  pass(milliseconds: number, seen: Seen = {}): this {
    this.#passed += milliseconds
    return this.do({ do: 'pass', milliseconds }, seen)
  }

  /** The device sleeps: its monotonic clock and its timers stand still. */
  sleep(milliseconds: number): this {
    this.#passed += milliseconds
    return this.do({ do: 'sleep', milliseconds })
  }

  /** The wall clock of the device is set forward or back. */
  setWall(milliseconds: number): this {
    this.#wallError += milliseconds
    return this.do({ do: 'setWall', milliseconds })
  }

  /** Answers a call; by default the last one. */
  answer(answer: Members, seen: Seen = {}, call = this.#calls): this {
    return this.do({ do: 'answer', call, ...answer }, seen)
  }

  /** The network fails instead of an answer. */
  break(seen: Seen = {}, call = this.#calls): this {
    return this.answer({ fault: 'network' }, seen, call)
  }

  /** Answers with a problem document. */
  problem(
    status: number,
    code: string,
    seen: Seen = {},
    more: { trace?: string; retryAfter?: string; supported?: number[]; remedy?: Json } = {},
  ): this {
    const { retryAfter, ...members } = more
    const headers = retryAfter === undefined ? {} : { headers: { 'Retry-After': retryAfter } }
    const body = { type: `urn:assay:problem:${code}`, title: code, status, code, ...members }
    return this.answer({ status, ...headers, body }, seen)
  }

  /** Answers a request for a challenge with the next one. `plan: null`: with the plan that the client holds. */
  challenge(seen: Seen = {}, { plan: issued = plan, ...more }: Members = {}): this {
    this.#unheard = []
    const isCarriedOut = ![...(seen.results ?? []), ...(seen.events ?? [])].some(({ error }) =>
      unmeasured.has(error),
    )
    if (issued !== null && issued !== '' && isCarriedOut)
      this.#held = base64url(sha256(Buffer.from(issued as string, 'base64url')))
    const head = { attestation_challenge: challengeText(++this.#challenges), expires_in: 120 }
    const body = { ...head, ...(issued !== null && { plan: issued }), ...more }
    return this.answer({ status: 200, body }, seen)
  }

  /** Answers client data with new tokens, one for each audience. */
  tokens(
    seen: Seen = {},
    more: {
      audiences?: readonly string[]
      expiresIn?: number
      refreshAfter?: number
      /** Of all of them. */
      tokenType?: 'DPoP' | 'Bearer'
      remedies?: Json
    } = {},
  ): this {
    const { audiences = [audience], expiresIn = 300, refreshAfter = 150, tokenType, remedies } = more
    this.#enrolled.add(this.#lastKey)
    const tokens = audiences.map((one) => ({
      audience: one,
      token: `token-${++this.#tokens}`,
      ...(tokenType !== undefined && { token_type: tokenType }),
      expires_in: expiresIn,
    }))
    return this.answer(
      {
        status: 200,
        body: {
          tokens,
          ...(remedies !== undefined && { remedies }),
          refresh_after: refreshAfter,
          server_time: this.serverTime,
          trace,
        },
      },
      seen,
    )
  }

  /** Unix seconds at the service. */
  get serverTime(): number {
    return Math.floor((begin + this.#passed) / 1000)
  }

  /** Seconds by which the wall clock of the device is behind `serverTime`. */
  get offset(): number {
    return (this.serverTime * 1000 - (begin + this.#passed + this.#wallError)) / 1000
  }

  /** A whole exchange that goes well, for anyone who is asking already. */
  exchange(seen: Seen, request: ExpectedRequest = {}): this {
    return this.challenge({ calls: [attestation(this.#challenges + 1, request)] }).tokens(seen)
  }

  /** The event of new tokens, now. */
  announced(event: 'token' | 'refreshed', more: Members = {}): Members {
    const offset = this.offset
    // Not -0, which JSON has not.
    return {
      event,
      audiences: [audience],
      expiresIn: 300,
      trace,
      clockOffset: offset === 0 ? 0 : offset,
      source: 'exchange',
      ...more,
    }
  }
}

/** The faults that come before a plan is carried out. */
const unmeasured = new Set<Json | undefined>(['plan_refused', 'measurement_failed', 'response_invalid'])

/** The code of the problem document that a step answers with. */
function problemOf({ body }: Members): unknown {
  return (body as { code?: unknown } | null | undefined)?.code
}

function defined(members: Members): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
}
