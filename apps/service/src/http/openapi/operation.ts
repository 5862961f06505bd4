import { mediaTypes } from '@assay/protocol'
import { z, type ZodType } from 'zod'
import { callers } from '../authorisation/callers.ts'
import type { Answer } from '../endpoints/answers.ts'
import type { TaggedEndpoint } from '../endpoints/endpoint.ts'
import { schemaOf, type Json } from './forms.ts'
import { refusalsOf, traced } from './refusals.ts'

/** A path as OpenAPI writes it. */
export function templateOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}')
}

/** The operation (OpenAPI 3.1.1 section 4.8.10) of an endpoint. */
export function operationOf(url: string, endpoint: TaggedEndpoint): Json {
  const { id, tag, summary, caller, answers } = endpoint
  const path = parametersOf(url, endpoint.params)
  const query = queryOf(endpoint.query)
  const body = bodyOf(endpoint)
  return {
    operationId: id,
    tags: [tag],
    summary,
    security: caller === 'anyone' ? [] : callers[caller].map((scope) => ({ [scope]: [] })),
    ...(path.length + query.length === 0 ? {} : { parameters: [...path, ...query] }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: body } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...refusalsOf(endpoint, body !== undefined),
    },
  }
}

function parametersOf(url: string, params: ZodType | undefined): Json[] {
  const properties = params === undefined ? {} : (schemaOf(params).properties ?? {})
  return [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }))
}

function queryOf(query: ZodType | undefined): Json[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = schemaOf(query)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function bodyOf({ files, wholeBody, body, example }: TaggedEndpoint): Json | undefined {
  if (files !== undefined) return Object.fromEntries(files.map((type) => [type, {}]))
  const form = wholeBody ?? body
  if (form === undefined || form.safeParse(null).success) return undefined
  return { [mediaTypes.json]: { schema: schemaOf(form), ...(example === undefined ? {} : { example }) } }
}

function responseOf(answer: Answer): Json {
  const described = { description: 'Done.', headers: traced }
  return answer === 'nothing' ? described : { ...described, content: contentOf(answer) }
}

function contentOf(answer: Exclude<Answer, 'nothing'>): Json {
  if (answer instanceof z.ZodType) return { [mediaTypes.json]: { schema: schemaOf(answer) } }
  if ('json' in answer) return { [answer.type]: { schema: schemaOf(answer.json) } }
  if ('stream' in answer) return { [answer.stream]: {} }
  return { [answer.prepared]: answer.form === undefined ? {} : { schema: schemaOf(answer.form) } }
}
