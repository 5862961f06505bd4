import type { FastifyInstance } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import {
  developmentSecretInput,
  developmentTokenRequest,
  attestation,
  createdDevelopmentSecret,
  developmentSecret,
  jwks,
} from '@assay/protocol/schemas'
import { z } from 'zod'
import type { DevelopmentSecretUseCases } from '../../provisioning/development-secrets.usecases.ts'
import type { DevelopmentTokenUseCases } from '../../provisioning/development-tokens.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor, openEndpoints } from '../endpoints/register-endpoints.ts'
import type { FloodLimits } from '../limits/flood-limits.ts'
import { requestedPage, pageQuery } from '../input/queries.ts'
import { checkVersion } from './challenges.routes.ts'

/** Bytes. */
const bodyLimit = 8 * 1024

/** For SDKs. */
export function registerDevelopmentTokenRoutes(
  scope: FastifyInstance,
  development: DevelopmentTokenUseCases,
  limits: Pick<FloodLimits, 'challenges'>,
): void {
  openEndpoints(scope, 'attestation')(
    {
      route: `POST ${paths.developmentTokens}`,
      id: 'issueDevelopmentTokens',
      summary: 'Exchange a development secret for tokens, without appraisal',
      caller: 'anyone',
      body: developmentTokenRequest,
      example: {
        v: 1,
        app: 'com.example.app.dev',
        build: 'dev',
        sdk: 'assay-client/0.1.0',
        key: {
          kty: 'EC',
          crv: 'P-256',
          x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
          y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
        },
        audiences: ['http://localhost:3000'],
        secret: 'assaydev_…',
      },
      answers: { 200: attestation },
      problems: ['version_unsupported', 'rate_limited', 'development_refused'],
    },
    async ({ body, id }, reply) => {
      const answer = await development.issue(body, id)
      reply.header('cache-control', 'no-store')
      return answer
    },
    { bodyLimit, onRequest: limits.challenges, preValidation: checkVersion },
  )
}

/** For guards on developers' machines. */
export function registerDevelopmentKeyRoutes(
  scope: FastifyInstance,
  development: Pick<DevelopmentTokenUseCases, 'jwks'>,
): void {
  openEndpoints(scope, 'discovery')(
    {
      route: `GET ${paths.developmentJwks}`,
      id: 'getDevelopmentJwks',
      summary: 'Get the public key of tokens for development',
      caller: 'anyone',
      answers: { 200: { json: jwks, type: mediaTypes.jwks } },
    },
    async (_request, reply) => {
      const set = await development.jwks()
      reply.header('cache-control', 'public, max-age=300')
      return set
    },
  )
}

/** For operators. */
export function registerDevelopmentSecretRoutes(
  scope: FastifyInstance,
  secrets: DevelopmentSecretUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'POST /v1/development-secrets',
      id: 'addDevelopmentSecret',
      summary: 'Make a development secret, which is shown this once',
      caller: 'admin',
      body: developmentSecretInput,
      example: { app: 'com.example.app.dev', name: 'end-to-end tests', days: 30 },
      answers: { 201: createdDevelopmentSecret },
      problems: ['app_not_found'],
    },
    ({ body }, reply) => {
      reply.header('cache-control', 'no-store')
      return secrets.add(body)
    },
  )
  endpoint(
    {
      route: 'GET /v1/development-secrets',
      id: 'listDevelopmentSecrets',
      summary: 'List the development secrets, without the secrets themselves',
      caller: 'read',
      query: pageQuery,
      answers: { 200: pageOf('secrets', developmentSecret) },
    },
    ({ query }) => secrets.list(requestedPage(query)),
  )
  endpoint(
    {
      route: 'POST /v1/development-secrets/:id/revoke',
      id: 'revokeDevelopmentSecret',
      summary: 'Revoke a development secret at once',
      caller: 'admin',
      params: z.strictObject({ id: z.string() }),
      answers: { 200: developmentSecret },
      problems: ['development_secret_not_found'],
    },
    ({ params }) => secrets.revoke(params.id),
  )
}
