import type { FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'

const noMembers = z.strictObject({})

/** A query member that nobody reads is refused, and not ignored. */
export function useStrictQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: noMembers, ...route.schema }
  })
  app.setValidatorCompiler((route) => {
    const validate = validatorCompiler(route as Parameters<typeof validatorCompiler>[0])
    if (route.schema !== noMembers) return validate
    // Nearly every request has no query: that needs no schema to see.
    return (query: object) => (Object.keys(query).length === 0 ? { value: query } : validate(query))
  })
}
