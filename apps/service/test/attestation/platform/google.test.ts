import type { Ban, ServiceStatus } from '@assay/protocol/schemas'
import { simulatePixel } from '@assay/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  androidEvidence,
  androidId,
  answerTo,
  attest,
  audience,
  chain,
  challengeOf,
  createPhoneWorld,
  must,
  send,
  tokenOf,
  type Piece,
  type PhoneWorld,
} from './phone-world.ts'

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

const pixel = (more: Partial<Parameters<typeof simulatePixel>[0]> = {}) =>
  simulatePixel({ google: world.google, app: world.app, provisioning: 'remote', play: world.play, ...more })

describe('the status list', () => {
  afterEach(() => world.mock.behave('statusList', 'sound'))

  it('refuses revoked and suspended keys once it has been read again, remembered ones too', async () => {
    const device = world.androidDevice()
    const [phone, other] = [pixel(), pixel()]
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    world.mock.statusList.revoke(phone.keybox.serials[0] ?? '')
    world.mock.statusList.suspend(other.keybox.serials[0] ?? '')
    const { asked } = world.mock.statusList
    expect(await attest(world, device, [])).toBe('tokens')
    world.service.advance(day)
    // Reads the list in the background.
    expect(await attest(world, device, [])).toBe('tokens')
    await expect.poll(() => world.mock.statusList.asked).toBeGreaterThan(asked)
    await expect.poll(() => attest(world, device, [])).toBe('ANDROID_KEY_REVOKED')
    expect(await attest(world, world.androidDevice(), [chain(phone)])).toBe('ANDROID_KEY_REVOKED')
    expect(await attest(world, world.androidDevice(), [chain(other)])).toBe('ANDROID_KEY_SUSPENDED')
  })

  it('that cannot be read counts for three days, and then nothing passes: a malfunction', async () => {
    world.mock.behave('statusList', 'server-error')
    world.service.advance(2 * day)
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('tokens')
    world.service.advance(2 * day)
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('temporarily_unavailable')
    world.mock.behave('statusList', 'sound')
    world.service.advance(day)
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('tokens')
  })

  it('outlives a restart while Google cannot be asked, as long as it counts, and then the trace names the vendor', async () => {
    const device = world.androidDevice()
    const phone = pixel()
    expect(await attest(world, device, [chain(phone)])).toBe('tokens')
    world.mock.statusList.revoke(phone.keybox.serials[0] ?? '')
    world.service.advance(day)
    await expect.poll(() => attest(world, device, [])).toBe('ANDROID_KEY_REVOKED')
    world.mock.behave('statusList', 'server-error')
    await world.service.restart()
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('tokens')
    expect(await attest(world, world.androidDevice(), [chain(phone)])).toBe('ANDROID_KEY_REVOKED')
    const { health } = await must<ServiceStatus>(world.service, 'GET', '/v1/service')
    expect(health.vendor_lists).toMatchObject([{ name: 'android_status_list', answer: 'VENDOR_STATUS' }])
    world.service.advance(4 * day)
    await world.service.restart()
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('temporarily_unavailable')
    const { attestations } = await must<TracePage>(
      world.service,
      'GET',
      '/v1/attestations?outcome=malfunction',
    )
    expect(attestations[0]?.code).toBe('VENDOR_STATUS')
    world.mock.behave('statusList', 'sound')
    world.service.advance(day)
    expect(await attest(world, world.androidDevice(), [chain(pixel())])).toBe('tokens')
  })
})

const day = 86_400_000

interface TracePage {
  attestations: { code: string }[]
}

