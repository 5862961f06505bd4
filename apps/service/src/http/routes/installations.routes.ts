import type { FastifyInstance } from 'fastify'
import {
  allowEntry,
  forgotten,
  installation,
  installationQuery,
  letThroughInput,
  listedInstallation,
} from '@assay/protocol/schemas'
import { thumbprintPattern } from '@assay/protocol'
import { z } from 'zod'
import type { InstallationUseCases } from '../../provisioning/installations/installations.usecases.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { pageQuery, requestedPage } from '../input/queries.ts'
import { appParams } from './apps.routes.ts'

const installationParams = z.strictObject({ app: z.string(), key: z.string().regex(thumbprintPattern) })

/** Installations, for operators and for support. */
export function registerInstallationRoutes(
  scope: FastifyInstance,
  installations: InstallationUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/apps/:app/installations',
      id: 'listInstallations',
      summary: 'List the installations of an app whose evidence is remembered',
      caller: 'lookup',
      isLarge: true,
      params: appParams,
      query: pageQuery,
      answers: { 200: pageOf('installations', listedInstallation) },
    },
    ({ params, query }) => installations.list(params.app, requestedPage(query)),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/installations/find',
      id: 'findInstallations',
      summary:
        'Find installations by key, by the name that the tokens of an API have for it, by trace, or by what the app calls its user',
      caller: 'find',
      params: appParams,
      body: installationQuery,
      example: { trace: 'H8SGZZG7BK8JKD36W' },
      answers: { 200: z.object({ installations: z.array(listedInstallation) }) },
      problems: ['api_not_found', 'trace_not_found', 'installation_not_found'],
    },
    ({ params, body }) => installations.find(params.app, body),
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app/installations/:key',
      id: 'getInstallation',
      summary: 'Get what is kept of an installation: its device, its history, its bans',
      caller: 'lookup',
      params: installationParams,
      answers: { 200: installation },
      problems: ['installation_not_found'],
    },
    ({ params: { app, key } }) => installations.show(app, key),
  )
  endpoint(
    {
      route: 'DELETE /v1/apps/:app/installations/:key',
      id: 'forgetInstallation',
      summary:
        'Forget an installation on request; bans and limits of its vouching key stay, and so do counts',
      caller: 'support',
      params: installationParams,
      answers: { 200: forgotten },
      problems: ['installation_not_found'],
    },
    ({ params: { app, key }, apiKey }) =>
      installations.forget(app, key, { ofSupport: apiKey?.scope === 'support' }),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/installations/:key/let-through',
      id: 'letInstallationThrough',
      summary: 'Let an installation through at one API for a day at most, where the policy refused it',
      caller: 'support',
      params: installationParams,
      body: letThroughInput,
      example: {
        audience: 'https://api.example.com',
        trace: 'H8SGZZG7BK8JKD36W',
        note: 'ticket 4711',
        expires_at: '2027-02-28T00:00:00Z',
      },
      answers: { 201: allowEntry },
      problems: [
        'api_not_found',
        'let_through_not_refused',
        'let_through_code_differs',
        'let_through_tier_excluded',
        'let_through_spent',
        'allow_entry_exists',
        'allow_list_full',
      ],
    },
    async (request) => {
      const { params, body, apiKey } = request
      if (apiKey?.scope === 'support' && !apiKey.let_through) throw new ProblemError('scope_insufficient')
      return installations.letThrough(params.app, params.key, body)
    },
  )
}
