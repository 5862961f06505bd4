import type { FastifyInstance } from 'fastify'
import type { SchemeRegistry, SchemeSettings } from '@assay/evidence'
import { appInput, appPatch, app, evidenceKind } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { appsSeenBy } from '../authorisation/confine.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { AppUseCases } from '../../provisioning/apps.usecases.ts'

/** A path segment as it comes: an unregistered one is not found, whatever its form. */
export const appParams = z.strictObject({ app: z.string() })

export function registerAppRoutes(
  scope: FastifyInstance,
  apps: AppUseCases,
  schemes: Pick<SchemeRegistry, 'settings' | 'settingsSchema'>,
  authorisation: Authorisation,
): void {
  const { settings, settingsSchema } = schemes
  const endpoint = endpointsFor(scope, 'provisioning', authorisation)
  endpoint(
    {
      route: 'POST /v1/apps',
      id: 'addApp',
      summary: 'Register an app',
      caller: 'admin',
      body: appInput(settingsSchema),
      example: {
        id: 'com.example.app',
        platform: settings[0]?.platform ?? 'web',
        evidence: Object.fromEntries(settings.slice(0, 1).map(({ name, example }) => [name, example])),
      },
      answers: { 201: app },
      problems: ['app_exists', 'policy_not_found', 'evidence_settings_invalid'],
    },
    ({ body }) => apps.add(body),
  )
  endpoint(
    {
      route: 'GET /v1/apps',
      id: 'listApps',
      summary: 'List the registered apps; a support key gets its own',
      caller: 'confined',
      query: pageQuery,
      answers: { 200: pageOf('apps', app) },
    },
    async (request) => {
      const seen = appsSeenBy(request)
      return seen === undefined
        ? apps.list(requestedPage(request.query))
        : { apps: await Promise.all(seen.map((id) => apps.get(id))) }
    },
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app',
      id: 'getApp',
      summary: 'Get an app',
      caller: 'lookup',
      params: appParams,
      answers: { 200: app },
    },
    ({ params }) => apps.get(params.app),
  )
  endpoint(
    {
      route: 'PATCH /v1/apps/:app',
      id: 'updateApp',
      summary: 'Change an app: members that are left out stay',
      caller: 'admin',
      params: appParams,
      body: appPatch(settingsSchema),
      example: { min_version_code: 10402 },
      answers: { 200: app },
      problems: ['policy_not_found', 'evidence_settings_invalid'],
    },
    ({ params, body }) => apps.update(params.app, body),
  )
  endpoint(
    {
      route: 'DELETE /v1/apps/:app',
      id: 'removeApp',
      summary: 'Remove an app with its builds',
      caller: 'admin',
      params: appParams,
      answers: nothing,
    },
    ({ params }) => apps.remove(params.app),
  )
  const kinds = settings.map(toKind)
  endpoint(
    {
      route: 'GET /v1/evidence',
      id: 'listEvidence',
      summary: 'List the kinds of evidence that apps may send, with the form of their settings',
      caller: 'read',
      answers: { 200: z.object({ evidence: z.array(evidenceKind) }) },
    },
    () => ({ evidence: kinds }),
  )
  for (const { secret } of settings) {
    if (secret === undefined) continue
    const { name, schema } = secret
    endpoint(
      {
        route: `PUT /v1/apps/:app/${name}`,
        id: `put-${name}`.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
        summary: `Give the app its ${name.replaceAll('-', ' ')}, which are sealed and never read back`,
        caller: 'admin',
        params: appParams,
        body: schema,
        answers: nothing,
      },
      ({ params, body }) => apps.putSecret(params.app, secret, body),
    )
  }
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
