import type { FastifyInstance } from 'fastify'
import { banInput, ban } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { BanUseCases } from '../../provisioning/bans.usecases.ts'
import { appParams } from './apps.routes.ts'

const banParams = z.strictObject({ app: z.string(), kind: z.string(), vouchingKey: z.string() })

export function registerBanRoutes(
  scope: FastifyInstance,
  bans: BanUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/apps/:app/bans',
      id: 'listBans',
      summary: 'List the bans of an app',
      caller: 'lookup',
      isLarge: true,
      params: appParams,
      query: pageQuery,
      answers: { 200: pageOf('bans', ban) },
    },
    ({ params, query }) => bans.list(params.app, requestedPage(query)),
  )
  endpoint(
    {
      route: 'POST /v1/apps/:app/bans',
      id: 'addBan',
      summary:
        'Ban an installation, named by its key or as the tokens of an API do: its vouching key where it has one',
      caller: 'support',
      params: appParams,
      body: banInput,
      example: {
        audience: 'https://api.example.com',
        installation: 'jyqLjCEIXAS42pGcPU7vvzI6e4V0tqJB0mKB19bQQLY',
        note: 'sells accounts',
        expires_at: '2027-02-28T00:00:00Z',
      },
      answers: { 201: ban },
      problems: ['api_not_found', 'vouching_key_is_batch'],
    },
    ({ params, body: { key, audience, installation, ...rest }, apiKey }) =>
      bans.add(
        params.app,
        key === undefined
          ? { ...rest, audience: audience as string, installation: installation as string }
          : { ...rest, key },
        { ofSupport: apiKey?.scope === 'support' },
      ),
  )
  endpoint(
    {
      route: 'DELETE /v1/apps/:app/bans/:kind/:vouchingKey',
      id: 'liftBan',
      summary: 'Lift a ban',
      caller: 'support',
      params: banParams,
      answers: nothing,
      problems: ['ban_not_found'],
    },
    ({ params: { app, kind, vouchingKey }, apiKey }) =>
      bans.lift(app, { kind, id: vouchingKey }, { ofSupport: apiKey?.scope === 'support' }),
  )
}
