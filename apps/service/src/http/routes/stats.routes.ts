import type { FastifyInstance } from 'fastify'
import { outcomes, stats } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { limitQuery, requestedLimit } from '../input/queries.ts'
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
  abi: value.optional(),
  variant: value.optional(),
})

/** How attestations ended, across the whole fleet. */
export function registerStatsRoutes(
  scope: FastifyInstance,
  fleet: Pick<StatsUseCases, 'stats'>,
  authorisation: Authorisation,
): void {
  endpointsFor(
    scope,
    'operations',
    authorisation,
  )(
    {
      route: 'GET /v1/stats',
      id: 'getStats',
      summary: 'Count how attestations ended, by what they were',
      caller: 'read',
      isLarge: true,
      query: statsQuery,
      answers: { 200: stats },
      problems: ['span_too_fine'],
    },
    ({ query: { since, until, by = 'app', limit, ...where } }) =>
      fleet.stats({
        since,
        until,
        by: by.split(',') as (Dimension | Span)[],
        where: where as Partial<Record<Dimension, string>>,
        limit: requestedLimit(limit),
      }),
  )
}
