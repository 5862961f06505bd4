import type { FastifyInstance } from 'fastify'
import { decodeStrictUtf8 } from '@assay/codec/text'
import { decodeBase64url, statusListMediaType, statusShardMediaType } from '@assay/protocol'
import { z } from 'zod'
import { ProblemError } from '../../faults/problem-error.ts'
import { openEndpoints } from '../endpoints/register-endpoints.ts'
import type { StatusListUseCases } from '../../operations/status-lists.usecases.ts'

/** What guards must refuse although its token is still valid: docs/status-list.md. It is public, like the JWKS. */
export function registerStatusListRoutes(
  scope: FastifyInstance,
  lists: Pick<StatusListUseCases, 'find' | 'findShard'>,
): void {
  const add = openEndpoints(scope, 'discovery')
  add(
    {
      route: 'GET /v1/status/:api',
      id: 'getStatusList',
      summary: 'Get the signed status list of an API, which is named by its audience in base64url',
      caller: 'anyone',
      params: z.strictObject({ api: z.string() }),
      answers: { 200: { prepared: statusListMediaType }, 304: 'nothing' },
      problems: ['api_not_found'],
    },
    async ({ params, headers }, reply) => {
      const audience = audienceOf(params.api)
      const list = audience === undefined ? undefined : await lists.find(audience)
      if (list === undefined) throw new ProblemError('api_not_found')
      reply.header('etag', list.etag).header('cache-control', 'no-cache')
      return isKnown(headers['if-none-match'], list.etag)
        ? { status: 304, body: undefined }
        : { status: 200, body: list.jwt }
    },
  )
  add(
    {
      route: 'GET /v1/status/:api/:digest',
      id: 'getStatusShard',
      summary: 'Get one of the files that a status list names, by its SHA-256 in base64url',
      caller: 'anyone',
      params: z.strictObject({ api: z.string(), digest: z.string() }),
      answers: { 200: { prepared: statusShardMediaType } },
      problems: ['api_not_found', 'shard_not_found'],
    },
    async ({ params }, reply) => {
      const audience = audienceOf(params.api)
      const shard = audience === undefined ? 'no_api' : await lists.findShard(audience, params.digest)
      if (shard === 'no_api') throw new ProblemError('api_not_found')
      if (shard === 'no_shard') throw new ProblemError('shard_not_found')
      reply.header('cache-control', 'public, max-age=31536000, immutable')
      return shard
    },
  )
}

function audienceOf(api: string): string | undefined {
  const bytes = decodeBase64url(api)
  return bytes === undefined ? undefined : decodeStrictUtf8(bytes)
}

/** RFC 9110 section 13.1.2: compared weakly. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  const tags = ifNoneMatch?.split(',') ?? []
  return tags.some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag))
}
