import type { FastifyInstance } from 'fastify'
import type { SchemeRegistry } from '@assay/evidence'
import { mediaTypes, paths } from '@assay/protocol'
import { attestationRequest } from '@assay/protocol/schemas'
import { openapiDocument, type RouteForms } from '../openapi/document.ts'
import { operationsFor } from '../openapi/operations.ts'

/**
 * Serves the OpenAPI document, which is made from the routes and the forms that they check. Call it before the routes
 * are registered, and `seal` once all are.
 */
export function useOpenapi(
  app: FastifyInstance,
  schemes: Pick<SchemeRegistry, 'settings' | 'itemSchema'>,
  publicUrl: () => string,
): { seal(): void } {
  const routes: RouteForms[] = []
  let sealed = false
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (sealed) return
    for (const one of [method].flat())
      if (one !== 'HEAD' && one !== 'OPTIONS') routes.push({ method: one, url, schema: schema ?? {} })
  })
  let document: string | undefined
  const write = () => {
    const operations = operationsFor(schemes.itemSchema, attestationRequest, schemes.settings)
    return JSON.stringify(openapiDocument(routes, operations, publicUrl()))
  }
  app.get(paths.openapi, (_request, reply) => {
    document ??= write()
    return reply.header('cache-control', 'max-age=300').type(mediaTypes.json).send(document)
  })
  return { seal: () => void (sealed = true) }
}
