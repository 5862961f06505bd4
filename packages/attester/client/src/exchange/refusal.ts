import type { ProblemDocument } from '@assay/protocol'
import { AssayClientError, type ClientErrorCode } from '../error.ts'
import type { Unchecked } from './answers.ts'

/** What an answer other than success means. `body` is the problem document, if it was one. */
export function readRefusal(
  { status, headers }: Response,
  { code, trace }: Unchecked<ProblemDocument>,
): AssayClientError {
  const problem = textOf(code)
  return new AssayClientError(codeOf(status, problem), {
    problem,
    trace: textOf(trace),
    // A date is not read: the clock of the device may be wrong by days.
    retryAfter: Number(headers.get('Retry-After')) || undefined,
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** By a part of the problem's code; the first that is in it. */
const told: { readonly [Code in ClientErrorCode]?: string } = {
  attestation_denied: 'attestation_denied',
  challenge_stale: 'challenge',
  build_refused: 'build',
  not_registered: 'not_registered',
  evidence_failed: 'enrolment',
  key_store_failed: 'signature',
}

function codeOf(status: number, problem: string | undefined): ClientErrorCode {
  if (status >= 500) return 'service_unavailable'
  if (status === 429) return 'rate_limited'
  // The page of a proxy, or of a network that wants a login first.
  if (!problem) return 'response_invalid'
  const codes = Object.keys(told) as (keyof typeof told)[]
  return codes.find((code) => problem.includes(told[code] as string)) ?? 'request_refused'
}
