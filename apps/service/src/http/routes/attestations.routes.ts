import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { paths } from '@assay/protocol'
import { attestationRequest } from '@assay/protocol/schemas'
import { networkPrefix } from '../limits/network-prefix.ts'
import type { AttestationUseCases } from '../../attestation/answer.ts'

/** Bytes: the largest client data, and chains of platform evidence beside it. */
const bodyLimit = 256 * 1024

export function registerAttestationRoutes(
  instance: FastifyInstance,
  attestations: AttestationUseCases,
): void {
  instance
    .withTypeProvider<ZodTypeProvider>()
    .post(paths.attestations, { bodyLimit, schema: { body: attestationRequest } }, async (request, reply) => {
      const answer = await attestations.attest(request.body, request.id, {
        network: networkPrefix(request.ip),
        userAgent: request.headers['user-agent'] ?? '',
      })
      return reply.header('cache-control', 'no-store').send(answer)
    })
}
