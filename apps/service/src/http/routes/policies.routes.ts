import type { FastifyInstance } from 'fastify'
import { policyIdPattern } from '@assay/protocol'
import { policy, policyChanges } from '@assay/protocol/schemas'
import { z } from 'zod'
import { requestedPage, pageQuery } from '../input/queries.ts'
import type { Authorisation } from '../authorisation/authorisation.ts'
import { nothing, pageOf } from '../endpoints/answers.ts'
import { endpointsFor } from '../endpoints/register-endpoints.ts'
import type { PolicyUseCases } from '../../provisioning/policies.usecases.ts'

const policyParams = z.strictObject({ policy: z.string() })
const namedPolicy = z.strictObject({ policy: z.string().regex(policyIdPattern) })
const version = z.string().regex(/^[1-9][0-9]{0,14}$/)
const versionParams = z.strictObject({ policy: z.string(), version })
const compareQuery = z.strictObject({ from: version, to: version })
const rollback = z.strictObject({ to: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
/** Compiling it says what it lacks. */
const document = z.looseObject({})

export function registerPolicyRoutes(
  scope: FastifyInstance,
  policies: PolicyUseCases,
  authorisation: Authorisation,
): void {
  const endpoint = endpointsFor(scope, 'provisioning', authorisation)
  endpoint(
    {
      route: 'GET /v1/policies',
      id: 'listPolicies',
      summary: 'List the policies, those that are built in first',
      caller: 'read',
      isLarge: true,
      query: pageQuery,
      answers: { 200: pageOf('policies', policy) },
    },
    ({ query }) => policies.list(requestedPage(query)),
  )
  endpoint(
    {
      route: 'GET /v1/policies/:policy',
      id: 'getPolicy',
      summary: 'Get a policy',
      caller: 'read',
      params: policyParams,
      answers: { 200: policy },
      problems: ['policy_not_found'],
    },
    ({ params }) => policies.get(params.policy),
  )
  endpoint(
    {
      route: 'GET /v1/policies/:policy/versions',
      id: 'listPolicyVersions',
      summary: 'List the versions of a policy',
      caller: 'read',
      isLarge: true,
      params: policyParams,
      query: pageQuery,
      answers: { 200: pageOf('versions', policy) },
      problems: ['policy_not_found'],
    },
    ({ params, query }) => policies.versions(params.policy, requestedPage(query)),
  )
  endpoint(
    {
      route: 'GET /v1/policies/:policy/versions/:version',
      id: 'getPolicyVersion',
      summary: 'Get a version of a policy',
      caller: 'read',
      params: versionParams,
      answers: { 200: policy },
      problems: ['policy_not_found', 'policy_version_not_found'],
    },
    ({ params }) => policies.version(params.policy, Number(params.version)),
  )
  endpoint(
    {
      route: 'GET /v1/policies/:policy/compare',
      id: 'comparePolicyVersions',
      summary: 'Compare two versions of a policy',
      caller: 'read',
      isLarge: true,
      params: policyParams,
      query: compareQuery,
      answers: { 200: policyChanges },
      problems: ['policy_not_found', 'policy_version_not_found'],
    },
    ({ params, query }) => policies.compare(params.policy, Number(query.from), Number(query.to)),
  )
  endpoint(
    {
      route: 'POST /v1/policies/:policy/rollback',
      id: 'rollBackPolicy',
      summary: 'Save an earlier version of a policy as the next one',
      caller: 'policy',
      isLarge: true,
      params: policyParams,
      body: rollback,
      example: { to: 3 },
      answers: { 200: policy },
      problems: ['policy_not_found', 'policy_version_not_found', 'policy_invalid', 'policy_reserved'],
    },
    ({ params, body }) => policies.rollBack(params.policy, body.to),
  )
  endpoint(
    {
      route: 'PUT /v1/policies/:policy',
      id: 'putPolicy',
      summary: 'Save a policy; its expressions are checked',
      caller: 'policy',
      isLarge: true,
      params: namedPolicy,
      body: document,
      answers: { 200: policy },
      problems: ['policy_invalid', 'policy_reserved'],
    },
    ({ params, body }) => policies.put(params.policy, body),
  )
  endpoint(
    {
      route: 'DELETE /v1/policies/:policy',
      id: 'removePolicy',
      summary: 'Remove a policy that nothing names',
      caller: 'policy',
      params: policyParams,
      answers: nothing,
      problems: ['policy_not_found', 'policy_reserved', 'policy_in_use'],
    },
    ({ params }) => policies.remove(params.policy),
  )
}
