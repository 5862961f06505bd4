import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CreatedApiKey, AppActivity, BuildActivity, ServiceStatus } from '@assay/protocol/schemas'
import { attestation, audience, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'
import { statusListPath } from '@assay/protocol'
import { measure, signed } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const now = Date.UTC(2026, 10, 25, 12)

beforeAll(async () => {
  service = await runService({ clock: () => now, epochLength: 900, trustedProxies: ['10.0.0.0/8'] })
  await registerWebApp(service)
})
afterAll(() => service.close())

const activityOf = async (query = '') =>
  (await service.call('GET', `/v1/apps/${webApp}/activity${query}`)).json as AppActivity

const buildsOf = async (query = '') =>
  (await service.call('GET', `/v1/apps/${webApp}/activity/builds${query}`)).json as {
    builds: BuildActivity[]
    next?: string
  }

describe('GET /v1/service', () => {
  it('reports how the service was started and whose key asked, and nothing secret', async () => {
    const answer = await service.call('GET', '/v1/service')
    expect(answer.json as ServiceStatus).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      public_url: service.url,
      host: '127.0.0.1',
      store: 'sqlite',
      epoch_length: 900,
      log_level: 'debug',
      health: {
        store_latency_ms: expect.any(Number),
        disk_free_bytes: expect.any(Number),
        store_timeouts: 0,
        status_lists: [],
        vendor_lists: [],
        caches: ['used_challenges', 'plans', 'digests'].map((name) => ({
          name,
          held: expect.any(Number),
          most: expect.any(Number),
        })),
      },
      trusted_proxies: ['10.0.0.0/8'],
      test_vendors: false,
      google_credentials: false,
      started_at: new Date(now).toISOString(),
      server_time: new Date(now).toISOString(),
      api_key: { id: expect.any(String), name: 'first admin key', scope: 'admin' },
    })
    expect(answer.text).not.toContain(service.adminKey)
  })

  it('says how large the status lists are that guards ask for', async () => {
    expect((await service.call('GET', statusListPath(audience), { key: null })).status).toBe(200)
    const { health } = (await service.call('GET', '/v1/service')).json as ServiceStatus
    expect(health.status_lists).toEqual([
      { api: audience, names: 0, builds: 0, shards: 0, bytes: expect.any(Number) },
    ])
  })
})

describe('GET /v1/apps/{app}/activity', () => {
  it('separates attested builds from those that never were, and counts refusals', async () => {
    expect(await activityOf()).toMatchObject({ refusals: [], installations: { total: 0, without: {} } })
    expect(await buildsOf()).toEqual({ builds: [{ build: '1', last_seen_at: null }] })
    await attestation(service, webDevice())
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const probed = signed(device.key, { ...clientData, probes: { 'js.natives': true } })
    await service.call('POST', '/v1/attestations', { body: probed, key: null })
    const seen = await activityOf('?days=30')
    expect(seen).toMatchObject({ app: webApp, since: new Date(now - 30 * 86_400_000).toISOString() })
    const builds = [{ build: '1', last_seen_at: new Date(now).toISOString() }]
    expect(await buildsOf('?limit=1')).toEqual({ builds, next: '1' })
    expect(await buildsOf('?after=1')).toEqual({ builds: [] })
    await expect
      .poll(async () => (await activityOf()).refusals)
      .toEqual([
        {
          build: '1',
          outcome: 'denied',
          code: 'SOFTWARE_PROBES',
          count: 1,
          last_at: new Date(now).toISOString(),
        },
      ])
  })

  it.each(['?days=0', '?days=31', '?days=x', '?weeks=1'])('refuses %s', async (query) => {
    const problem = await service.problem('GET', `/v1/apps/${webApp}/activity${query}`)
    expect(problem.code).toBe('request_invalid')
  })

  it.each(['activity', 'activity/builds'])('knows registered apps only: %s', async (path) => {
    expect((await service.problem('GET', `/v1/apps/com.example.none/${path}`)).code).toBe('app_not_found')
  })
})

it.each(['/v1/service', `/v1/apps/${webApp}/activity`, `/v1/apps/${webApp}/activity/builds`])(
  '%s is for admins only',
  async (target) => {
    expect((await service.problem('GET', target, { key: null })).code).toBe('unauthorized')
    const body = { name: 'pipeline', scope: 'registration', apps: [webApp] }
    const { secret } = (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey
    expect((await service.problem('GET', target, { key: secret })).code).toBe('scope_insufficient')
  },
)
