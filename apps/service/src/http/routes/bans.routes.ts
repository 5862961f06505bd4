import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { banInput } from '@assay/protocol/schemas'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { BanUseCases } from '../../provisioning/bans.usecases.ts'

const appParams = z.strictObject({ app: z.string() })
const banParams = z.strictObject({ app: z.string(), kind: z.string(), vouchingKey: z.string() })

export function registerBanRoutes(
  instance: FastifyInstance,
  bans: BanUseCases,
  { read, support }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/v1/apps/:app/bans',
    { onRequest: read, schema: { params: appParams, querystring: pageQuery } },
    (request) => bans.list(request.params.app, pageAsked(request.query)),
  )
  routes.post(
    '/v1/apps/:app/bans',
    { onRequest: support, schema: { params: appParams, body: banInput } },
    async ({ params, body }, reply) => {
      const { key, audience, installation, ...rest } = body
      const asked =
        key === undefined
          ? { ...rest, audience: audience as string, installation: installation as string }
          : { ...rest, key }
      return reply.status(201).send(await bans.add(params.app, asked))
    },
  )
  routes.delete(
    '/v1/apps/:app/bans/:kind/:vouchingKey',
    { onRequest: support, schema: { params: banParams } },
    async (request, reply) => {
      const { app, kind, vouchingKey } = request.params
      await bans.lift(app, { kind, id: vouchingKey })
      return reply.status(204).send()
    },
  )
}
