import type { FastifyInstance, FastifyRequest } from 'fastify'
import { headerNames, paths, readWireVersion, wireVersions } from '@assay/protocol'
import { challengeRequest, challenge } from '@assay/protocol/schemas'
import { openEndpoints } from '../endpoints/register-endpoints.ts'
import { widestNetwork } from '../limits/network-prefix.ts'
import type { FloodLimits } from '../limits/flood-limits.ts'
import type { ChallengeUseCases } from '../../attestation/challenge/issue-challenge.ts'
import { ProblemError } from '../../faults/problem-error.ts'

/** Bytes. */
const bodyLimit = 8 * 1024

/** What the registration check of an exchange refuses. */
export const registrationProblems = [
  'app_not_registered',
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'build_expired',
  'channel_not_admitted',
  'abi_not_registered',
  'audience_not_registered',
  'token_kind_unsupported',
] as const

export function registerChallengeRoutes(
  scope: FastifyInstance,
  challenges: ChallengeUseCases,
  limits: Pick<FloodLimits, 'challenges'>,
): void {
  openEndpoints(scope, 'attestation')(
    {
      route: `POST ${paths.challenges}`,
      id: 'issueChallenge',
      summary: 'Issue a challenge and the measurement plan that goes with it',
      caller: 'anyone',
      body: challengeRequest,
      example: {
        v: 1,
        app: 'com.example.app',
        build: '1.4.2+10402',
        sdk: 'assay-client/0.1.0',
        key: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
        audiences: ['https://api.example.com'],
      },
      answers: { 200: challenge },
      problems: ['version_unsupported', 'rate_limited', ...registrationProblems],
    },
    async ({ body, id, ip }, reply) => {
      const answer = await challenges.issue(body, id, widestNetwork(ip))
      reply
        .header('cache-control', 'no-store')
        .header(headerNames.attestationChallenge, answer.attestation_challenge)
      return answer
    },
    { bodyLimit, onRequest: limits.challenges, preValidation: checkVersion },
  )
}

/**
 * Refuses a version of the protocol that the service does not speak before the body is checked against the schema of
 * this version, so that an SDK of another version learns that, instead of that its request is malformed. Use it as
 * `preValidation`.
 *
 * @throws ProblemError `version_unsupported`; the schema handles what is not a version
 */
export async function checkVersion({ body }: FastifyRequest): Promise<void> {
  if (readWireVersion(body) === 'unsupported')
    throw new ProblemError('version_unsupported', { supported: wireVersions })
}
