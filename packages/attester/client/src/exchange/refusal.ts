import type { ProblemDocument } from '@assay/protocol'
import { AssayClientError, type ClientErrorCode } from '../error.ts'
import type { Unchecked } from './answers.ts'

/** What an answer other than success means. `body` is the problem document, if it was one. */
export function readRefusal(
  { status, headers }: Response,
  body: Unchecked<ProblemDocument>,
): AssayClientError {
  const problem = textOf(body.code)
  return new AssayClientError(codeOf(status, problem), {
    problem,
    trace: textOf(body.trace),
    // A date is not read: the clock of the device may be wrong by days.
    retryAfter: Number(headers.get('Retry-After')) || undefined,
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function codeOf(status: number, problem: string | undefined): ClientErrorCode {
  if (status >= 500) return 'service_unavailable'
  if (status === 429) return 'rate_limited'
  // The page of a proxy, or of a network that wants a login first.
  if (problem === undefined) return 'response_invalid'
  if (problem === 'attestation_denied') return problem
  if (problem.startsWith('challenge_')) return 'challenge_stale'
  if (problem.startsWith('build_')) return 'build_refused'
  if (problem.endsWith('_not_registered')) return 'not_registered'
  if (problem === 'enrolment_required') return 'evidence_failed'
  return problem === 'client_data_signature_invalid' ? 'key_store_failed' : 'request_refused'
}
