import type { FastifyInstance } from 'fastify'
import { auditEntry, auditVerdict, listedAuditEntry } from '@assay/protocol/schemas'
import { z } from 'zod'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import { requestedPage, pageQuery, toMillis } from '../input/queries.ts'
import type { AuditUseCases } from '../../operations/audit/audit.usecases.ts'

const text = z.string().max(1024).optional()
const time = z.iso.datetime({ offset: true }).optional()
/** `until`: the first moment that does not count. */
const auditQuery = pageQuery.extend({ key: text, action: text, object: text, since: time, until: time })

const entryParams = z.strictObject({ number: z.string().regex(/^[1-9]\d{0,14}$/) })

/** `head`: number and hash of an entry that somebody has kept, separated by `:`. */
const verifyQuery = z.strictObject({
  head: z
    .string()
    .regex(/^\d{1,15}:[A-Za-z0-9_-]{43}$/)
    .optional(),
})

/** Who did what. */
export function registerAuditRoutes(
  scope: FastifyInstance,
  audit: AuditUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'operations', authorisation)
  endpoint(
    {
      route: 'GET /v1/audit',
      id: 'listAudit',
      summary: 'List who did what, the newest first, without what was before and after',
      caller: 'read',
      query: auditQuery,
      isLarge: true,
      answers: { 200: pageOf('entries', listedAuditEntry) },
    },
    ({ query: { key, action, object, since, until, ...page } }) =>
      audit.list(
        { key, action, object, since: toMillis(since), until: toMillis(until) },
        requestedPage(page),
      ),
  )
  endpoint(
    {
      route: 'GET /v1/audit/:number',
      id: 'getAuditEntry',
      summary: 'Get an entry of the audit log, with what was before and after',
      caller: 'read',
      isLarge: true,
      params: entryParams,
      answers: { 200: auditEntry },
      problems: ['audit_entry_not_found'],
    },
    ({ params }) => audit.get(Number(params.number)),
  )
  endpoint(
    {
      route: 'GET /v1/audit/verify',
      id: 'verifyAudit',
      summary:
        'Verify that the audit log holds everything, unchanged; the answer says how far it was verified, and when',
      caller: 'read',
      query: verifyQuery,
      answers: { 200: auditVerdict },
    },
    ({ query }) => {
      const [number, hash = ''] = query.head?.split(':') ?? []
      return audit.verify(number === undefined ? undefined : { number: Number(number), hash })
    },
  )
}
