import type { FastifyInstance } from 'fastify'
import { allowInput, allowEntry, listedAllowEntry } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { AllowUseCases } from '../../provisioning/allow.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { appParams } from './apps.routes.ts'

const deviceParams = z.strictObject({ app: z.string(), installation: z.string() })
const deviceQuery = z.strictObject({ audience: z.string() })

export function registerAllowRoutes(
  scope: FastifyInstance,
  allow: AllowUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/apps/:app/allow',
      id: 'listAllowEntries',
      summary: 'List the test devices of an app that get tokens though the policy refuses them',
      caller: 'lookup',
      params: appParams,
      answers: { 200: z.object({ entries: z.array(listedAllowEntry) }) },
    },
    ({ params }) => allow.list(params.app),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/allow',
      id: 'addAllowEntry',
      summary: 'Let a test device through at one API, until a day',
      caller: 'policy',
      params: appParams,
      body: allowInput,
      example: {
        audience: 'https://api.example.com',
        key: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
        note: 'rooted phone of the test lab',
        expires_at: '2027-02-28T00:00:00Z',
      },
      answers: { 201: allowEntry },
      problems: ['api_not_found', 'allow_list_full'],
    },
    ({ params, body: { key, installation, ...rest } }) =>
      allow.add(
        params.app,
        key === undefined ? { ...rest, installation: installation as string } : { ...rest, key },
      ),
  )
  endpoint(
    {
      route: 'DELETE /v1/apps/:app/allow/:installation',
      id: 'removeAllowEntry',
      summary: 'Let a test device through no longer',
      caller: 'policy',
      params: deviceParams,
      query: deviceQuery,
      answers: nothing,
      problems: ['allow_entry_not_found'],
    },
    ({ params: { app, installation }, query }) =>
      allow.remove(app, { installation, audience: query.audience }),
  )
}
