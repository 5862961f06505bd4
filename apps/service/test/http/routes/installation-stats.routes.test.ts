import type { InstallationStats, Rollout } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { addBuild, challenge, registerWebApp, scripts, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

const phone = (version: number) =>
  `Dalvik/2.1.0 (Linux; U; Android ${version}; Pixel 9 Build/BP4A.260105.004)`

/** An attestation of a device; `isGenuine: false`: with code that differs. */
async function attest(device: TestDevice, userAgent: string, isGenuine = true): Promise<number> {
  const clientData = await measure(device, await challenge(service, device))
  const measurement = isGenuine
    ? clientData.measurement
    : { ...clientData.measurement, response: 'A'.repeat(43) }
  const answer = await service.call('POST', '/v1/attestations', {
    body: signed(device.key, { ...clientData, measurement }),
    headers: { 'user-agent': userAgent },
    key: null,
  })
  return answer.status
}

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  await addBuild(service, '2', scripts)
  // Two users of the old build, who attest twice; of the new one, one passes, and two of Android 16 are refused.
  for (let user = 0; user < 2; user++) {
    const device = webDevice()
    for (let time = 0; time < 2; time++) expect(await attest(device, phone(15))).toBe(200)
  }
  expect(await attest(webDevice({ build: '2' }), phone(15))).toBe(200)
  const refused = webDevice({ build: '2' })
  for (let time = 0; time < 3; time++) expect(await attest(refused, phone(16), false)).toBe(403)
  expect(await attest(webDevice({ build: '2' }), phone(16), false)).toBe(403)
  // Who has proved nothing is nobody: a build that nobody registered, and a signature by another key.
  const stranger = webDevice()
  await service.call('POST', '/v1/challenges', {
    body: { ...challengeBody(stranger), build: 'made-up' },
    key: null,
  })
  const clientData = await measure(stranger, await challenge(service, stranger))
  const forged = await service.call('POST', '/v1/attestations', {
    body: signed(webDevice().key, clientData),
    headers: { 'user-agent': phone(99) },
    key: null,
  })
  expect(forged.status).toBe(400)
})
afterAll(() => service.close())

const stats = async (query: string) =>
  (await service.call('GET', `/v1/stats/installations?${query}`)).json as InstallationStats

describe('the users of the fleet', () => {
  it('are counted once, whatever they send, and nobody who has proved nothing is', async () => {
    const { groups, truncated, standard_error } = await stats('')
    expect(groups).toEqual([{ app: webApp, passed: 3, refused: 2 }])
    expect([truncated, standard_error]).toEqual([false, 0.033])
  })

  it.each([
    ['build', [['1', 2, 0], ['2', 1, 2]]], // prettier-ignore
    ['os_version', [['Android 15', 3, 0], ['Android 16', 0, 2]]], // prettier-ignore
    ['tier', [['warning', 3, 0], ['', 0, 2]]], // prettier-ignore
    ['code', [['', 3, 0], ['SOFTWARE_RESPONSE_MISMATCH', 0, 2]]], // prettier-ignore
  ] as const)('are counted by %s', async (by, expected) => {
    const { groups } = await stats(`by=${by}`)
    const shown = groups.map(({ [by]: value, passed, refused }) => [value, passed, refused])
    expect(shown.sort()).toEqual([...expected].map((one) => [...one]).sort())
  })

  it('are counted by build and code together, and narrowed to one of them', async () => {
    const refusal = { app: webApp, passed: 0, refused: 2 }
    const code = 'SOFTWARE_RESPONSE_MISMATCH'
    expect((await stats('by=build,code')).groups).toEqual([{ ...refusal, build: '2', code }])
    expect((await stats('by=code&build=2')).groups).toEqual([{ ...refusal, code }])
    expect((await stats('by=code&build=1')).groups).toEqual([])
    expect((await stats(`by=build&code=${code}`)).groups).toEqual([{ ...refusal, build: '2' }])
    expect((await stats('by=app&build=2')).groups).toEqual([{ app: webApp, passed: 1, refused: 2 }])
    expect((await stats('by=os_version&os_version=Android%2016')).groups).toMatchObject([{ refused: 2 }])
    expect((await stats('app=com.example.none')).groups).toEqual([])
  })

  it('are counted by hour and day, within the time that is asked for', async () => {
    for (const span of ['hour', 'day'])
      for (const { at } of (await stats(`by=build,${span}`)).groups)
        expect(at).toMatch(span === 'hour' ? /:00:00\.000Z$/ : /T00:00:00\.000Z$/)
    expect((await stats('since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z')).groups).toEqual([])
    expect(await stats('by=build&limit=1')).toMatchObject({ truncated: true, groups: [{ build: '2' }] })
  })

  it.each([
    ...['by=shoes', 'by=build,build', 'by=hour,day', 'by=minute', 'by=', 'by=build,tier'],
    ...['by=tier&code=X', 'by=outcome', 'since=yesterday', 'limit=0', 'outcome=passed'],
  ])('are not counted by %s', async (query) => {
    expect((await service.problem('GET', `/v1/stats/installations?${query}`)).code).toBe('request_invalid')
  })

  it('survive a restart, each counted once', async () => {
    await service.restart()
    expect((await stats('')).groups).toEqual([{ app: webApp, passed: 3, refused: 2 }])
  })
})

describe('a roll-out', () => {
  const rollout = async (query = '') =>
    (await service.call('GET', `/v1/apps/${webApp}/rollout?${query}`)).json as Rollout

  it('shows the newest build beside the one before, and whom it refuses and why', async () => {
    const { build, previous, os_versions, installations, tiers } = await rollout()
    expect(installations).toEqual({ passed: 3, refused: 2, reached: 5 })
    expect(build).toMatchObject({ build: '2', passed: 1, refused: 2, reached: 3 })
    expect(build?.reasons).toEqual([{ code: 'SOFTWARE_RESPONSE_MISMATCH', installations: 2 }])
    expect(previous).toMatchObject({ build: '1', passed: 2, refused: 0, reached: 2, reasons: [] })
    expect(os_versions).toEqual([
      { os_version: 'Android 16', passed: 0, refused: 2, before: { passed: 0, refused: 0 } },
      { os_version: 'Android 15', passed: 3, refused: 0, before: { passed: 0, refused: 0 } },
    ])
    expect(tiers).toContainEqual({ tier: 'warning', passed: 3, refused: 0 })
  })

  it('is not safe to enforce before enough users are reached, or while it refuses too many', async () => {
    const { safe_to_enforce } = await rollout()
    expect(safe_to_enforce.is_safe).toBe(false)
    expect(safe_to_enforce.doubts).toEqual([
      { kind: 'too_few', installations: 3 },
      { kind: 'refused', installations: 2 },
    ])
  })

  it('is of the build that is asked for', async () => {
    expect((await rollout('build=1')).build).toMatchObject({ build: '1', reached: 2 })
    expect((await rollout('build=1')).previous).toBeNull()
    expect((await rollout('since=2100-01-01T00:00:00Z')).build).toMatchObject({ reached: 0 })
    const problem = async (path: string) => (await service.problem('GET', `/v1/apps/${path}`)).code
    expect(await problem(`${webApp}/rollout?build=none`)).toBe('build_not_found')
    expect(await problem('com.example.none/rollout')).toBe('app_not_found')
    expect(await problem(`${webApp}/rollout?shoes=1`)).toBe('request_invalid')
  })
})
