import type { Stats } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody, makeKey, measure, signed } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  for (let i = 0; i < 3; i++) await attestation(service, webDevice())
  // One exchange of another build, one with a wrong measurement, and one that an SDK reports.
  const device = webDevice()
  const body = challengeBody(device)
  await service.call('POST', '/v1/challenges', { body: { ...body, build: 'none' }, key: null })
  const clientData = await measure(device, await challenge(service, device))
  const wrong = { ...clientData, measurement: { ...clientData.measurement, response: 'A'.repeat(43) } }
  await service.call('POST', '/v1/attestations', { body: signed(device.key, wrong), key: null })
  const failures = ['plan_refused']
  await service.call('POST', '/v1/challenges', {
    body: { ...body, key: makeKey().thumbprint, failures },
    key: null,
  })
})
afterAll(() => service.close())

const stats = async (query: string) => (await service.call('GET', `/v1/stats?${query}`)).json as Stats

describe('the numbers of the fleet', () => {
  it('show what passed, and what was refused and why, by build', async () => {
    const { groups, truncated } = await stats('by=build,code,tier')
    expect(groups).toEqual([
      { build: '1', code: '', tier: 'warning', passed: 3, refused: 0, malfunctions: 0, reported: 0 },
      {
        build: '',
        code: 'build_not_registered',
        tier: '',
        passed: 0,
        refused: 0,
        unproven: 1,
        malfunctions: 0,
        reported: 0,
      },
      expect.objectContaining({ build: '1', code: 'SOFTWARE_RESPONSE_MISMATCH', refused: 1 }),
      { build: '1', code: 'plan_refused', tier: '', passed: 0, refused: 0, malfunctions: 0, reported: 1 },
    ])
    expect(truncated).toBe(false)
  })

  it('can be grouped by all other members, and by time', async () => {
    const { groups } = await stats('by=platform,evidence,policy,outcome,day&outcome=passed')
    expect(groups).toEqual([
      expect.objectContaining({ platform: 'web', evidence: '', outcome: 'passed', passed: 3 }),
    ])
    expect(groups[0]?.policy).toMatch(/@\d+$/)
    expect(groups[0]?.at).toMatch(/T00:00:00\.000Z$/)
    expect((await stats('since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z')).groups).toEqual([])
    expect(await stats('limit=1&by=code')).toMatchObject({ truncated: true, groups: [{ passed: 3 }] })
  })

  it('show how long attestations took', async () => {
    const { latency } = await stats(`app=${webApp}`)
    expect(latency.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(4)
    expect(latency.p50_ms).toBeGreaterThan(0)
  })

  it('survive a restart', async () => {
    await service.restart()
    expect((await stats('outcome=passed')).groups).toMatchObject([{ app: webApp, passed: 3 }])
  })

  it.each(['by=shoes', 'by=app,app', 'by=minute,day', 'by=', 'since=yesterday', 'limit=0', 'shoes=1'])(
    'are refused for %s',
    async (query) => {
      expect((await service.problem('GET', `/v1/stats?${query}`)).code).toBe('request_invalid')
    },
  )
})

describe('kept traces', () => {
  type Listed = { attestations: { trace: string; code: string; outcome: string }[]; next?: string }
  const list = async (query: string) =>
    (await service.call('GET', `/v1/attestations?${query}`)).json as Listed

  it('are listed, the newest first, page by page', async () => {
    const { attestations } = await list('')
    expect(attestations.map(({ code }) => code).sort()).toEqual([
      'SOFTWARE_RESPONSE_MISMATCH',
      'build_not_registered',
      'plan_refused',
    ])
    const first = await list('limit=2')
    const second = await list(`limit=2&after=${encodeURIComponent(first.next ?? '')}`)
    expect([...first.attestations, ...second.attestations]).toEqual(attestations)
    expect(second.next).toBeUndefined()
  })

  it('are found by app, build, code, outcome and time', async () => {
    const codes = async (query: string) => (await list(query)).attestations.map(({ code }) => code)
    expect(await codes('outcome=hearsay')).toEqual(['plan_refused'])
    expect(await codes(`app=${webApp}&build=1&code=SOFTWARE_RESPONSE_MISMATCH`)).toHaveLength(1)
    expect(await codes('app=com.example.other')).toEqual([])
    expect(await codes('since=2100-01-01T00:00:00Z')).toEqual([])
    expect(await codes('until=2000-01-01T00:00:00Z')).toEqual([])
    expect(await codes('since=2000-01-01T00:00:00Z&until=2100-01-01T00:00:00Z')).toHaveLength(3)
    expect(await codes('after=nonsense')).toHaveLength(3)
  })
})
