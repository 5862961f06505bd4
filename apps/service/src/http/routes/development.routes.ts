import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { mediaTypes, paths } from '@assay/protocol'
import { developmentSecretInput, developmentTokenRequest } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { DevelopmentSecretUseCases } from '../../provisioning/development-secrets.usecases.ts'
import type { DevelopmentTokenUseCases } from '../../provisioning/development-tokens.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { FloodLimits } from '../limits/flood-limits.ts'
import { pageAsked, pageQuery } from '../input/queries.ts'
import { checkVersion } from './challenges.routes.ts'

/** Bytes. */
const bodyLimit = 8 * 1024

/** For SDKs. */
export function registerDevelopmentTokenRoutes(
  instance: FastifyInstance,
  development: DevelopmentTokenUseCases,
  limits: Pick<FloodLimits, 'challenges'>,
): void {
  instance.withTypeProvider<ZodTypeProvider>().post(
    paths.developmentTokens,
    {
      bodyLimit,
      onRequest: limits.challenges,
      preValidation: checkVersion,
      schema: { body: developmentTokenRequest },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await development.issue(request.body, request.id)),
  )
}

/** For guards on developers' machines. */
export function registerDevelopmentKeyRoutes(
  instance: FastifyInstance,
  development: Pick<DevelopmentTokenUseCases, 'jwks'>,
): void {
  instance.get(paths.developmentJwks, async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type(mediaTypes.jwks)
      .send(JSON.stringify(await development.jwks())),
  )
}

/** For operators. */
export function registerDevelopmentSecretRoutes(
  instance: FastifyInstance,
  secrets: DevelopmentSecretUseCases,
  { admin, read }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/v1/development-secrets',
    { onRequest: admin, schema: { body: developmentSecretInput } },
    async (request, reply) =>
      reply
        .status(201)
        .header('cache-control', 'no-store')
        .send(await secrets.add(request.body)),
  )
  routes.get(
    '/v1/development-secrets',
    { onRequest: read, schema: { querystring: pageQuery } },
    ({ query }) => secrets.list(pageAsked(query)),
  )
  routes.post(
    '/v1/development-secrets/:id/revoke',
    { onRequest: admin, schema: { params: z.strictObject({ id: z.string() }) } },
    ({ params }) => secrets.revoke(params.id),
  )
}
