import { assessedDevicePolicy, simulateIphone } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  answerTo,
  appId,
  assertion,
  attest,
  attestation,
  audience,
  challengeOf,
  createPhoneWorld,
  iosId,
  must,
  tokenOf,
  type PhoneWorld,
} from './platform/phone-world.ts'

let world: PhoneWorld
const assessed = 'https://assessed.example.com'

beforeAll(async () => {
  world = await createPhoneWorld()
  const { service, appleMock } = world
  await must(service, 'PUT', '/v1/policies/assessed', { body: assessedDevicePolicy(2) })
  await must(service, 'POST', '/v1/apis', {
    body: { audience: assessed, apps: [iosId], tiers: ['affirming'], policy: 'assessed' },
  })
  await must(service, 'PUT', `/v1/apps/${iosId}/devicecheck-key`, { body: appleMock.teamKey })
})
afterAll(() => world.close())

const iphone = (device = {}) =>
  simulateIphone({
    apple: world.apple,
    appId,
    appState: { validationCategory: 4, bundleVersion: '7' },
    device,
  })

/** An iPhone that has enrolled at both APIs, and what Apple has been asked since. */
async function enrolled(device?: object) {
  const phone = iphone(device)
  const holder = { ...world.iosDevice(), audiences: [audience, assessed] }
  const before = world.appleMock.asked
  const answer = await answerTo(await challengeOf(world, holder), holder, [attestation(phone)])
  expect(await tokenOf(world, answer)).toMatchObject({ aud: audience })
  await vi.waitUntil(() => world.appleMock.asked > before, { timeout: 60_000 })
  return { phone, holder: { ...holder, audiences: [assessed] } }
}

/** The answer was kept a moment after Apple gave it. */
async function refreshes({ phone, holder }: Awaited<ReturnType<typeof enrolled>>, until: string) {
  await expect.poll(() => attest(world, holder, [assertion(phone)])).toBe(until)
}

describe('what Apple says of a device', () => {
  it('is requested after the enrolment, and judged at the next refresh', async () => {
    const device = {}
    const first = await enrolled(device)
    await refreshes(first, 'tokens')
    await enrolled(device)
    await refreshes(await enrolled(device), 'DEVICE_ATTESTS_MANY_KEYS')
    // What Apple said of the first key is as old as its receipt.
    await refreshes(first, 'tokens')
    await refreshes(await enrolled(), 'tokens')
  })

  it.each(['too-early', 'forgotten', 'server-error', 'nonsense'] as const)(
    'stays open where it says nothing (%s): no denial where the policy does not ask for it',
    async (behaviour) => {
      world.appleMock.behave(behaviour)
      try {
        const { phone, holder } = await enrolled()
        expect(await attest(world, holder, [assertion(phone)])).toBe('RISK_NOT_ASSESSED')
        const other = { ...holder, audiences: [audience] }
        expect(await attest(world, other, [assertion(phone)])).toBe('tokens')
      } finally {
        world.appleMock.behave('sound')
        // Where it did not answer, it is not asked for this app until the pause is over.
        world.service.advance(300_000)
      }
    },
  )
})
