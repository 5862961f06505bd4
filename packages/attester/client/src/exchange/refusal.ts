import { AssayClientError, type ClientErrorCode } from '../error.ts'
import type { Members } from './answers.ts'

/** What an answer other than success means. `body` is the problem document, if it was one. */
export function readRefusal(
  status: number,
  body: Members | undefined,
  retryAfter: number | undefined,
): AssayClientError {
  const problem = typeof body?.code === 'string' ? body.code : undefined
  const trace = typeof body?.trace === 'string' ? body.trace : undefined
  return new AssayClientError(codeOf(status, problem), { problem, trace, retryAfter })
}

function codeOf(status: number, problem: string | undefined): ClientErrorCode {
  if (status >= 500) return 'service_unavailable'
  if (status === 429) return 'rate_limited'
  // A page of a proxy or of a network that wants a login first.
  if (problem === undefined) return 'response_invalid'
  if (problem.startsWith('challenge_')) return 'challenge_stale'
  switch (problem) {
    case 'attestation_denied':
      return 'attestation_denied'
    case 'build_not_registered':
    case 'build_retired':
    case 'build_below_minimum':
      return 'build_refused'
    case 'app_not_registered':
    case 'audience_not_registered':
      return 'not_registered'
    case 'client_data_signature_invalid':
      return 'key_store_failed'
    default:
      return 'request_refused'
  }
}

/**
 * Seconds in `Retry-After` (RFC 9110 section 10.2.3): a number, or a date that is compared with the `Date` of the
 * same answer, because the clock of the device may be wrong by days.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('Retry-After')
  if (value === null) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const seconds = (Date.parse(value) - Date.parse(headers.get('Date') ?? '')) / 1000
  return seconds >= 0 ? seconds : undefined
}