describe('Play Integrity', () => {
  const standard: Piece = {
    format: 'play-integrity',
    collect: (binding) => world.play.standard({ binding, app: world.app }),
  }
  const settings = (play: object, optional_evidence = ['android_key_attestation', 'play_integrity']) =>
    must(world.service, 'PATCH', `/v1/apps/${androidId}`, {
      body: { evidence: { ...androidEvidence, play_integrity: play }, optional_evidence },
    })
  afterEach(async () => {
    world.mock.behave('playIntegrity', 'sound')
    await settings(androidEvidence.play_integrity, ['play_integrity'])
  })

  it('of standard requests is decoded by Google; a failure there is a malfunction, and the same bytes pass later', async () => {
    await settings({ request: 'standard', calls_per_day: 100, max_age: 300 })
    const device = world.androidDevice()
    const body = await answerTo(await challengeOf(world, device), device, [chain(pixel()), standard])
    for (const behaviour of ['down', 'server-error', 'nonsense', 'other-shape'] as const) {
      world.mock.behave('playIntegrity', behaviour)
      expect(await send(world, body)).toBe('temporarily_unavailable')
    }
    world.mock.behave('playIntegrity', 'sound')
    expect(await send(world, body)).toBe('tokens')
  })

  it('of standard requests is decoded once, however often the same bytes are sent', async () => {
    await settings({ request: 'standard', calls_per_day: 100, max_age: 300 })
    const device = world.androidDevice()
    const body = await answerTo(await challengeOf(world, device), device, [chain(pixel()), standard])
    const { asked } = world.mock.playIntegrity
    const first = await tokenOf(world, body)
    for (let i = 0; i < 3; i += 1) {
      world.service.advance(30_000)
      expect(await tokenOf(world, body)).toEqual(first)
    }
    expect(world.mock.playIntegrity.asked).toBe(asked + 1)
  })

  it('of standard requests costs calls, of which an app has a number a day: then it is a malfunction', async () => {
    await settings({ request: 'standard', calls_per_day: 1, max_age: 300 })
    world.service.advance(day)
    const attested = () => attest(world, world.androidDevice(), [chain(pixel()), standard])
    expect(await attested()).toBe('tokens')
    expect(await attested()).toBe('temporarily_unavailable')
    world.service.advance(day)
    expect(await attested()).toBe('tokens')
  })

  it('is not sent to Google if the attestation is refused anyway', async () => {
    await settings({ request: 'standard', calls_per_day: 100, max_age: 300 })
    const { asked } = world.mock.playIntegrity
    const broken: Piece = { ...chain(pixel()), collect: () => pixel().attest('A'.repeat(43)) }
    expect(await attest(world, world.androidDevice(), [standard, broken])).toBe('ANDROID_KEY_COMMITMENT')
    expect(world.mock.playIntegrity.asked).toBe(asked)
  })

  it('is read for phones whose chain holds when junk has spent the rest of the day', async () => {
    world.service.advance(day)
    const budget = { request: 'standard', calls_per_day: 4, reserve: 2, calls_per_network: 4, max_age: 300 }
    await settings(budget, [])
    const junk: Piece = { ...standard, collect: () => ({ format: 'play-integrity', token: 'A'.repeat(500) }) }
    const enrol = (...pieces: Piece[]) => attest(world, world.androidDevice(), pieces)
    expect(
      await enrol({ ...junk, collect: () => ({ format: 'play-integrity', token: 'B'.repeat(500) }) }),
    ).toBe('PLAY_INTEGRITY_UNDECODABLE')
    expect(await enrol(junk)).toBe('PLAY_INTEGRITY_UNDECODABLE')
    expect(await enrol(junk)).toBe('temporarily_unavailable')
    expect(await enrol(chain(pixel()), standard)).toBe('tokens')
    expect(await enrol(chain(pixel()), standard)).toBe('tokens')
    expect(await enrol(chain(pixel()), standard)).toBe('temporarily_unavailable')
    await settings({ ...budget, when_spent: 'warn' }, [])
    expect(await enrol(chain(pixel()), standard)).toBe('PLAY_BUDGET_SPENT')
    world.service.advance(day)
    expect(await enrol(chain(pixel()), standard)).toBe('tokens')
  })

  it('is not decoded for a banned phone', async () => {
    await settings({ request: 'standard', calls_per_day: 100, max_age: 300 })
    const phone = pixel()
    const device = world.androidDevice()
    const answer = await answerTo(await challengeOf(world, device), device, [chain(phone), standard])
    const { installation } = await tokenOf(world, answer)
    const bans = `/v1/apps/${androidId}/bans`
    const ban = await must<Ban>(world.service, 'POST', bans, { body: { audience, installation } })
    const { asked } = world.mock.playIntegrity
    expect(await attest(world, world.androidDevice(), [chain(phone), standard])).toBe('VOUCHING_KEY_BANNED')
    expect(world.mock.playIntegrity.asked).toBe(asked)
    await must(world.service, 'DELETE', `${bans}/${ban.kind}/${ban.vouching_key}`)
  })

  it('refuses a token that Google does not know', async () => {
    await settings({ request: 'standard', calls_per_day: 100, max_age: 300 })
    const unknown: Piece = {
      ...standard,
      collect: () => ({ format: 'play-integrity', token: 'A'.repeat(500) }),
    }
    expect(await attest(world, world.androidDevice(), [unknown])).toBe('PLAY_INTEGRITY_UNDECODABLE')
  })
})
