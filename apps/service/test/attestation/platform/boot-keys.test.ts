import type { DryRunReport, Stats } from '@assay/protocol/schemas'
import { simulatePixel } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { presetDocuments } from '../../schemes.ts'
import { bootKeysOf } from '../../support/boot-keys.ts'
import {
  androidId,
  answerTo,
  attest,
  audience,
  chain,
  challengeOf,
  createPhoneWorld,
  must,
  tokenOf,
  verdict,
  type PhoneWorld,
} from './phone-world.ts'

const bootKey = '5e'.repeat(32)
const other = 'a1'.repeat(32)
const path = '/v1/boot-keys/graphene'

/** The preset, for an app that is registered without the SDK's manifest. */
const noGoogle = {
  ...presetDocuments.get('no-google'),
  rules: presetDocuments.get('no-google')?.rules.filter(({ reason }) => reason !== 'LIVE_CODE_NOT_COMPARED'),
}

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
  await must(world.service, 'PUT', '/v1/policies/phones', { body: noGoogle })
})
afterAll(() => world.close())

/** A phone with a system that is signed with the boot key, under the hardware roots. */
const phone = (device: Parameters<typeof simulatePixel>[0]['device'] = {}) =>
  simulatePixel({
    google: world.google,
    app: world.app,
    provisioning: 'remote',
    play: world.play,
    device: { verifiedBootState: 'SelfSigned', verifiedBootKey: Buffer.from(bootKey, 'hex'), ...device },
  })
let days = 1
/** Each list is newer than the one before. */
const give = (...keys: string[]) =>
  must(world.service, 'PUT', path, {
    body: bootKeysOf(keys, { publishedAt: `2026-05-${String(days++).padStart(2, '0')}T00:00:00Z` }),
  })

describe('a phone with a system of another maker', () => {
  it('is let in once its boot key was given, and refused again at its next refresh once it is gone', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(phone())])).toBe('BOOT_SELF_SIGNED')
    await give(other)
    expect(await attest(world, device, [chain(phone())])).toBe('BOOT_SELF_SIGNED')
    await give(other, bootKey)
    const enrolment = await answerTo(await challengeOf(world, device), device, [chain(phone())])
    expect(await tokenOf(world, enrolment)).toMatchObject({ ear_status: 'affirming' })
    expect(await attest(world, device, [])).toBe('tokens')
    await give(other)
    expect(await attest(world, device, [])).toBe('BOOT_SELF_SIGNED')
    await give(other, bootKey)
    expect(await attest(world, device, [])).toBe('tokens')
    await must(world.service, 'DELETE', path)
    expect(await attest(world, device, [])).toBe('BOOT_SELF_SIGNED')
    expect(await attest(world, world.androidDevice(), [chain(phone())])).toBe('BOOT_SELF_SIGNED')
  })

  it('is refused for what else is wrong with it', async () => {
    await give(bootKey)
    const refused = (device: Parameters<typeof phone>[0]) =>
      attest(world, world.androidDevice(), [chain(phone(device))])
    expect(await refused({ deviceLocked: false })).toBe('BOOT_LOADER_UNLOCKED')
    expect(await refused({ verifiedBootState: 'Unverified' })).toBe('BOOT_NOT_VERIFIED')
    expect(await refused({ verifiedBootKey: Buffer.alloc(32, 1) })).toBe('BOOT_SELF_SIGNED')
    expect(await refused({})).toBe('tokens')
  })

  it('may send what Google says of it, which does not count against it', async () => {
    const judged = async (device: Parameters<typeof phone>[0]) => {
      const sent = phone(device)
      sent.faults.playIntegrity = 'no-device-integrity'
      return attest(world, world.androidDevice(), [chain(sent), verdict(sent)])
    }
    expect(await judged({})).toBe('tokens')
    expect(await judged({ verifiedBootState: 'Verified' })).toBe('DEVICE_INTEGRITY_MISSING')
  })

  it('may send that Google evaluated nothing, where Play Integrity is optional: it counts as left out', async () => {
    const judged = async (device: Parameters<typeof phone>[0] = {}) => {
      const sent = phone(device)
      sent.faults.playIntegrity = 'not-evaluated'
      return attest(world, world.androidDevice(), [verdict(sent), chain(sent)])
    }
    expect(await judged()).toBe('tokens')
    // The chain is judged as ever.
    expect(await judged({ verifiedBootKey: Buffer.alloc(32, 1) })).toBe('BOOT_SELF_SIGNED')
    // Operators see that it was left out, and why.
    const { groups } = await must<Stats>(world.service, 'GET', `/v1/stats?app=${androidId}&by=code`)
    const passed = groups.flatMap(({ passed: count, code }) => (count > 0 ? [code] : []))
    expect(passed).toContain('PLAY_INTEGRITY_UNEVALUATED')
  })

  it('needs more than what Google says', async () => {
    expect(
      await attest(world, world.androidDevice(), [verdict(phone({ verifiedBootState: 'Verified' }))]),
    ).toBe('HARDWARE_EVIDENCE_MISSING')
  })

  it('is counted by dry runs with the boot keys of today', async () => {
    const since = new Date(world.service.now() - 86_400_000).toISOString()
    const run = async () => {
      const body = { policy: 'phones', audience, since }
      return must<DryRunReport>(world.service, 'POST', `/v1/apps/${androidId}/dry-run`, { body })
    }
    const refusedFor = ({ reasons }: DryRunReport) =>
      reasons.filter(({ code }) => code === 'BOOT_SELF_SIGNED').reduce((sum, { count }) => sum + count, 0)
    const given = refusedFor(await run())
    await must(world.service, 'DELETE', path)
    expect(refusedFor(await run())).toBeGreaterThan(given)
  })
})
