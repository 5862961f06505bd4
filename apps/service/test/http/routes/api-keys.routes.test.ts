import type { CreatedApiKey } from '@assay/protocol/schemas'
import { mediaTypes } from '@assay/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'
import { zipOf } from '../../support/zip-file.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  // So many wrong keys come from one network here.
  service = await runService({ limits: { guesses: { requests: 1_000, seconds: 60 } } })
  await registerWebApp(service)
  await service.call('POST', '/v1/apps', { body: { id: 'com.example.other', platform: 'web' } })
})
afterAll(() => service.close())

const addKey = async (body: object) =>
  (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey

describe('API keys', () => {
  it('are shown once, and listed without their secrets', async () => {
    const key = await addKey({ name: 'another', scope: 'admin' })
    expect(key.secret).toMatch(/^assay_[A-Za-z0-9_-]{43}$/)
    const listed = await service.call('GET', '/v1/keys')
    expect(listed.text).not.toContain(key.secret)
    const { keys } = listed.json as { keys: object[] }
    expect(keys).toHaveLength(2)
    // The list is in the order of the ids, which are random.
    expect(keys).toContainEqual(expect.objectContaining({ name: 'first admin key' }))
    expect(keys).toContainEqual(expect.objectContaining({ id: key.id, name: 'another', scope: 'admin' }))
    expect((await service.call('GET', '/v1/apps', { key: key.secret })).status).toBe(200)
    expect((await service.call('DELETE', `/v1/keys/${key.id}`)).status).toBe(204)
    expect((await service.problem('GET', '/v1/apps', { key: key.secret })).code).toBe('unauthorized')
    expect((await service.problem('DELETE', `/v1/keys/${key.id}`)).code).toBe('key_not_found')
    const [last] = keys.filter((each) => 'id' in each && each.id !== key.id) as { id: string }[]
    expect((await service.problem('DELETE', `/v1/keys/${last?.id}`)).code).toBe('key_last_admin')
    expect((await service.call('GET', '/v1/apps')).status).toBe(200)
  })

  it('for registration name apps, and admin keys name none', async () => {
    for (const body of [
      { name: 'x', scope: 'registration' },
      { name: 'x', scope: 'registration', apps: [] },
      { name: 'x', scope: 'admin', apps: [webApp] },
      { name: 'x', scope: 'root' },
    ]) {
      expect((await service.problem('POST', '/v1/keys', { body })).code).toBe('request_invalid')
    }
    const body = { name: 'x', scope: 'registration', apps: ['com.example.unknown'] }
    expect((await service.problem('POST', '/v1/keys', { body })).code).toBe('app_not_found')
  })
})

describe('a key that expires', () => {
  const minute = 60_000
  const inAMinute = () => new Date(Date.now() + minute).toISOString()

  it('opens nothing after that', async () => {
    const { secret: key } = await addKey({ name: 'guest', scope: 'read', expires_at: inAMinute() })
    expect((await service.call('GET', '/v1/apps', { key })).status).toBe(200)
    service.advance(2 * minute)
    expect((await service.problem('GET', '/v1/apps', { key })).code).toBe('unauthorized')
    service.advance(-2 * minute)
  })

  it('does not expire before it is made', async () => {
    const body = { name: 'x', scope: 'read', expires_at: '2020-01-01T00:00:00Z' }
    expect((await service.problem('POST', '/v1/keys', { body })).code).toBe('request_invalid')
  })

  it('says when it was last used', async () => {
    const made = await addKey({ name: 'used', scope: 'read' })
    expect(made.last_used_at).toBeNull()
    await service.call('GET', '/v1/apps', { key: made.secret })
    const { keys } = (await service.call('GET', '/v1/keys')).json as { keys: CreatedApiKey[] }
    const used = keys.find(({ id }) => id === made.id)?.last_used_at ?? ''
    expect(Math.abs(Date.parse(used) - Date.now())).toBeLessThan(minute)
  })
})

describe('scopes', () => {
  it('open what the OpenAPI document says, and nothing else', async () => {
    const scopes = ['read', 'support', 'policy', 'registration'] as const
    const keys = await Promise.all(
      scopes.map((scope) =>
        addKey({
          ...{ name: scope, scope },
          ...(scope === 'registration' || scope === 'support' ? { apps: [webApp] } : {}),
        }),
      ),
    )
    const { paths } = (await service.call('GET', '/openapi.json')).json as {
      paths: Record<string, Record<string, { security: Record<string, unknown>[] }>>
    }
    const wrong: string[] = []
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { security }] of Object.entries(operations)) {
        // A stream of events, once opened, does not end.
        if (security.length === 0 || path === '/v1/outcomes') continue
        for (const { scope, secret } of keys) {
          // Nothing of this is registered but the app, so that what is open changes nothing.
          const target = path.replace('{app}', webApp).replaceAll(/\{\w+\}/g, 'unknown')
          const isOpen = security.some((one) => Object.hasOwn(one, scope))
          const isBare = method === 'get' || method === 'delete'
          const answer = await service.call(method.toUpperCase(), target, {
            key: secret,
            ...(isBare ? {} : { body: '{', headers: { 'content-type': mediaTypes.json } }),
          })
          const opened = answer.status !== 403 && answer.status !== 401
          if (opened !== isOpen) wrong.push(`${scope} ${method} ${path}: ${answer.status}`)
        }
      }
    expect(wrong).toEqual([])
  })
})

