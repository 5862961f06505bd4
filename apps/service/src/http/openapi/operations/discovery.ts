import { mediaTypes, paths, statusListMediaType } from '@assay/protocol'
import { z } from 'zod'
import * as answers from '@assay/protocol/schemas'
import { operations } from './operation.ts'

/** What relying parties call. */
export const discoveryOperations = operations('discovery', 'anyone', {
  [`GET ${paths.developmentJwks}`]: {
    id: 'getDevelopmentJwks',
    summary: 'Get the public key of tokens for development',
    answers: { 200: { json: answers.jwks, type: mediaTypes.jwks } },
  },
  [`GET ${paths.jwks}`]: {
    id: 'getKeys',
    summary: 'Get the public keys of tokens',
    answers: { 200: { json: answers.jwks, type: mediaTypes.jwks } },
  },
  [`GET ${paths.metadata}`]: {
    id: 'getServiceMetadata',
    summary: 'Get what the service says of itself: endpoints and algorithms',
    answers: answers.serviceMetadata,
  },
  [`GET ${paths.openidConfiguration}`]: {
    id: 'getOpenidConfiguration',
    summary: 'Get issuer and JWKS by OpenID discovery; there is nothing to log in at',
    answers: answers.openidConfiguration,
  },
  'GET /v1/status/:api': {
    id: 'getStatusList',
    summary: 'Get the signed status list of an API, which is named by its audience in base64url',
    answers: { 200: { type: statusListMediaType }, 304: 'nothing' },
    problems: ['api_not_found'],
  },
  [`GET ${paths.openapi}`]: {
    id: 'getOpenapi',
    summary: 'Get this document',
    answers: z.looseObject({ openapi: z.string() }),
  },
})
