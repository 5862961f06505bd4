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

/** By a part of the code of the problem; the first that fits. */
const told: { readonly [Code in ClientErrorCode]?: RegExp } = {
  attestation_denied: /^attestation_/,
  challenge_stale: /^challenge_/,
  build_refused: /^build_/,
  not_registered: /_not_registered/,
  evidence_failed: /^enrolment_/,
  key_store_failed: /_signature_/,
}

function codeOf(status: number, problem: string | undefined): ClientErrorCode {
  if (status >= 500) return 'service_unavailable'
  if (status === 429) return 'rate_limited'
  // The page of a proxy, or of a network that wants a login first.
  if (!problem) return 'response_invalid'
  const codes = Object.keys(told) as (keyof typeof told)[]
  return codes.find((code) => told[code]?.test(problem)) ?? 'request_refused'
}
