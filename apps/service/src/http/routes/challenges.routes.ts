import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { headerNames, paths } from '@assay/protocol'
import { challengeRequest } from '@assay/protocol/schemas'
import { checkVersion } from '../check-version.ts'
import type { ChallengeUseCases } from '../../attestation/challenge/issue-challenge.ts'

/** Bytes. */
const bodyLimit = 8 * 1024

export function registerChallengeRoutes(instance: FastifyInstance, challenges: ChallengeUseCases): void {
  instance
    .withTypeProvider<ZodTypeProvider>()
    .post(
      paths.challenges,
      { bodyLimit, preValidation: checkVersion, schema: { body: challengeRequest } },
      async (request, reply) => {
        const answer = await challenges.issue(request.body, request.id)
        return reply
          .header('cache-control', 'no-store')
          .header(headerNames.attestationChallenge, answer.attestation_challenge)
          .send(answer)
      },
    )
}
