import type { FastifyInstance } from 'fastify'
import { decodeStrictUtf8 } from '@assay/codec/text'
import { decodeBase64url, statusListMediaType } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import type { StatusListUseCases } from '../../operations/status-lists.usecases.ts'

/** What guards must refuse although its token is still valid: docs/status-list.md. It is public, like the JWKS. */
export function registerStatusListRoutes(
  instance: FastifyInstance,
  lists: Pick<StatusListUseCases, 'find'>,
): void {
  instance.get<{ Params: { api: string } }>('/v1/status/:api', async (request, reply) => {
    const audience = audienceOf(request.params.api)
    const list = audience === undefined ? undefined : await lists.find(audience)
    if (list === undefined) throw new ProblemError('api_not_found')
    reply.header('etag', list.etag).header('cache-control', 'no-cache')
    if (isKnown(request.headers['if-none-match'], list.etag)) return reply.status(304).send()
    return reply.type(statusListMediaType).send(list.jwt)
  })
}

function audienceOf(api: string): string | undefined {
  const bytes = decodeBase64url(api)
  return bytes === undefined ? undefined : decodeStrictUtf8(bytes)
}

/** RFC 9110 section 13.1.2: compared weakly. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  const asked = ifNoneMatch?.split(',') ?? []
  return asked.some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag))
}
