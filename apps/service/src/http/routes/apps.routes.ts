import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { SchemeRegistry, SchemeSettings } from '@assay/evidence'
import { appInput, appPatch } from '@assay/protocol/schemas'
import { z } from 'zod'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import type { AppUseCases } from '../../provisioning/apps.usecases.ts'

/** A path segment as it comes: an unregistered one is not found, whatever its form. */
export const appParams = z.strictObject({ app: z.string() })

export function registerAppRoutes(
  instance: FastifyInstance,
  apps: AppUseCases,
  schemes: Pick<SchemeRegistry, 'settings' | 'settingsSchema'>,
  { admin, read }: Authorisation,
): void {
  const body = { add: appInput(schemes.settingsSchema), patch: appPatch(schemes.settingsSchema) }
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.post('/v1/apps', { onRequest: admin, schema: { body: body.add } }, async (request, reply) =>
    reply.status(201).send(await apps.add(request.body)),
  )
  routes.get('/v1/apps', { onRequest: read, schema: { querystring: pageQuery } }, ({ query }) =>
    apps.list(pageAsked(query)),
  )
  routes.get('/v1/apps/:app', { onRequest: read, schema: { params: appParams } }, (request) =>
    apps.get(request.params.app),
  )
  routes.patch(
    '/v1/apps/:app',
    { onRequest: admin, schema: { params: appParams, body: body.patch } },
    (request) => apps.update(request.params.app, request.body),
  )
  const kinds = schemes.settings.map(toKind)
  routes.get('/v1/evidence', { onRequest: read }, () => ({ evidence: kinds }))
  for (const { secret } of schemes.settings) {
    if (secret === undefined) continue
    routes.put(
      `/v1/apps/:app/${secret.name}`,
      { onRequest: admin, schema: { params: appParams, body: secret.schema } },
      async (request, reply) => {
        await apps.putSecret(request.params.app, secret, request.body)
        return reply.status(204).send()
      },
    )
  }
  routes.delete(
    '/v1/apps/:app',
    { onRequest: admin, schema: { params: appParams } },
    async (request, reply) => {
      await apps.remove(request.params.app)
      return reply.status(204).send()
    },
  )
}

/** What an operator can set for a kind of evidence, in forms that other programs can read. */
function toKind({ name, platform, schema, example, secret }: SchemeSettings) {
  return {
    name,
    platform,
    form: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    example,
    secret:
      secret === undefined
        ? null
        : { name: secret.name, form: z.toJSONSchema(secret.schema, { io: 'input', unrepresentable: 'any' }) },
  }
}
