import type { FastifyInstance } from 'fastify'
import { mediaTypes, paths } from '@assay/protocol'
import { z } from 'zod'
import { prepareBody, type PreparedBody } from '../../system/prepared-body.ts'
import { openEndpoints } from '../endpoints/register-endpoints.ts'
import { openapiDocument } from '../openapi/document.ts'
import type { RegisteredRoute } from '../openapi/mismatches.ts'

/**
 * Serves the OpenAPI document, which is made from what the routes declare. Call it before the routes are registered,
 * and `seal` once all are.
 */
export function useOpenapi(app: FastifyInstance, publicUrl: () => string): { seal(): void } {
  const routes: RegisteredRoute[] = []
  let sealed = false
  app.addHook('onRoute', ({ method, url, config }) => {
    if (sealed) return
    for (const one of [method].flat())
      if (one !== 'HEAD' && one !== 'OPTIONS') routes.push({ method: one, url, endpoint: config?.endpoint })
  })
  let document: Promise<PreparedBody> | undefined
  openEndpoints(app, 'discovery')(
    {
      route: `GET ${paths.openapi}`,
      id: 'getOpenapi',
      summary: 'Get this document',
      caller: 'anyone',
      answers: { 200: { prepared: mediaTypes.json, form: z.looseObject({ openapi: z.string() }) } },
    },
    (_request, reply) => {
      document ??= prepareBody(Buffer.from(JSON.stringify(openapiDocument(routes, publicUrl()))))
      reply.header('cache-control', 'max-age=300')
      return document
    },
  )
  return { seal: () => void (sealed = true) }
}
