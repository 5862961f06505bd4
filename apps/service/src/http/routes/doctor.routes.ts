import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ApiKey } from '@assay/protocol'
import { z } from 'zod'
import { appParams } from './apps.routes.ts'
import { pageAsked, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
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
  instance: FastifyInstance,
  doctor: DoctorUseCases,
  { read }: Authorisation,
): void {
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  routes.get('/v1/service', { onRequest: read }, async (request) => doctor.status(request.apiKey as ApiKey))
  routes.get(
    '/v1/apps/:app/activity',
    { onRequest: read, schema: { params: appParams, querystring: activityQuery } },
    (request) => doctor.activity(request.params.app, Number(request.query.days ?? defaultDays)),
  )
  routes.get(
    '/v1/apps/:app/activity/builds',
    { onRequest: read, schema: { params: appParams, querystring: pageQuery } },
    (request) => doctor.builds(request.params.app, pageAsked(request.query)),
  )
}
