import type { FastifyInstance } from 'fastify'
import { apiInput, apiPatch, api } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { ApiUseCases } from '../../provisioning/apis.usecases.ts'

const audienceParams = z.strictObject({ audience: z.string() })

const unknownNames = ['app_not_found', 'policy_not_found', 'api_not_found'] as const
const update = {
  summary: 'Change an API: members that are left out stay',
  caller: 'admin',
  body: apiPatch,
  example: { enforcement: 'enforce' },
  answers: { 200: api },
  problems: unknownNames,
} as const
const remove = {
  summary: 'Remove an API',
  caller: 'admin',
  answers: nothing,
  problems: ['api_not_found'],
} as const

/** An audience is a URL: it is sent as one encoded path segment or, where that is awkward, in the query. */
export function registerApiRoutes(
  scope: FastifyInstance,
  apis: ApiUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'provisioning', authorisation)
  endpoint(
    {
      route: 'POST /v1/apis',
      id: 'addApi',
      summary: 'Register an API',
      caller: 'admin',
      body: apiInput,
      example: {
        audience: 'https://api.example.com',
        apps: ['com.example.app'],
        tiers: ['affirming', 'warning'],
        mode: 'bound',
      },
      answers: { 201: api },
      problems: ['api_exists', ...unknownNames],
    },
    ({ body }) => apis.add(body),
  )
  endpoint(
    {
      route: 'GET /v1/apis',
      id: 'listApis',
      summary: 'List the registered APIs, or the one of an audience',
      caller: 'read',
      query: pageQuery.extend(audienceParams.partial().shape),
      answers: { 200: pageOf('apis', api) },
      problems: ['api_not_found'],
    },
    async ({ query: { audience, ...page } }) =>
      audience === undefined ? apis.list(requestedPage(page)) : { apis: [await apis.get(audience)] },
  )
  endpoint(
    {
      route: 'GET /v1/apis/:audience',
      id: 'getApi',
      summary: 'Get an API',
      caller: 'read',
      params: audienceParams,
      answers: { 200: api },
      problems: ['api_not_found'],
    },
    ({ params }) => apis.get(params.audience),
  )
  endpoint(
    { route: 'PATCH /v1/apis', id: 'updateApiOfAudience', query: audienceParams, ...update },
    ({ query, body }) => apis.update(query.audience, body),
  )
  endpoint(
    { route: 'PATCH /v1/apis/:audience', id: 'updateApi', params: audienceParams, ...update },
    ({ params, body }) => apis.update(params.audience, body),
  )
  endpoint(
    { route: 'DELETE /v1/apis', id: 'removeApiOfAudience', query: audienceParams, ...remove },
    ({ query }) => apis.remove(query.audience),
  )
  endpoint(
    { route: 'DELETE /v1/apis/:audience', id: 'removeApi', params: audienceParams, ...remove },
    ({ params }) => apis.remove(params.audience),
  )
}
