import type { ProblemCode } from '@assay/protocol'
import { problemCodes, problems } from '@assay/protocol/codes'
import { describe, expect, it } from 'vitest'
import type { ClientErrorCode } from '../../src/errors/error.ts'
import { readRefusal } from '../../src/exchange/refusal.ts'

const codeFor = (problem: ProblemCode, status = problems[problem].status): ClientErrorCode => {
  return readRefusal({ status, headers: new Headers() } as Response, { code: problem }).code
}

/** What the endpoints for apps refuse with. */
const refusals: readonly [ProblemCode, ClientErrorCode][] = [
  ['json_invalid', 'request_refused'],
  ['json_duplicate_member', 'request_refused'],
  ['json_too_deep', 'request_refused'],
  ['request_invalid', 'request_refused'],
  ['body_too_large', 'request_refused'],
  ['body_too_slow', 'service_unavailable'],
  ['media_type_unsupported', 'request_refused'],
  ['not_found', 'response_invalid'],
  ['method_not_allowed', 'request_refused'],
  ['rate_limited', 'rate_limited'],
  ['app_not_registered', 'not_registered'],
  ['build_not_registered', 'build_refused'],
  ['build_retired', 'build_refused'],
  ['build_below_minimum', 'build_refused'],
  ['build_expired', 'build_refused'],
  ['channel_not_admitted', 'build_refused'],
  ['abi_not_registered', 'build_refused'],
  ['audience_not_registered', 'not_registered'],
  ['challenge_malformed', 'challenge_stale'],
  ['challenge_invalid', 'challenge_stale'],
  ['challenge_expired', 'challenge_stale'],
  ['challenge_wrong_purpose', 'challenge_stale'],
  ['challenge_outdated', 'challenge_stale'],
  ['challenge_used', 'challenge_stale'],
  ['client_data_malformed', 'request_refused'],
  ['client_data_signature_invalid', 'key_store_failed'],
  ['evidence_list_mismatch', 'request_refused'],
  ['enrolment_required', 'evidence_failed'],
  ['attestation_denied', 'attestation_denied'],
  ['temporarily_unavailable', 'service_unavailable'],
  ['internal_error', 'service_unavailable'],
]

describe('a refusal of the service', () => {
  it.each(refusals)('%s is reported as %s', (problem, code) => {
    expect(codeFor(problem)).toBe(code)
  })

  it('is cured by another challenge, key or enrolment, or is a refusal, only where the code says so', () => {
    const reactions: ClientErrorCode[] = [
      'attestation_denied',
      'challenge_stale',
      'evidence_failed',
      'key_store_failed',
    ]
    const found = problemCodes.filter((problem) => reactions.includes(codeFor(problem)))
    expect(found).toEqual(refusals.filter(([, code]) => reactions.includes(code)).map(([problem]) => problem))
  })

  it.each([
    [[0], 'service_outdated'],
    [[2], 'sdk_outdated'],
    [[0, 2], 'sdk_outdated'],
    [[], 'sdk_outdated'],
    [undefined, 'sdk_outdated'],
    ['1', 'sdk_outdated'],
  ])('for the version of the protocol, where %j are supported, is reported as %s', (supported, code) => {
    const refused = readRefusal({ status: 400, headers: new Headers() } as Response, {
      code: 'version_unsupported',
      supported,
    })
    expect(refused).toMatchObject({ code, retryable: false })
  })

  it('is named in the message, unless it is no word', () => {
    const refusal = (code: string, status = 403) =>
      readRefusal({ status, headers: new Headers(), url: 'https://a.example/b' } as Response, { code })
    expect(refusal('development_refused').message).toBe(
      'request_refused: look up its problem (development_refused)',
    )
    expect(refusal('attestation_denied').message).toBe('attestation_denied: see the trace')
    expect(refusal('a b\n').message).toBe('request_refused: look up its problem')
    expect(refusal('x'.repeat(65)).message).toBe('request_refused: look up its problem')
    expect(refusal('not_found', 404)).toMatchObject({
      message: 'response_invalid: see cause, try again (not_found)',
      cause: { message: '404 at https://a.example/b: check endpoints' },
    })
  })

  it('whose code only looks like another is no more than refused', () => {
    for (const code of ['challenge_', 'my_challenge_used', 'build', 'constructor', 'attestation_denied_']) {
      expect(codeFor(code as ProblemCode, 400)).toBe('request_refused')
    }
  })

  it('without a code is no answer of the service', () => {
    const { code } = readRefusal({ status: 403, headers: new Headers() } as Response, { code: 1 })
    expect(code).toBe('response_invalid')
  })
})
