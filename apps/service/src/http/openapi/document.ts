import { headerNames, mediaTypes, type ApiKeyScope, type ProblemCode } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { z, type ZodType } from 'zod'
import { callers } from '../authorisation/callers.ts'
import * as answers from '@assay/protocol/schemas'
import { tags, type AnswerBody, type Operation } from './operations/operation.ts'

/** What a route says about itself when it is registered. */
export interface RouteForms {
  readonly method: string
  /** As the router has it, with `:name` for a parameter. */
  readonly url: string
  readonly schema: Readonly<Partial<Record<'params' | 'querystring' | 'body', unknown>>>
}

type Json = Record<string, unknown>

const scopes: Readonly<Record<Exclude<ApiKeyScope, 'provenance'>, string>> = {
  admin: 'may do everything',
  read: 'looks at everything that operators see',
  support: 'looks, and bans installations',
  policy: 'looks, changes policies, and lets test devices through',
  registration: 'adds and lists builds of its own apps',
}

const notes = `Every error is a problem document (RFC 9457) whose \`code\` is stable. Limits that no schema can state are in docs/protocol.md.`

/**
 * The OpenAPI document of the service: the registered routes, each with the forms that it checks requests against.
 *
 * @throws Error for a route without an operation, or an operation without a route
 */
export function openapiDocument(
  routes: readonly RouteForms[],
  operations: Readonly<Record<string, Operation>>,
  publicUrl: string,
): Json {
  const left = new Set(Object.keys(operations))
  const all: Record<string, Json> = {}
  for (const route of routes) {
    const name = `${route.method} ${route.url}`
    const operation = operations[name]
    if (operation === undefined) throw new Error(`no operation describes ${name}`)
    left.delete(name)
    const path = (all[pathOf(route.url)] ??= {})
    path[route.method.toLowerCase()] = describe(route, operation)
  }
  if (left.size > 0) throw new Error(`there is no route for ${[...left].join(', ')}`)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Assay attestation service',
      version: '1',
      description: notes,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags,
    paths: all,
    components: {
      schemas: components(),
      headers: {
        trace: {
          description: 'Names the exchange to the operator.',
          required: true,
          schema: { type: 'string' },
        },
        retryAfter: { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
      },
      securitySchemes: Object.fromEntries(
        Object.entries(scopes).map(([scope, does]) => [
          scope,
          { type: 'http', scheme: 'bearer', description: `An API key of scope \`${scope}\`, which ${does}.` },
        ]),
      ),
    },
  }
}

function describe({ url, schema }: RouteForms, operation: Operation): Json {
  const { id, tag, summary, caller } = operation
  const path = parametersOf(url, schema.params as ZodType | undefined)
  const query = queryOf(schema.querystring as ZodType | undefined)
  const body = bodyOf(schema.body as ZodType | undefined, operation)
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: securityOf(caller),
    ...(path.length + query.length === 0 ? {} : { parameters: [...path, ...query] }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: body } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, answered(answer)]),
      ),
      ...refusals(operation, body),
    },
  }
}

function securityOf(caller: Operation['caller']): Json[] {
  return caller === 'anyone' ? [] : callers[caller].map((scope) => ({ [scope]: [] }))
}

function pathOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')
}

function parametersOf(url: string, params: ZodType | undefined): Json[] {
  const properties = params === undefined ? {} : (formOf(params).properties ?? {})
  return [...pathOf(url).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name as string] ?? { type: 'string' },
  }))
}

function queryOf(query: ZodType | undefined): Json[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = formOf(query)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function bodyOf(checked: ZodType | undefined, { body, example }: Operation): Json | undefined {
  if (body !== undefined && 'types' in body) return Object.fromEntries(body.types.map((type) => [type, {}]))
  const form = body?.json ?? checked
  if (form === undefined || form.safeParse(null).success) return undefined
  return { [mediaTypes.json]: { schema: formOf(form), ...(example === undefined ? {} : { example }) } }
}

const traced = { [headerNames.trace]: { $ref: '#/components/headers/trace' } }

function answered(answer: AnswerBody): Json {
  if (answer === 'nothing') return { description: 'Done.', headers: traced }
  const type = answer.type ?? mediaTypes.json
  const content = { [type]: 'json' in answer ? { schema: formOf(answer.json) } : {} }
  return { description: 'Done.', headers: traced, content }
}

/** The codes with which an operation can be refused: its own, and those of every operation of its kind. */
export function problemsOf({ caller, problems: own }: Operation, takesBody: boolean): ProblemCode[] {
  return [
    ...new Set<ProblemCode>([
      ...own,
      'request_invalid',
      'not_found',
      ...(takesBody
        ? ([
            'json_invalid',
            'json_duplicate_member',
            'json_too_deep',
            'body_too_large',
            'body_too_slow',
            'media_type_unsupported',
          ] as const)
        : []),
      ...(caller === 'anyone' ? [] : (['unauthorized', 'scope_insufficient', 'rate_limited'] as const)),
      'temporarily_unavailable',
      'internal_error',
    ]),
  ]
}

/** Statuses with which the answer says when to come again. */
const withRetryAfter: readonly number[] = [429, 503]

function refusals(operation: Operation, body: Json | undefined): Json {
  const told = problemsOf(operation, body !== undefined)
  const statuses = [...new Set(told.map((code) => problems[code].status))].sort()
  return Object.fromEntries(
    statuses
      .map((status) => [status, told.filter((code) => problems[code].status === status)] as const)
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

/** Forms that appear in the document once, by name. */
const named: Readonly<Record<string, ZodType>> = {
  App: answers.app,
  Build: answers.build,
  BuildSummary: answers.buildSummary,
  Api: answers.api,
  Policy: answers.policy,
  ApiKey: answers.listedApiKey,
  Ban: answers.ban,
  AllowEntry: answers.allowEntry,
  ServiceMetadata: answers.serviceMetadata,
  Problem: answers.problem,
}
const refTo = (name: string) => `#/components/schemas/${name}`
const names = z.registry<{ id: string }>()
for (const [id, form] of Object.entries(named)) names.add(form, { id })
const options = { io: 'input', unrepresentable: 'any' } as const

function components(): Json {
  const { schemas } = z.toJSONSchema(names, { ...options, uri: refTo })
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]))
}

/** JSON Schema of a form, with named forms by reference. Converts no named form that it does not hold: a request waits. */
function formOf(form: ZodType): Json & { properties?: Json; required?: string[] } {
  const name = names.get(form)?.id
  if (name !== undefined) return { $ref: refTo(name) }
  const { $defs: _defs, ...schema } = z.toJSONSchema(form, { ...options, metadata: names })
  return JSON.parse(JSON.stringify(bare(schema)), (member, value: unknown) =>
    member === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', refTo('')) : value,
  ) as Json
}

function bare({ $schema: _schema, $id: _id, ...schema }: Json): Json {
  return schema
}
