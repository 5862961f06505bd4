import { planOfAll } from '../../material/plan.ts'
import { audience, challengeText, service, shape, thumbprints, trace, type Members } from './world.ts'

/** What client data must be. Keys are counted from 0, as the key store gives them. */
export interface ExpectedRequest {
  readonly endpoint?: string
  readonly key?: number
  readonly evidence?: readonly string[]
  readonly same?: number
  readonly reference?: string
}

/** What a request for a challenge must be. Purpose and failures are as `Play` works them out unless they are given. */
export interface ExpectedChallengeRequest {
  readonly endpoint?: string
  readonly audiences?: readonly string[]
  /** The key that it names, counted from 0; `none` where the key is yet to be made. */
  readonly key?: number | 'none'
  readonly purpose?: 'enrolment' | 'refresh'
  readonly abi?: string
  /** Digest of the plan that the client holds. */
  readonly plan?: string
  readonly failures?: readonly string[]
}

/** A request for a challenge. */
export function challengeRequest({
  endpoint = service,
  audiences = [audience],
  key = 0,
  ...more
}: ExpectedChallengeRequest = {}): Members {
  const { app, build } = planOfAll
  const named = key === 'none' ? {} : { key: thumbprints[key] as string }
  return {
    url: `${endpoint}/v1/challenges`,
    body: {
      ...{ v: 1, app, build, sdk: 'SDK', audiences },
      ...named,
      ...(more.abi === undefined ? { shape } : {}),
      token_kinds: ['attestation', 'access'],
      ...more,
    },
  }
}

/** Client data for the challenge of this number. `same`: the body is that of the call of this number, byte for byte. */
export function attestation(
  challenge: number,
  { endpoint = service, key = 0, evidence = [], same, reference }: ExpectedRequest = {},
): Members {
  const body = { challenge: challengeText(challenge), key: thumbprints[key] as string, evidence }
  const more = { ...(same === undefined ? {} : { same }), ...(reference === undefined ? {} : { reference }) }
  return { url: `${endpoint}/v1/attestations`, body: { ...body, ...more } }
}

/** A token given to a caller. */
export function given(id: string, token: string, expiresIn = 295, more: Members = {}): Members {
  return { id, audience, token, expiresIn, trace, ...more }
}

/** An error reported to a caller. */
export function failed(id: string, error: string, more: Members = {}): Members {
  return { id, error, retryable: retryable.has(error), ...more }
}

const retryable = new Set([
  'network',
  'timeout',
  'response_invalid',
  'service_unavailable',
  'rate_limited',
  'challenge_stale',
  'measurement_failed',
  'key_store_failed',
  'evidence_failed',
])

/** The event of a failed exchange: seconds until the background tries again. */
export function refreshFailed(error: string, retryIn: number): Members {
  return { event: 'refresh-failed', error, retryIn }
}
