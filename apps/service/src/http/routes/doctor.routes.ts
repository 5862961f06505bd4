import type { FastifyInstance } from 'fastify'
import { appActivity, buildActivity, serviceStatus, type ApiKey } from '@assay/protocol/schemas'
import { z } from 'zod'
import { appParams } from './apps.routes.ts'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { DoctorUseCases } from '../../operations/doctor.usecases.ts'

/** Traces are kept for 30 days. */
const activityQuery = z.strictObject({
  days: z
    .string()
    .regex(/^([1-9]|[12][0-9]|30)$/)
    .optional(),
})

const defaultDays = 7

/** Read-only, for operators. */
export function registerDoctorRoutes(
  scope: FastifyInstance,
  doctor: DoctorUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/service',
      id: 'getService',
      summary: 'Get how the service was started',
      caller: 'read',
      answers: { 200: serviceStatus },
    },
    (request) => doctor.status(request.apiKey as ApiKey),
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app/activity',
      id: 'getActivity',
      summary: 'Get how often attestations were refused, and what evidence installations lack',
      caller: 'read',
      isLarge: true,
      params: appParams,
      query: activityQuery,
      answers: { 200: appActivity },
    },
    ({ params, query }) => doctor.activity(params.app, Number(query.days ?? defaultDays)),
  )
  endpoint(
    {
      route: 'GET /v1/apps/:app/activity/builds',
      id: 'listBuildActivity',
      summary: 'List when builds were last seen',
      caller: 'read',
      isLarge: true,
      params: appParams,
      query: pageQuery,
      answers: { 200: pageOf('builds', buildActivity) },
    },
    ({ params, query }) => doctor.builds(params.app, requestedPage(query)),
  )
}
