import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { policyIdPattern } from '@assay/protocol'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { PolicyUseCases } from '../../provisioning/policies.usecases.ts'

const policyParams = z.strictObject({ policy: z.string() })
const namedPolicy = z.strictObject({ policy: z.string().regex(policyIdPattern) })
const version = z.string().regex(/^[1-9][0-9]{0,14}$/)
const versionParams = z.strictObject({ policy: z.string(), version })
const compareQuery = z.strictObject({ from: version, to: version })
const rollback = z.strictObject({ to: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
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
  routes.get(
    '/v1/policies/:policy/versions',
    { onRequest: read, schema: { params: policyParams, querystring: pageQuery } },
    ({ params, query }) => policies.versions(params.policy, pageAsked(query)),
  )
  routes.get(
    '/v1/policies/:policy/versions/:version',
    { onRequest: read, schema: { params: versionParams } },
    ({ params }) => policies.version(params.policy, Number(params.version)),
  )
  routes.get(
    '/v1/policies/:policy/compare',
    { onRequest: read, schema: { params: policyParams, querystring: compareQuery } },
    ({ params, query }) => policies.compare(params.policy, Number(query.from), Number(query.to)),
  )
  routes.post(
    '/v1/policies/:policy/rollback',
    { onRequest: policy, schema: { params: policyParams, body: rollback } },
    ({ params, body }) => policies.rollBack(params.policy, body.to),
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
