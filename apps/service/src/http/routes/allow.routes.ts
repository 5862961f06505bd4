import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { allowInput } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { AllowUseCases } from '../../provisioning/allow.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'

const appParams = z.strictObject({ app: z.string() })
const entryParams = z.strictObject({ app: z.string(), installation: z.string() })
const entryQuery = z.strictObject({ audience: z.string() })

export function registerAllowRoutes(
  instance: FastifyInstance,
  allow: AllowUseCases,
  { read, policy }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get('/v1/apps/:app/allow', { onRequest: read, schema: { params: appParams } }, (request) =>
    allow.list(request.params.app),
  )
  routes.post(
    '/v1/apps/:app/allow',
    { onRequest: policy, schema: { params: appParams, body: allowInput } },
    async ({ params, body }, reply) => {
      const { key, installation, ...rest } = body
      const asked = key === undefined ? { ...rest, installation: installation as string } : { ...rest, key }
      return reply.status(201).send(await allow.add(params.app, asked))
    },
  )
  routes.delete(
    '/v1/apps/:app/allow/:installation',
    { onRequest: policy, schema: { params: entryParams, querystring: entryQuery } },
    async ({ params, query }, reply) => {
      await allow.remove(params.app, { installation: params.installation, audience: query.audience })
      return reply.status(204).send()
    },
  )
}
