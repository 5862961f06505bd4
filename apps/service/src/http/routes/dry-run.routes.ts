import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { policyIdPattern } from '@assay/protocol'
import { z } from 'zod'
import type { DryRunUseCases } from '../../provisioning/dry-run/dry-run.usecases.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'

const appParams = z.strictObject({ app: z.string() })
/** Compiling the document shows what it lacks. */
const dryRunInput = z
  .strictObject({
    policy: z.string().regex(policyIdPattern).optional(),
    document: z.looseObject({}).optional(),
    audience: z.string().max(2048).optional(),
    since: z.iso.datetime({ offset: true }),
  })
  .refine((asked) => (asked.policy === undefined) !== (asked.document === undefined), { path: ['policy'] })

/** Shows what a policy would have decided for the installations of the last days. It changes nothing. */
export function registerDryRunRoutes(
  instance: FastifyInstance,
  dryRun: DryRunUseCases,
  { read }: Authorisation,
): void {
  instance
    .withTypeProvider<ZodTypeProvider>()
    .post(
      '/v1/apps/:app/dry-run',
      { onRequest: read, schema: { params: appParams, body: dryRunInput } },
      ({ params, body: { policy, document, ...rest } }) =>
        dryRun.run(params.app, policy === undefined ? { ...rest, document } : { ...rest, policy }),
    )
}
