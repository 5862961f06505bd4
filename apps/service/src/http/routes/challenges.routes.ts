import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { headerNames, paths, readWireVersion, wireVersions } from '@assay/protocol'
import { challengeRequest } from '@assay/protocol/schemas'
import type { FloodLimits } from '../limits/flood-limits.ts'
import type { ChallengeUseCases } from '../../attestation/challenge/issue-challenge.ts'
import { ProblemError } from '../../faults/problem-error.ts'

/** Bytes. */
const bodyLimit = 8 * 1024

export function registerChallengeRoutes(
  instance: FastifyInstance,
  challenges: ChallengeUseCases,
  limits: Pick<FloodLimits, 'challenges'>,
): void {
  instance.withTypeProvider<ZodTypeProvider>().post(
    paths.challenges,
    {
      bodyLimit,
      onRequest: limits.challenges,
      preValidation: checkVersion,
      schema: { body: challengeRequest },
    },
    async (request, reply) => {
      const answer = await challenges.issue(request.body, request.id)
      return reply
        .header('cache-control', 'no-store')
        .header(headerNames.attestationChallenge, answer.attestation_challenge)
        .send(answer)
    },
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
