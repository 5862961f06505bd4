import type { ProblemCode } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { TaggedEndpoint } from '../../../src/http/endpoints/endpoint.ts'
import { openapiDocument } from '../../../src/http/openapi/document.ts'
import type { RegisteredRoute } from '../../../src/http/openapi/mismatches.ts'

const more: TaggedEndpoint = {
  route: 'POST /v1/more/:name',
  id: 'addMore',
  tag: 'operations',
  summary: 'Add more',
  caller: 'admin',
  params: z.strictObject({ name: z.string() }),
  body: z.strictObject({ count: z.number() }),
  example: { count: 1 },
  answers: { 201: z.object({ count: z.number() }) },
  problems: ['app_not_found'],
}
const registered = (endpoint: TaggedEndpoint | undefined, url = '/v1/more/:name'): RegisteredRoute => ({
  method: 'POST',
  url,
  endpoint,
})
const documentOf = (...routes: RegisteredRoute[]) => openapiDocument(routes, 'http://localhost')

describe('the OpenAPI document is not made', () => {
  it('unless every route declares what it is', () => {
    expect(Object.keys(documentOf(registered(more)).paths as object)).toEqual(['/v1/more/{name}'])
    expect(() => documentOf(registered(more), registered(undefined, '/v1/less'))).toThrow(
      'no endpoint describes POST /v1/less',
    )
  })

  it('for a route that lies elsewhere than its declaration says', () => {
    expect(() => documentOf(registered(more, '/console/v1/more/:name'))).toThrow(
      'POST /v1/more/:name is registered as POST /console/v1/more/:name',
    )
  })

  it('for two endpoints of one name', () => {
    const other = { ...more, route: 'POST /v1/other/:name' } as const
    expect(() => documentOf(registered(more), registered(other, '/v1/other/:name'))).toThrow(
      'POST /v1/other/:name: the id addMore is not its own',
    )
  })

  it.each<[string, Partial<TaggedEndpoint>]>([
    ['there is no problem never_heard_of', { problems: ['never_heard_of' as ProblemCode] }],
    ['it has no summary', { summary: '' }],
    ['it has no answer', { answers: {} }],
    ['a refusal is a problem, not an answer', { answers: { 404: 'nothing' } }],
    ['the form of the body refuses the example', { example: { count: '1' } }],
    [
      'the form of the body refuses the example',
      { wholeBody: z.strictObject({ count: z.number().min(2) }), example: { count: 1 } },
    ],
    [
      'its parameters are [other], and those of its path [name]',
      { params: z.strictObject({ other: z.string() }) },
    ],
    [
      'its parameters are [name,other], and those of its path [name]',
      { params: z.strictObject({ name: z.string(), other: z.string() }) },
    ],
  ])('if %s', (fault, wrong) => {
    expect(() => documentOf(registered({ ...more, ...wrong }))).toThrow(`POST /v1/more/:name: ${fault}`)
  })

  it('if there is an example without a body', () => {
    const { body: _body, ...without } = more
    expect(() => documentOf(registered(without))).toThrow(
      'POST /v1/more/:name: there is an example, but no body',
    )
  })
})
