import { z, type ZodType } from 'zod'
import * as answers from '@assay/protocol/schemas'

export type Json = Record<string, unknown>

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

/** JSON Schemas of the named forms. */
export function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(names, { ...options, uri: refTo })
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]))
}

/** JSON Schema of a form, with named forms by reference. Converts no named form that it does not hold: a request waits. */
export function schemaOf(form: ZodType): Json & { properties?: Json; required?: string[] } {
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
