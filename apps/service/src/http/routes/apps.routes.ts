import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { appInput, appPatch, playIntegrityKeysInput } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { Authorisation } from '../authorisation.ts'
import type { AppUseCases } from '../../provisioning/apps.usecases.ts'

/** A path segment as it comes: what is not registered is not found, whatever its form. */
export const appParams = z.strictObject({ app: z.string() })

export function registerAppRoutes(
  instance: FastifyInstance,
  apps: AppUseCases,
  { admin }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.post('/v1/apps', { onRequest: admin, schema: { body: appInput } }, async (request, reply) =>
    reply.status(201).send(await apps.add(request.body)),
  )
  routes.get('/v1/apps', { onRequest: admin }, async () => ({ apps: await apps.list() }))
  routes.get('/v1/apps/:app', { onRequest: admin, schema: { params: appParams } }, (request) =>
    apps.get(request.params.app),
  )
  routes.patch(
    '/v1/apps/:app',
    { onRequest: admin, schema: { params: appParams, body: appPatch } },
    (request) => apps.update(request.params.app, request.body),
  )
  routes.put(
    '/v1/apps/:app/play-integrity-keys',
    { onRequest: admin, schema: { params: appParams, body: playIntegrityKeysInput } },
    async (request, reply) => {
      await apps.putPlayIntegrityKeys(request.params.app, request.body)
      return reply.status(204).send()
    },
  )
  routes.delete(
    '/v1/apps/:app',
    { onRequest: admin, schema: { params: appParams } },
    async (request, reply) => {
      await apps.remove(request.params.app)
      return reply.status(204).send()
    },
  )
}
