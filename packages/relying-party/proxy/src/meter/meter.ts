import type { AdmittedRequest, Eventually, GuardRequest, Refusal } from '@assay/guard'
import type { JsonObject } from '@assay/protocol'

/**
 * Counts what callers use of an API, and refuses what is beyond. It is asked once for each request that the guard has
 * admitted and the route takes, after its body has been judged and **before anything is sent to the upstream**: also
 * where the route has no limits, because a meter that several processes share remembers the proof in the same call.
 *
 * It counts:
 *
 * - **Requests**, exactly: one for each reservation, whatever becomes of it. A refused request is not counted.
 * - **Costs**, such as the tokens of a model: reserved before, settled after. An answer that ends without stating its cost
 *   (the caller left, the upstream reset the connection, the member is missing) keeps the whole reservation.
 * - **Open streams**: reservations of an installation that have not ended.
 *
 * A cost that is stated counts in full even if it is larger than its reservation. So a budget is exceeded by at most
 * what one answer costs beyond its reservation, for each stream that was open when it was spent.
 */
export interface Meter {
  /** Whether all processes of the API count together. If not, each counts alone, and forgets when it ends unless it keeps a journal. */
  readonly shared: boolean
  /** Counts the request and reserves its cost, in one atomic step, or refuses. Never rejects. */
  reserve(call: MeteredCall): Eventually<MeterAnswer>
  /**
   * Uses the proof and takes a stream before a large body is read; the cost is reserved afterwards, when the body has come.
   * The age of the proof is not judged again then. Never rejects.
   */
  open(call: OpenedCall): Eventually<OpenAnswer>
}

/** A request whose body is still to come. */
export type OpenedCall = Omit<MeteredCall, 'body' | 'bodyBytes'>

/** A stream without a reservation. Call `reserve` or `close`, once. */
export interface Opening {
  readonly ok: true
  /** As {@link Meter.reserve}. If it refuses, the stream has ended. */
  reserve(body: JsonObject | undefined, bytes: number): Eventually<MeterAnswer>
  /** Ends the stream. Nothing of the request was counted. */
  close(): void
}

export type OpenAnswer = Opening | Exclude<MeterAnswer, Reservation>

/** One request that the guard has admitted and a route takes, as the meter sees it. */
export interface MeteredCall {
  /** Name of the route. */
  readonly route: string
  readonly caller: AdmittedRequest
  /** IP address of the caller, as the peer or a trusted proxy states it. */
  readonly address: string | undefined
  /** The very object that was given to `guard.verify`: its proof may still have to be remembered. */
  readonly request: GuardRequest
  /** The body, if the route reads it: the reservation may be one of its members. */
  readonly body?: JsonObject | undefined
  /** Bytes of the body, where the route reads it: the reservation may depend on them. */
  readonly bodyBytes?: number | undefined
}

/**
 * - {@link Reservation}: send the request.
 * - {@link MeterRefusal}, {@link CostlyRequest}, {@link UnboundedCaller} or {@link MeterMalfunction}: answer with its status, fields and body.
 * - `Refusal`: the proof was used before (only a shared meter finds out here). Answer as for a refusal of the guard.
 */
export type MeterAnswer =
  Reservation | MeterRefusal | CostlyRequest | UnboundedCaller | MeterMalfunction | Refusal

/**
 * A place that the request holds until it has ended. Call `answered` once, `read` for each piece of the body, and `end`
 * exactly once, whatever happens: until then it counts as an open stream. None of them throws or waits.
 */
export interface Reservation {
  readonly ok: true
  /** Fields to add to the answer (`RateLimit-Policy`, `RateLimit`), none where the installation has no limit. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether the body of the answer is read: the upstream must then send it without a content coding. */
  readonly readsBody: boolean
  /** Takes the head of the answer, before its body. Names in lower case; a repeated field is an array. */
  answered(status: number, fields: Readonly<Record<string, string | readonly string[] | undefined>>): void
  /** The next piece of the body, as it passes. The meter keeps none of its bytes after this returns. */
  read(piece: Uint8Array): void
  /**
   * - `complete`: the upstream ended its answer properly. Its stated cost replaces the reservation.
   * - `cut`: it did not, or the caller left before, or `answered` was never called. The reservation stays, but for the
   *   part of the input where a stream has stated that, and a stated cost that is more replaces it.
   * - `not_sent`: no byte of the request reached the upstream. The reserved cost is given back; the request stays counted.
   *
   * @returns units that it was charged
   */
  end(how: 'complete' | 'cut' | 'not_sent'): number
}

/**
 * Whose use is limited: of one installation, of a network prefix, of all of an app, of all callers without hardware, of
 * everybody, of everybody at all routes that share a budget.
 */
export const meterScopes = ['installation', 'network', 'app', 'software', 'all', 'budget'] as const
export type MeterScope = (typeof meterScopes)[number]

/** The request would exceed a limit (429). Frozen. Nothing of it was counted. */
export interface MeterRefusal {
  readonly ok: false
  readonly kind: 'refused'
  readonly code: 'METER_EXCEEDED'
  readonly status: 429
  /**
   * Those of a problem document, `Retry-After` (seconds until the window ends; for streams a guess), and `RateLimit-Policy` and `RateLimit`
   * (draft-ietf-httpapi-ratelimit-headers-10) for the requests of the installation: what others use is not the caller's
   * business, and costs have no registered quota unit.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly body: MeterProblem
  /** The limit, for the operator's log. */
  readonly exceeded: ExceededLimit
}

/** The request alone may cost more than a whole limit (403), so waiting does not help. Frozen. Nothing of it was counted. */
export interface CostlyRequest {
  readonly ok: false
  readonly kind: 'refused'
  readonly code: 'METER_REQUEST_TOO_COSTLY'
  readonly status: 403
  readonly headers: Readonly<Record<string, string>>
  readonly body: MeterProblem
  /** The limit, for the operator's log. */
  readonly exceeded: ExceededLimit
}

/**
 * No hardware vouches for the caller, so it can be a new installation at will, and the route limits nothing but
 * installations (403). Frozen. Nothing of the request was counted.
 */
export interface UnboundedCaller {
  readonly ok: false
  readonly kind: 'refused'
  readonly code: 'METER_CALLER_UNBOUNDED'
  readonly status: 403
  readonly headers: Readonly<Record<string, string>>
  readonly body: MeterProblem
}

export interface ExceededLimit {
  readonly scope: MeterScope
  readonly unit: 'requests' | 'cost' | 'streams'
  readonly limit: number
  /** Seconds; `null` for streams. */
  readonly window: number | null
}

/**
 * The request cannot be counted (503), so nothing may be sent. Frozen.
 *
 * - `METER_FAILED`: the store does not answer. If it counted the request nevertheless, the reserved cost is given back as
 *   soon as it answers again.
 * - `METER_FULL`: no space for another account, because each of them has an open stream.
 * - `METER_JOURNAL_FAILED`: the journal cannot be written.
 */
export interface MeterMalfunction {
  readonly ok: false
  readonly kind: 'malfunction'
  readonly code: 'METER_FAILED' | 'METER_FULL' | 'METER_JOURNAL_FAILED'
  readonly status: 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: MeterProblem
  /** For the operator's log only. */
  readonly cause: unknown
}

/** A problem document (RFC 9457). It contains nothing from the request. */
export interface MeterProblem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** That of the log, in lower case. */
  readonly code: string
}
