import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { AuditUseCases } from '../../operations/audit/audit.usecases.ts'

const text = z.string().max(1024).optional()
const auditQuery = pageQuery.extend({ key: text, action: text, object: text })

/** `head`: number and hash of an entry that somebody has kept, separated by `:`. */
const verifyQuery = z.strictObject({
  head: z
    .string()
    .regex(/^\d{1,15}:[A-Za-z0-9_-]{43}$/)
    .optional(),
})

/** Who did what. */
export function registerAuditRoutes(
  instance: FastifyInstance,
  audit: AuditUseCases,
  { read }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get('/v1/audit', { onRequest: read, schema: { querystring: auditQuery } }, ({ query }) => {
    const { key, action, object, ...page } = query
    return audit.list({ key, action, object }, pageAsked(page))
  })
  routes.get('/v1/audit/verify', { onRequest: read, schema: { querystring: verifyQuery } }, ({ query }) => {
    const [number, hash = ''] = query.head?.split(':') ?? []
    return audit.verify(number === undefined ? undefined : { number: Number(number), hash })
  })
}
