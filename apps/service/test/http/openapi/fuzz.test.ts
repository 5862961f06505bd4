import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

interface Operation {
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema?: Schema; example?: unknown }> }
}
type Schema = {
  type?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
}

/** What strangers write to break a terminal, a page, a query or a parser. */
const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    webApp,
    '1',
    '\u001b[31mred\u001b]0;title\u0007',
    '<img src=x onerror=alert(1)>',
    "'; drop table apps; --",
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '\u0000',
    '\u202egnp.exe',
    '\ud800',
    'a'.repeat(300),
    '9'.repeat(400),
    '2026-99-99T00:00:00Z',
    '%00%ff%2f',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, -1, 1e308, -0, 2 ** 53, 1.5, [], {}, [[[]]], { ['__proto__']: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Mostly what the form allows, and at any place something else. */
function valueOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const fits = (): fc.Arbitrary<unknown> => {
    const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
    if (depth > 4 || schema.$ref !== undefined) return hostile
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    if (choices !== undefined) return fc.oneof(...choices.map((one) => valueOf(one, depth + 1)))
    switch (schema.type) {
      case 'object':
        return fc.record(
          Object.fromEntries(
            Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valueOf(one, depth + 1)]),
          ),
          { requiredKeys: [] },
        )
      case 'array':
        return fc.array(valueOf(schema.items ?? {}, depth + 1), { maxLength: 3 })
      case 'boolean':
        return fc.boolean()
      case 'integer':
      case 'number':
        return fc.oneof(fc.integer(), fc.double())
      default:
        return hostileText
    }
  }
  return fc.oneof({ weight: 6, arbitrary: fits() }, { weight: 1, arbitrary: hostile })
}

let service: ServiceUnderTest
let operations: { method: string; path: string; operation: Operation }[]

beforeAll(async () => {
  service = await runService({
    limits: {
      network: { requests: 1e6, seconds: 60 },
      challenges: { requests: 1e6, seconds: 60 },
      guesses: { requests: 1e6, seconds: 60 },
    },
  })
  await registerWebApp(service)
  await attestation(service, webDevice())
  const { paths } = (await service.call('GET', '/openapi.json')).json as {
    paths: Record<string, Record<string, Operation>>
  }
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
})
afterAll(() => service.close())

const encoded = (value: unknown) => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return encodeURIComponent(Buffer.from(text).toString())
}

/** One request: what fills its path and query, and its body as text. */
function requestOf({ path, operation }: (typeof operations)[number]) {
  const parameters = operation.parameters ?? []
  const body = operation.requestBody?.content['application/json']
  const known = fc.constantFrom<unknown>(webApp, '1', 'ours', 'x')
  return fc
    .record({
      values: fc.tuple(
        ...parameters.map((one) =>
          fc.option(one.in === 'path' ? fc.oneof(known, hostileText) : valueOf(one.schema), {
            nil: undefined,
            freq: one.in === 'path' ? 1_000_000 : 2,
          }),
        ),
      ),
      body:
        body === undefined
          ? fc.constant(undefined)
          : fc.oneof(
              {
                weight: 8,
                arbitrary: valueOf(body.schema ?? {}).map((value) => JSON.stringify(value) ?? ''),
              },
              { weight: 1, arbitrary: fc.constant(JSON.stringify(body.example ?? {})) },
              { weight: 1, arbitrary: hostileText },
            ),
    })
    .map(({ values, body: text }) => {
      const query = parameters.flatMap((one, i) =>
        one.in === 'query' && values[i] !== undefined ? [`${one.name}=${encoded(values[i])}`] : [],
      )
      const filled = parameters.reduce(
        (target, one, i) =>
          one.in === 'path' ? target.replace(`{${one.name}}`, encoded(values[i])) : target,
        path,
      )
      return { target: filled + (query.length === 0 ? '' : `?${query.join('&')}`), text }
    })
}

it('no request to an endpoint of the document causes a fault of the service', async () => {
  const faults: string[] = []
  for (const one of operations) {
    // It ends every session of this test.
    if (one.path === '/v1/signing-keys/rotate') continue
    const runs = one.method === 'GET' ? 15 : 25
    for (const { target, text } of fc.sample(requestOf(one), { numRuns: runs })) {
      const response = await fetch(service.url + target, {
        method: one.method,
        signal: AbortSignal.timeout(5_000),
        headers: {
          // The key stays: removing it would end the test.
          authorization: `Bearer ${service.adminKey}`,
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(text === undefined ? {} : { body: text }),
      }).catch((error: unknown) => error as Error)
      if (response instanceof Error) {
        if (response.name !== 'TimeoutError') faults.push(`${one.method} ${target}: ${response.message}`)
        continue
      }
      if (response.status >= 500) faults.push(`${one.method} ${target} ${text}: ${response.status}`)
      await response.body?.cancel()
    }
  }
  expect(faults).toEqual([])
})

it('the log contains these requests without terminal control characters', () => {
  expect(service.log().replaceAll('\n', '')).not.toMatch(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/,
  )
  expect(service.log()).not.toContain(service.adminKey)
})
