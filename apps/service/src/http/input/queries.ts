import type { FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Page } from '../../system/page.ts'

const noMembers = z.strictObject({})

/** An unknown query member is refused, not ignored. */
export function useStrictQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: noMembers, ...route.schema }
  })
  app.setValidatorCompiler((route) => {
    const validate = validatorCompiler(route as Parameters<typeof validatorCompiler>[0])
    if (route.schema !== noMembers) return validate
    // Nearly every request has no query, which is visible without a schema.
    return (query: object) => (Object.keys(query).length === 0 ? { value: query } : validate(query))
  })
}

const defaultLimit = 500

export const limitQuery = z
  .string()
  .regex(/^(?:[1-9]\d{0,2}|1000)$/)
  .optional()

export function requestedLimit(limit: string | undefined): number {
  return limit === undefined ? defaultLimit : Number(limit)
}

/** `after`: `next` of the page before. `limit`: 1 to 1,000 members; 500 unless said otherwise. */
export const pageQuery = z.strictObject({
  after: z.string().min(1).max(1024).optional(),
  limit: limitQuery,
})

export function requestedPage({ after, limit }: z.infer<typeof pageQuery>): Page {
  return { after, limit: requestedLimit(limit) }
}

/** Milliseconds since 1970, of a time as queries give it (RFC 3339). */
export const toMillis = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time)
