import type { FastifyInstance } from 'fastify'
import { policyIdPattern } from '@assay/protocol'
import { dryRun } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { DryRunUseCases } from '../../provisioning/dry-run/dry-run.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { appParams } from './apps.routes.ts'

/** Compiling the document shows what it lacks. */
const dryRunInput = z
  .strictObject({
    policy: z.string().regex(policyIdPattern).optional(),
    document: z.looseObject({}).optional(),
    audience: z.string().max(2048).optional(),
    since: z.iso.datetime({ offset: true }),
  })
  .refine((input) => (input.policy === undefined) !== (input.document === undefined), { path: ['policy'] })

/** Shows what a policy would have decided for the installations of the last days. It changes nothing. */
export function registerDryRunRoutes(
  scope: FastifyInstance,
  dryRuns: DryRunUseCases,
  authorisation: Authorisation,
): void {
  endpointsFor(
    scope,
    'operations',
    authorisation,
  )(
    {
      route: 'POST /v1/apps/:app/dry-run',
      id: 'dryRun',
      summary:
        'Count what a policy would have made of the installations of the last days; it changes nothing',
      caller: 'read',
      params: appParams,
      body: dryRunInput,
      example: { policy: 'strict', since: '2026-11-20T00:00:00Z' },
      answers: { 200: dryRun },
      problems: ['api_not_found', 'policy_not_found', 'policy_invalid', 'dry_run_running'],
    },
    ({ params, body: { policy, document, ...rest } }) =>
      dryRuns.run(params.app, policy === undefined ? { ...rest, document } : { ...rest, policy }),
  )
}
