import type { FastifyInstance } from 'fastify'
import { installationStats, rollout } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { RolloutUseCases } from '../../operations/users/rollout.usecases.ts'
import {
  dimensionOf,
  userNames,
  type UserName,
  type UserUseCases,
} from '../../operations/users/users.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { limitQuery, requestedLimit } from '../input/queries.ts'
import { appParams } from './apps.routes.ts'

const time = z.iso.datetime({ offset: true })
const value = z.string().max(256)
const grouping = new Set<string>(['app', ...userNames, 'hour', 'day'])

/** `by`: what to group by, separated by commas. Only build and code are counted together. */
const usersQuery = z
  .strictObject({
    since: time.optional(),
    until: time.optional(),
    by: z
      .string()
      .max(128)
      .refine((text) => {
        const names = text.split(',')
        const isKnown = names.every((name) => grouping.has(name)) && new Set(names).size === names.length
        return isKnown && !(names.includes('hour') && names.includes('day'))
      })
      .optional(),
    limit: limitQuery,
    app: value.optional(),
    build: value.optional(),
    os_version: value.optional(),
    tier: value.optional(),
    code: value.optional(),
  })
  .refine(({ by = 'app', ...rest }) => {
    const names = userNames.filter((name) => rest[name] !== undefined || by.split(',').includes(name))
    return dimensionOf(names) !== undefined
  })

const rolloutQuery = z.strictObject({ build: value.optional(), since: time.optional() })

/** How many users passed and were refused, and what a new build does to them. */
export function registerInstallationStatsRoutes(
  scope: FastifyInstance,
  { users, rollouts }: { users: Pick<UserUseCases, 'installations'>; rollouts: RolloutUseCases },
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/stats/installations',
      id: 'getInstallationStats',
      summary:
        'Count the different installations that passed and that were refused, by one of their properties',
      caller: 'read',
      isLarge: true,
      query: usersQuery,
      answers: { 200: installationStats },
      problems: ['span_too_fine'],
    },
    ({ query: { since, until, by = 'app', limit, app, ...where } }) => {
      const names = by.split(',')
      return users.installations({
        since,
        until,
        by: userNames.filter((name) => names.includes(name)),
        span: names.includes('hour') ? 'hour' : names.includes('day') ? 'day' : undefined,
        app,
        where: where as Partial<Record<UserName, string>>,
        limit: requestedLimit(limit),
      })
    },
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app/rollout',
      id: 'getRollout',
      summary:
        'Show what a build does to users beside the build before it, and whether it is safe to enforce',
      caller: 'read',
      isLarge: true,
      params: appParams,
      query: rolloutQuery,
      answers: { 200: rollout },
      problems: ['build_not_found'],
    },
    ({ params, query }) => rollouts.rollout(params.app, query),
  )
}
