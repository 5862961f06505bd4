import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measure, signed } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { attestation, challenge, registerWebApp, webDevice } from '../support/web-app.ts'

const hour = 3_600_000

describe('when somebody sets the clock of the machine', () => {
  let service: ServiceUnderTest
  // Keys that sign are older than what the clock is set back by.
  let wall = -3 * hour
  beforeAll(async () => {
    service = await runService({
      clock: () => Date.now() + wall,
      steady: () => Date.now(),
      limits: { usedChallenges: 10 },
    })
    await registerWebApp(service)
    wall = 0
  })
  afterAll(() => service.close())

  it.each([
    ['an hour forth', hour],
    ['an hour back', -hour],
    ['a day back, before a key was made', -24 * hour],
    ['ninety days forth', 90 * 24 * hour],
    ['back to what it was', 0],
  ])('%s, challenges issued before and after are used once, as always', async (_to, set) => {
    const device = webDevice()
    const before = await challenge(service, device)
    wall = set
    const clientData = await measure(device, before)
    const body = signed(device.key, clientData)
    expect((await service.call('POST', '/v1/attestations', { body, key: null })).status).toBe(200)
    const other = signed(device.key, { ...clientData, sdk: 'another/1' })
    expect((await service.problem('POST', '/v1/attestations', { body: other, key: null })).code).toBe(
      'challenge_used',
    )
    expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
  })
})
