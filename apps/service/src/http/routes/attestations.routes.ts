import type { FastifyInstance } from 'fastify'
import { paths } from '@assay/protocol'
import { attestationRequest, attestation } from '@assay/protocol/schemas'
import { z, type ZodType } from 'zod'
import { networkPrefix } from '../limits/network-prefix.ts'
import { openEndpoints } from '../endpoints/register-endpoints.ts'
import type { AttestationUseCases } from '../../attestation/answer.ts'
import { registrationProblems } from './challenges.routes.ts'

/** Bytes: the largest client data, and chains of platform evidence beside it. */
const bodyLimit = 256 * 1024

/** @param itemSchema a piece of evidence; its scheme checks it, not the route */
export function registerAttestationRoutes(
  scope: FastifyInstance,
  attestations: AttestationUseCases,
  itemSchema: ZodType,
): void {
  openEndpoints(scope, 'attestation')(
    {
      route: `POST ${paths.attestations}`,
      id: 'attest',
      summary: 'Exchange signed client data and evidence for tokens',
      caller: 'anyone',
      body: attestationRequest,
      wholeBody: z.intersection(attestationRequest, z.looseObject({ evidence: z.array(itemSchema) })),
      answers: { 200: attestation },
      problems: [
        ...registrationProblems,
        'rate_limited',
        'challenge_malformed',
        'challenge_invalid',
        'challenge_expired',
        'challenge_wrong_purpose',
        'challenge_outdated',
        'challenge_used',
        'client_data_malformed',
        'client_data_signature_invalid',
        'evidence_list_mismatch',
        'enrolment_required',
        'attestation_denied',
      ],
    },
    async ({ body, id, ip, headers }, reply) => {
      const answer = await attestations.attest(body, id, {
        network: networkPrefix(ip),
        userAgent: headers['user-agent'] ?? '',
      })
      reply.header('cache-control', 'no-store')
      return answer
    },
    { bodyLimit },
  )
}