describe('without a valid key', () => {
  const routes: [string, string, object?][] = [
    ['GET', '/v1/apps'],
    ['POST', '/v1/apps', {}],
    ['GET', `/v1/apps/${webApp}`],
    ['PATCH', `/v1/apps/${webApp}`, {}],
    ['DELETE', `/v1/apps/${webApp}`],
    ['GET', `/v1/apps/${webApp}/builds`],
    ['POST', `/v1/apps/${webApp}/builds`, {}],
    ['GET', `/v1/apps/${webApp}/builds/1`],
    ['POST', `/v1/apps/${webApp}/builds/1/retire`, {}],
    ['GET', '/v1/apis'],
    ['POST', '/v1/apis', {}],
    ['GET', '/v1/apis/x'],
    ['PATCH', '/v1/apis/x', {}],
    ['PATCH', '/v1/apis?audience=x', {}],
    ['DELETE', '/v1/apis/x'],
    ['DELETE', '/v1/apis?audience=x'],
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys', {}],
    ['DELETE', '/v1/keys/x'],
    ['GET', `/v1/attestations/${'A'.repeat(22)}`],
  ]

  it.each(routes)('%s %s is refused before anything else', async (method, target, body) => {
    const forged = `assay_${'A'.repeat(43)}`
    for (const key of [null, '', 'x', forged, `${service.adminKey}A`, service.adminKey.slice(0, -1)]) {
      const answer = await service.call(method, target, { body, key })
      expect(answer.json).toMatchObject({ code: 'unauthorized', status: 401 })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="assay"')
    }
    const basic = { authorization: `Basic ${service.adminKey}` }
    expect((await service.problem(method, target, { body, key: null, headers: basic })).code).toBe(
      'unauthorized',
    )
  })

  it.each(routes.filter(([, target]) => !/builds(\/1)?$/.test(target)))(
    '%s %s is refused to a registration key',
    async (method, target, body) => {
      const { secret: key } = await addKey({ name: 'pipeline', scope: 'registration', apps: [webApp] })
      expect(await service.problem(method, target, { body, key })).toMatchObject({
        code: 'scope_insufficient',
        status: 403,
      })
    },
  )
})

describe('a registration key', () => {
  it('adds, lists and shows builds of its apps and of no other', async () => {
    const { secret: key } = await addKey({ name: 'pipeline', scope: 'registration', apps: [webApp] })
    const body = zipOf({ 'a.js': Buffer.from('1'.repeat(600)) })
    const headers = { 'content-type': mediaTypes.zip }
    const add = (app: string, query = '') =>
      service.call('POST', `/v1/apps/${app}/builds?id=by-pipeline${query}`, { body, headers, key })
    expect((await add(webApp)).status).toBe(201)
    expect((await service.call('GET', `/v1/apps/${webApp}/builds`, { key })).json).toMatchObject({
      builds: [{ id: '1' }, { id: 'by-pipeline' }],
    })
    expect((await service.call('GET', `/v1/apps/${webApp}/builds/by-pipeline`, { key })).status).toBe(200)
    for (const app of ['com.example.other', 'com.example.unknown']) {
      expect((await add(app)).json).toMatchObject({ code: 'scope_insufficient' })
      expect((await service.problem('GET', `/v1/apps/${app}/builds`, { key })).code).toBe(
        'scope_insufficient',
      )
      expect((await service.problem('GET', `/v1/apps/${app}/builds/1`, { key })).code).toBe(
        'scope_insufficient',
      )
    }
    expect((await add(webApp, '&allow_debuggable=true')).json).toMatchObject({ code: 'scope_insufficient' })
  })
})
