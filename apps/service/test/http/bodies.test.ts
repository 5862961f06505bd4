import { mediaTypes } from '@assay/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
})
afterAll(() => service.close())

const json = { 'content-type': mediaTypes.json }

const malformed: [string, string | Uint8Array, string][] = [
  ['an empty body', '', 'json_invalid'],
  ['text that is no JSON', '{"app":', 'json_invalid'],
  ['a number with a leading zero', '{"a":01}', 'json_invalid'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'json_invalid'],
  ['a byte order mark', '\ufeff{}', 'json_invalid'],
  ['a lone surrogate', '{"a":"\\ud800"}', 'json_invalid'],
  ['a member named __proto__', '{"__proto__":{}}', 'json_invalid'],
  ['a member named twice', '{"id":"a","id":"b"}', 'json_duplicate_member'],
  ['a member named twice in two spellings', '{"id":"a","\\u0069d":"b"}', 'json_duplicate_member'],
  ['deep nesting', `${'['.repeat(40)}${']'.repeat(40)}`, 'json_too_deep'],
  ['an array for an object', '[]', 'request_invalid'],
  ['null for an object', 'null', 'request_invalid'],
]

const endpoints = ['/v1/challenges', '/v1/attestations', '/v1/apps', '/v1/apis', '/v1/keys']

describe.each(endpoints)('a body of POST %s', (endpoint) => {
  it.each(malformed)('is refused with its code: %s', async (_what, body, code) => {
    const problem = await service.problem('POST', endpoint, { body, headers: json })
    expect(problem).toMatchObject({ code, status: 400 })
  })

  it('is refused when it is too large, announced or not', async () => {
    const body = `{"app":"${'a'.repeat(300_000)}"}`
    expect(await service.problem('POST', endpoint, { body, headers: json })).toMatchObject({
      code: 'body_too_large',
      status: 413,
    })
    const stream = new Blob([body]).stream()
    const response = await fetch(service.url + endpoint, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${service.adminKey}` },
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'body_too_large' })
  })

  it('is refused when it holds more than 4,096 arrays, objects, members and elements', async () => {
    for (const body of [`[${'[],'.repeat(2100)}[]]`, `[${'0,'.repeat(4096)}0]`]) {
      expect(await service.problem('POST', endpoint, { body, headers: json })).toMatchObject({
        code: 'body_too_large',
        status: 413,
      })
    }
  })

  it('is refused when it is of another media type, or of none', async () => {
    const body = new Uint8Array([0x7b, 0x7d])
    for (const type of [
      'text/plain',
      'application/xml',
      'application/jsonp',
      'multipart/form-data; boundary=x',
    ]) {
      const problem = await service.problem('POST', endpoint, { body, headers: { 'content-type': type } })
      expect(problem).toMatchObject({ code: 'media_type_unsupported', status: 415 })
    }
    expect((await service.problem('POST', endpoint, { body })).code).toBe('media_type_unsupported')
  })

  it('is not quoted in the refusal', async () => {
    const secret = 'c2VjcmV0LXZhbHVl'
    const { call } = service
    const answer = await call('POST', endpoint, { body: { [secret]: secret, app: secret, id: [secret] } })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain(secret)
  })
})

describe('paths, methods and queries', () => {
  it('answers unknown paths, methods and query members by problem documents', async () => {
    expect(await service.problem('GET', '/v1/nothing')).toMatchObject({ code: 'not_found', status: 404 })
    expect(await service.problem('PUT', '/v1/apps')).toMatchObject({
      code: 'method_not_allowed',
      status: 405,
    })
    expect((await service.call('PUT', '/v1/apps')).headers.get('allow')).toBe('POST, GET, HEAD')
    expect(await service.problem('GET', '/v1/challenges')).toMatchObject({ code: 'method_not_allowed' })
    expect(await service.problem('DELETE', '/livez?force=1')).toMatchObject({ code: 'method_not_allowed' })
    expect(await service.problem('GET', '/v1/apps?limits=1')).toMatchObject({
      code: 'request_invalid',
      status: 400,
    })
    expect(await service.problem('GET', '/livez?x')).toMatchObject({ code: 'request_invalid' })
    expect(await service.problem('GET', '/v1/apps/%zz')).toMatchObject({
      code: 'request_invalid',
      status: 400,
    })
    expect(await service.problem('GET', `/v1/apps/${'a'.repeat(2000)}`)).toMatchObject({ code: 'not_found' })
    expect(await service.problem('POST', '/v1/challenges?x=1', { body: {} })).toMatchObject({
      code: 'request_invalid',
    })
  })

  it('carries a trace in every answer', async () => {
    for (const target of ['/livez', '/v1/nothing', '/v1/apps', '/.well-known/jwks.json']) {
      const { headers } = await service.call('GET', target, { key: null })
      expect(headers.get('assay-trace')).toMatch(/^[0-9A-HJKMNP-TV-Z]{17}$/)
    }
    const problem = await service.problem('POST', '/v1/attestations', { body: {} })
    expect(problem.trace).toMatch(/^[0-9A-HJKMNP-TV-Z]{17}$/)
  })
})
