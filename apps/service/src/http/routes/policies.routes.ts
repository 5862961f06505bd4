import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { policyIdPattern } from '@assay/protocol'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../queries.ts'
import type { Authorisation } from '../authorisation.ts'
import type { PolicyUseCases } from '../../provisioning/policies.usecases.ts'

const policyParams = z.strictObject({ policy: z.string() })
const namedPolicy = z.strictObject({ policy: z.string().regex(policyIdPattern) })
/** Compiling it says what it lacks. */
const document = z.looseObject({})

export function registerPolicyRoutes(
  instance: FastifyInstance,
  policies: PolicyUseCases,
  { read, policy }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get('/v1/policies', { onRequest: read, schema: { querystring: pageQuery } }, ({ query }) =>
    policies.list(pageAsked(query)),
  )
  routes.get('/v1/policies/:policy', { onRequest: read, schema: { params: policyParams } }, (request) =>
    policies.get(request.params.policy),
  )
  routes.put(
    '/v1/policies/:policy',
    { onRequest: policy, schema: { params: namedPolicy, body: document } },
    (request) => policies.put(request.params.policy, request.body),
  )
  routes.delete(
    '/v1/policies/:policy',
    { onRequest: policy, schema: { params: policyParams } },
    async (request, reply) => {
      await policies.remove(request.params.policy)
      return reply.status(204).send()
    },
  )
}
