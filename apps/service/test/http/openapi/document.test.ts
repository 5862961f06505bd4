import { once } from 'node:events'
import http from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { mediaTypes, paths, problemType } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHolder } from '../../support/held-to-openapi.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

interface Operation {
  operationId: string
  security: Record<string, unknown>[]
  responses: Record<string, unknown>
}
interface Document extends Record<string, unknown> {
  paths: Record<string, Record<string, Operation>>
}

let service: ServiceUnderTest
let document: Document

beforeAll(async () => {
  service = await runService()
  document = (await service.call('GET', paths.openapi, { key: null })).json
})
afterAll(() => service.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

async function faultsOf(source: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] })
  const found = await lintFromString({ source: JSON.stringify(source), config })
  return found.map(({ ruleId, message }) => `${ruleId}: ${message}`)
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(await faultsOf(document)).toEqual([])
  })

  it.each([
    ['operation-operationId-unique', { operationId: 'attest' }],
    ['operation-summary', { summary: '' }],
    ['struct', { tags: 'none' }],
  ])('is linted by something that finds faults: %s', async (rule, fault) => {
    const changed = structuredClone(document)
    Object.assign(changed.paths['/v1/apps']?.post ?? {}, fault)
    expect((await faultsOf(changed)).map((found) => found.split(':')[0])).toContain(rule)
  })

  it('is sent as it was compressed, to who accepts that', async () => {
    const get = async (accepted: string) => {
      const request = http.get(service.url + paths.openapi, { headers: { 'accept-encoding': accepted } })
      const [answer] = (await once(request, 'response')) as [http.IncomingMessage]
      return { encoding: answer.headers['content-encoding'], body: await buffer(answer) }
    }
    const [plain, packed] = [await get('identity'), await get('gzip')]
    expect([plain.encoding, packed.encoding]).toEqual([undefined, 'gzip'])
    expect(JSON.parse(String(plain.body))).toEqual(document)
    expect(gunzipSync(packed.body)).toEqual(plain.body)
    expect(packed.body.length).toBeLessThan(plain.body.length / 5)
  })

  it('says who may call: a request without a key is refused exactly where one is needed', async () => {
    for (const { path, method, operation } of operations()) {
      const target = path.replaceAll(/\{\w+\}/g, 'x')
      const { status } = await service.call(method, target, { key: null })
      expect(status === 401, `${method} ${path}`).toBe(operation.security.length > 0)
    }
    expect(operations().length).toBeGreaterThan(30)
  })

  it('has examples without secrets, and only with codes of the table', () => {
    const text = JSON.stringify(document)
    expect(text).not.toContain(service.adminKey)
    const codes = [...text.matchAll(/"code":\{"enum":(\[[^\]]*\])/g)].flatMap(([, list]) =>
      JSON.parse(list ?? '[]'),
    )
    expect(codes.length).toBeGreaterThan(100)
    expect(codes.filter((code: string) => !Object.hasOwn(problems, code))).toEqual([])
  })
})

describe('holding answers against it', () => {
  const problem = (code: keyof typeof problems) => ({
    type: problemType(code),
    ...{ status: problems[code].status, title: problems[code].title },
    code,
    trace: 'AAAAAAAAAAAAAAAAAAAAAA',
  })
  const answered = { method: 'GET', target: '/v1/apps/a', status: 404, contentType: mediaTypes.problem }

  it('passes what the document has', () => {
    expect(() => createHolder(document)({ ...answered, json: problem('app_not_found') })).not.toThrow()
  })

  it.each([
    ['a code that the endpoint does not answer', { ...answered, json: problem('api_not_found') }],
    ['a status that it does not have', { ...answered, status: 418, json: problem('app_not_found') }],
    ['a member more', { ...answered, json: { ...problem('app_not_found'), more: 1 } }],
    ['another media type', { ...answered, contentType: 'text/plain', json: undefined }],
    ['a member of another type', { ...answered, json: { ...problem('app_not_found'), title: 1 } }],
  ])('finds %s', (_, wrong) => {
    expect(() => createHolder(document)(wrong)).toThrow(/^(the OpenAPI document|GET)/)
  })
})
