import { fixedRandom } from '@assay/testkit/fixed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChallengeKeys } from '../../src/attestation/challenge/challenge-keys.ts'
import { createMemorySingleUse } from '../../src/attestation/single-use.ts'
import type { SharedState } from '../../src/storage/valkey/shared-state.ts'
import type { ServiceConfig } from '../../src/index.ts'
import { measure, signed } from '../support/device.ts'
import { startNode } from '../support/node-of-many.ts'
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

it("the shared clock decides whether another node is still at work, even if this machine's clock is wrong", async () => {
  let now = Date.now() + 60_000
  const clock = () => now
  const random = fixedRandom('shared')
  const shared: SharedState = {
    challengeKeys: createChallengeKeys({ random, nonces: random, clock }),
    singleUse: { ...createMemorySingleUse({ capacity: 10, clock, steady: clock }), isShared: true },
    valkey: undefined as never,
    clock,
    refresh: async () => undefined,
    close: () => undefined,
  }
  const start = (config: ServiceConfig) => startNode(config, { hasPeers: false, shared })
  const service = await runService({}, { start })
  try {
    await registerWebApp(service)
    const device = webDevice()
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    const codeAfter = async (milliseconds: number) => {
      now += milliseconds
      const { status, json } = await service.call('POST', '/v1/attestations', { body, key: null })
      return status === 200 ? 'ok' : (json as { code: string }).code
    }
    expect(await codeAfter(0)).toBe('ok')
    expect(await codeAfter(500)).toBe('temporarily_unavailable')
    expect(await codeAfter(1_500)).toBe('ok')
  } finally {
    await service.close()
  }
})
