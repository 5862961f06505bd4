import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { limitQuery, limitAsked } from '../input/queries.ts'
import { outcomes } from '@assay/protocol/schemas'
import { dimensions, spans, type Dimension, type Span } from '../../operations/fleet/ports.ts'
import type { StatsUseCases } from '../../operations/fleet/stats.usecases.ts'

const grouping = new Set<string>([...dimensions, ...Object.keys(spans)])
const time = z.iso.datetime({ offset: true })
const value = z.string().max(256)

/** `by`: what to group by, separated by commas: dimensions, and one span of time. */
const statsQuery = z.strictObject({
  since: time.optional(),
  until: time.optional(),
  by: z
    .string()
    .max(128)
    .refine((text) => {
      const names = text.split(',')
      const isKnown = names.every((name) => grouping.has(name)) && new Set(names).size === names.length
      return isKnown && names.filter((name) => Object.hasOwn(spans, name)).length <= 1
    })
    .optional(),
  limit: limitQuery,
  app: value.optional(),
  build: value.optional(),
  platform: value.optional(),
  outcome: z.enum(outcomes).optional(),
  tier: value.optional(),
  code: value.optional(),
  evidence: value.optional(),
  policy: value.optional(),
})

/** How attestations ended, across the whole fleet. */
export function registerStatsRoutes(
  instance: FastifyInstance,
  stats: Pick<StatsUseCases, 'stats'>,
  { read }: Authorisation,
): void {
  instance
    .withTypeProvider<ZodTypeProvider>()
    .get('/v1/stats', { onRequest: read, schema: { querystring: statsQuery } }, ({ query }) => {
      const { since, until, by = 'app', limit, ...where } = query
      return stats.stats({
        since,
        until,
        by: by.split(',') as (Dimension | Span)[],
        where: where as Partial<Record<Dimension, string>>,
        limit: limitAsked(limit),
      })
    })
}
