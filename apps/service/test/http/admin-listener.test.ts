import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService, type RunningService } from '../../src/index.ts'
import { challengeBody } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { registerWebApp, webDevice } from '../support/web-app.ts'

/** Routes of operators and pipelines, one of each room. */
const routes = [
  ['GET', '/v1/apps'],
  ['GET', '/v1/apps/a'],
  ['GET', '/v1/apis'],
  ['GET', '/v1/policies'],
  ['GET', '/v1/audit'],
  ['GET', '/v1/stats'],
  ['GET', '/v1/service'],
  ['GET', '/v1/keys'],
  ['POST', '/v1/signing-keys/rotate'],
] as const

describe('with a listener of their own, the routes of operators', () => {
  let service: ServiceUnderTest
  let running: RunningService

  beforeAll(async () => {
    service = await runService(
      {},
      {
        start: async (config) => {
          running = await startService({ ...config, admin: { host: '127.0.0.1', port: 0 } })
          return running
        },
      },
    )
  })
  afterAll(() => service.close())

  const atAdmin = async (method: string, target: string, key: string | undefined = service.adminKey) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const init = method === 'POST' ? { method, headers, body: '{}' } : { method, headers }
    return fetch(`${running.adminUrl}${target}`, init)
  }

  it.each(routes)('are not where apps ask: %s %s', async (method, target) => {
    const body = method === 'POST' ? { body: {} } : {}
    expect(await service.problem(method, target, body)).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('are there, for keys alone', async () => {
    expect(running.adminUrl).toBeDefined()
    expect((await atAdmin('GET', '/v1/apps')).status).toBe(200)
    expect((await atAdmin('GET', '/v1/apps', 'assay_no')).status).toBe(401)
    for (const [method, target] of routes) {
      const { code } = (await (await atAdmin(method, target)).json()) as { code?: string }
      expect(code, target).not.toBe('not_found')
    }
  })

  it('leave apps what they need, and apps find nothing at the other address', async () => {
    const created = await fetch(`${running.adminUrl}/v1/apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'com.example.admin', platform: 'web' }),
    })
    expect(created.status).toBe(201)
    const body = { body: challengeBody(webDevice()), key: null }
    // The app that it asks for is none; the route is there.
    expect((await service.problem('POST', '/v1/challenges', body)).code).not.toBe('not_found')
    for (const target of ['/v1/challenges', '/v1/attestations'])
      expect((await (await atAdmin('POST', target)).json()) as object).toMatchObject({
        code: target === '/v1/attestations' ? 'method_not_allowed' : 'not_found',
      })
  })

  it('are described where they are', async () => {
    const pathsAt = async (url: string | undefined) => {
      const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }
      return Object.keys(paths)
    }
    expect(await pathsAt(running.adminUrl)).toContain('/v1/apps')
    expect(await pathsAt(running.adminUrl)).not.toContain('/v1/challenges')
    expect(await pathsAt(running.url)).toContain('/v1/challenges')
    expect(await pathsAt(running.url)).not.toContain('/v1/apps')
  })

  it('are ready and known as the rest is', async () => {
    for (const url of [running.url, running.adminUrl])
      for (const target of ['/livez', '/readyz', '/.well-known/jwks.json', '/.well-known/assay'])
        expect((await fetch(`${url}${target}`)).status, `${url}${target}`).toBe(200)
  })
})

describe('without one', () => {
  let service: ServiceUnderTest
  beforeAll(async () => {
    service = await runService()
    await registerWebApp(service)
  })
  afterAll(() => service.close())

  it('operators ask where apps do', async () => {
    expect((await service.call('GET', '/v1/apps')).status).toBe(200)
    expect((await service.call('POST', '/v1/challenges', { body: challengeBody(webDevice()) })).status).toBe(
      200,
    )
  })

  it.each([
    ['host', { host: '', port: 1 }],
    ['port', { host: '127.0.0.1', port: 65_536 }],
  ])('is what an invalid %s does not mean', async (_, admin) => {
    await expect(startService({ ...service.config, admin })).rejects.toMatchObject({ code: 'SERVICE_LISTEN' })
  })
})
