import { mediaTypes } from '@assay/protocol'
import { problemDocument } from '../faults/problem.ts'
import { meterFaults } from './codes.ts'
import type {
  CostlyRequest,
  ExceededLimit,
  MeterMalfunction,
  MeterProblem,
  MeterRefusal,
  UnboundedCaller,
} from './meter.ts'
import { type Remainder, rateLimitFields } from './rate-limit-fields.ts'

/** Seconds after which a caller with too many open streams, or of a store that does not answer, may try again. */
export const briefly = 5
/** Seconds. SDKs of models wait for as long as `Retry-After` says, however long that is, unless they are told not to. */
export const longestWait = 60

/** @param wait seconds */
export function exceededAnswer(
  exceeded: ExceededLimit,
  wait: number,
  policy: string | undefined,
  remainders: readonly Remainder[],
): MeterRefusal {
  return Object.freeze({
    ok: false,
    kind: 'refused',
    code: 'METER_EXCEEDED',
    status: 429,
    headers: Object.freeze({
      ...fieldsOf(wait),
      ...(wait > longestWait ? { 'x-should-retry': 'false' } : {}),
      ...rateLimitFields(policy, remainders),
    }),
    body: problemOf('METER_EXCEEDED'),
    exceeded,
  })
}

export function costlyAnswer(exceeded: ExceededLimit): CostlyRequest {
  return Object.freeze({
    ok: false,
    kind: 'refused',
    code: 'METER_REQUEST_TOO_COSTLY',
    status: 403,
    headers: Object.freeze(plain),
    body: problemOf('METER_REQUEST_TOO_COSTLY'),
    exceeded,
  })
}

export function failedAnswer(code: MeterMalfunction['code'], cause?: unknown): MeterMalfunction {
  return Object.freeze({
    ok: false,
    kind: 'malfunction',
    code,
    status: 503,
    headers: Object.freeze(fieldsOf(briefly)),
    body: problemOf(code),
    cause,
  })
}

const plain = { 'Content-Type': mediaTypes.problem, 'Cache-Control': 'no-store' }

function fieldsOf(wait: number) {
  return { ...plain, 'Retry-After': String(wait) }
}

function problemOf(code: keyof typeof meterFaults): MeterProblem {
  return Object.freeze(problemDocument(code, meterFaults[code]))
}

export const unboundedCaller: UnboundedCaller = Object.freeze({
  ok: false,
  kind: 'refused',
  code: 'METER_CALLER_UNBOUNDED',
  status: 403,
  headers: Object.freeze(plain),
  body: problemOf('METER_CALLER_UNBOUNDED'),
})
