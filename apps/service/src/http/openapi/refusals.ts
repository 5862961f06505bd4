import { headerNames, mediaTypes, type ProblemCode } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import type { TaggedEndpoint } from '../endpoints/endpoint.ts'
import type { Json } from './forms.ts'

export const traced = { [headerNames.trace]: { $ref: '#/components/headers/trace' } }

const ofBodies = [
  'json_invalid',
  'json_duplicate_member',
  'json_too_deep',
  'body_too_large',
  'body_too_slow',
  'media_type_unsupported',
] as const
const ofKeys = ['unauthorized', 'scope_insufficient', 'rate_limited'] as const

/** The codes with which an endpoint can refuse: its own, and those of every endpoint of its kind. */
function codesOf({ route, caller, problems: own = [] }: TaggedEndpoint, takesBody: boolean): ProblemCode[] {
  const names = route.split('/')
  return [
    ...new Set<ProblemCode>([
      ...(names.includes(':app') ? (['app_not_found'] as const) : []),
      ...(names.includes(':build') ? (['build_not_found'] as const) : []),
      ...own,
      'request_invalid',
      'not_found',
      ...(takesBody ? ofBodies : []),
      ...(caller === 'anyone' ? [] : ofKeys),
      'temporarily_unavailable',
      'internal_error',
    ]),
  ]
}

/** Statuses with which the answer says when to come again. */
const withRetryAfter: readonly number[] = [429, 503]

/** The problems that an endpoint answers, by status. */
export function refusalsOf(endpoint: TaggedEndpoint, takesBody: boolean): Json {
  const all = codesOf(endpoint, takesBody)
  const statuses = [...new Set(all.map((code) => problems[code].status))].sort()
  return Object.fromEntries(
    statuses
      .map((status) => [status, all.filter((code) => problems[code].status === status)] as const)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join('\n\n'),
          headers: withRetryAfter.includes(status)
            ? { ...traced, 'Retry-After': { $ref: '#/components/headers/retryAfter' } }
            : traced,
          content: {
            [mediaTypes.problem]: {
              schema: {
                allOf: [
                  { $ref: '#/components/schemas/Problem' },
                  { properties: { status: { const: status }, code: { enum: codes } } },
                ],
              },
            },
          },
        },
      ]),
  )
}
