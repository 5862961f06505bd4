import type { ProblemCode, ProblemDocument } from '@assay/protocol'
import { AssayClientError, type ClientErrorCode } from '../errors/error.ts'
import { wireVersion } from '../wire/sdk.ts'
import { readRemedy } from '../wire/remedy.ts'
import type { Unchecked } from '../wire/answers.ts'

/** The meaning of an answer other than success. `body` is the problem document, if it was one. */
export function readRefusal(
  { status, headers, url }: Response,
  { code, trace, supported, remedy }: Unchecked<ProblemDocument>,
): AssayClientError {
  const problem = textOf(code)
  const meaning = codeOf(status, problem, supported)
  return new AssayClientError(meaning, {
    ...(meaning === 'response_invalid' && notTheService(status, url)),
    problem,
    trace: textOf(trace),
    remedy: readRemedy(remedy),
    // A date is not read: the clock of the device may be wrong by days.
    retryAfter: Number(/^\d+$/.exec(headers.get('Retry-After') ?? '')?.[0]) || undefined,
  })
}

/** What is seen of an answer that is none of the service's. */
export function notTheService(status: number, url: string): { cause: Error } {
  return { cause: new Error(`${status} at ${url}: check endpoints`) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Problems that are reported as something other than `request_refused`. */
const reactions: readonly (readonly [ClientErrorCode, ...ProblemCode[]])[] = [
  ['attestation_denied', 'attestation_denied'],
  [
    'challenge_stale',
    'challenge_malformed',
    'challenge_invalid',
    'challenge_expired',
    'challenge_wrong_purpose',
    'challenge_outdated',
    'challenge_used',
  ],
  [
    'build_refused',
    'build_not_registered',
    'build_retired',
    'build_below_minimum',
    'build_expired',
    'channel_not_admitted',
    'abi_not_registered',
  ],
  ['not_registered', 'app_not_registered', 'audience_not_registered'],
  // The path that the SDK adds is not there: the endpoint is not the URL of the service.
  ['response_invalid', 'not_found'],
  ['evidence_failed', 'enrolment_required'],
  ['sdk_outdated', 'token_kind_unsupported'],
  ['key_store_failed', 'client_data_signature_invalid'],
]

function codeOf(status: number, problem: string | undefined, supported: unknown): ClientErrorCode {
  // 408: the body came too slowly, which another try may fix.
  if (status >= 500 || status === 408) return 'service_unavailable'
  if (status === 429) return 'rate_limited'
  // The page of a proxy, or of a network that wants a login first.
  if (!problem) return 'response_invalid'
  if (problem === ('version_unsupported' satisfies ProblemCode)) return outdated(supported)
  return (
    reactions.find(([, ...problems]) => problems.includes(problem as ProblemCode))?.[0] ?? 'request_refused'
  )
}

/** Which of the two is older: the service, if it speaks only lower versions. */
function outdated(supported: unknown): ClientErrorCode {
  const isOlder =
    Array.isArray(supported) &&
    supported.length > 0 &&
    supported.every((version) => typeof version === 'number' && version < wireVersion)
  return isOlder ? 'service_outdated' : 'sdk_outdated'
}
