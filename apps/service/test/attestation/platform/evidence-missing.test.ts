import type { AppActivity } from '@assay/protocol/schemas'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { simulatePixel, type AndroidPhone } from '@assay/testkit'
import {
  androidEvidence,
  androidId,
  attest,
  chain,
  createPhoneWorld,
  must,
  verdict,
  type PhoneWorld,
} from './phone-world.ts'

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

const day = 86_400_000
const pixel = (device: Parameters<typeof simulatePixel>[0]['device'] = {}) =>
  simulatePixel({ google: world.google, app: world.app, provisioning: 'remote', play: world.play, device })
const enrol = (pieces: (phone: AndroidPhone) => Parameters<typeof attest>[2], phone = pixel()) =>
  attest(world, world.androidDevice(), pieces(phone))
const change = (body: object) => must(world.service, 'PATCH', `/v1/apps/${androidId}`, { body })

const chainAlone = (phone: AndroidPhone) => [chain(phone)]
const verdictAlone = (phone: AndroidPhone) => [verdict(phone)]
const both = (phone: AndroidPhone) => [chain(phone), verdict(phone)]

beforeEach(() => change({ evidence: androidEvidence, optional_evidence: [], unvouched_per_day: null }))

describe('evidence that the app is registered for and that is left out', () => {
  it('makes the result a warning, whichever piece is missing; a phone with all pieces is affirming', async () => {
    expect(await enrol(both)).toBe('tokens')
    expect(await enrol(chainAlone)).toBe('EVIDENCE_MISSING')
    expect(await enrol(verdictAlone)).toBe('EVIDENCE_MISSING')
  })

  it('does not lower the tier if the operator made it optional', async () => {
    await change({ optional_evidence: ['play_integrity'] })
    expect(await enrol(chainAlone)).toBe('tokens')
    expect(await enrol(verdictAlone)).toBe('EVIDENCE_MISSING')
    await change({ optional_evidence: ['android_key_attestation'] })
    expect(await enrol(verdictAlone)).toBe('tokens')
    expect(await enrol(chainAlone)).toBe('EVIDENCE_MISSING')
  })

  describe('or in which Google says nothing', () => {
    const unevaluated = (phone: AndroidPhone) => {
      phone.faults.playIntegrity = 'not-evaluated'
      return both(phone)
    }
    const [optional, none] = [{ optional_evidence: ['play_integrity'] }, { optional_evidence: [] }]

    it('is a denial unless the app need not have it, and a chain came with it', async () => {
      expect(await enrol(unevaluated)).toBe('PLAY_INTEGRITY_UNEVALUATED')
      await change({ optional_evidence: ['android_key_attestation'] })
      expect(await enrol(unevaluated)).toBe('PLAY_INTEGRITY_UNEVALUATED')
      await change(optional)
      expect(await enrol(unevaluated)).toBe('tokens')
      expect(await enrol((phone) => unevaluated(phone).slice(1))).toBe('PLAY_INTEGRITY_UNEVALUATED')
    })

    it('hides nothing else that is wrong with it, nor with the chain', async () => {
      await change(optional)
      const refusedWith = (fault: AndroidPhone['faults']['playIntegrity']) =>
        enrol((phone) => {
          phone.faults.playIntegrity = fault
          return both(phone)
        })
      expect(await refusedWith('other-binding')).toBe('PLAY_INTEGRITY_COMMITMENT')
      expect(
        await enrol((phone) => [
          ...chainAlone(pixel({ deviceLocked: false })),
          ...unevaluated(phone).slice(1),
        ]),
      ).toBe('BOOT_LOADER_UNLOCKED')
    })

    it('leaves what is remembered as it was', async () => {
      await change(optional)
      const phone = pixel()
      const device = world.androidDevice()
      expect(await attest(world, device, both(phone))).toBe('tokens')
      expect(await attest(world, device, unevaluated(phone))).toBe('tokens')
      await change(none)
      expect(await attest(world, device, [])).toBe('tokens')
      expect(await enrol(chainAlone)).toBe('EVIDENCE_MISSING')
    })
  })

  it('counts as present if it is remembered', async () => {
    const device = world.androidDevice()
    expect(await attest(world, device, both(pixel()))).toBe('tokens')
    expect(await attest(world, device, [])).toBe('tokens')
  })

  it('cannot be of a kind that the platform does not have', async () => {
    const body = { optional_evidence: ['apple_app_attest'] }
    const problem = await world.service.problem('PATCH', `/v1/apps/${androidId}`, { body })
    expect(problem).toMatchObject({
      code: 'evidence_settings_invalid',
      errors: [{ pointer: '/optional_evidence/0', code: 'unknown_evidence' }],
    })
  })
})

describe('an installation that enrolled before a kind was expected', () => {
  it('keeps its tier until its evidence is 30 days old, and not if it enrols anew', async () => {
    await change({ optional_evidence: ['play_integrity'] })
    const [device, other] = [world.androidDevice(), world.androidDevice()]
    const phone = pixel()
    expect(await attest(world, device, chainAlone(phone))).toBe('tokens')
    expect(await attest(world, other, chainAlone(pixel()))).toBe('tokens')
    world.service.advance(day)
    await change({ optional_evidence: [] })
    expect(await attest(world, device, [])).toBe('tokens')
    expect(await enrol(chainAlone)).toBe('EVIDENCE_MISSING')
    expect(await attest(world, device, chainAlone(phone))).toBe('EVIDENCE_MISSING')
    expect(await attest(world, other, [])).toBe('tokens')
    world.service.advance(30 * day)
    expect(await attest(world, other, [])).toBe('enrolment_required')
  })

  it('is not excused by a second change for what it lacked before', async () => {
    await change({ evidence: { play_integrity: androidEvidence.play_integrity } })
    const device = world.androidDevice()
    expect(await attest(world, device, verdictAlone(pixel()))).toBe('tokens')
    await change({ evidence: androidEvidence })
    world.service.advance(1)
    expect(await attest(world, device, verdictAlone(pixel()))).toBe('EVIDENCE_MISSING')
  })
})

describe('enrolments for which no hardware key vouches', () => {
  it('have their own quota', async () => {
    await change({ optional_evidence: ['android_key_attestation'], unvouched_per_day: 2 })
    world.service.advance(day)
    const device = world.androidDevice()
    const phone = pixel()
    expect(await attest(world, device, verdictAlone(phone))).toBe('tokens')
    expect(await enrol(verdictAlone)).toBe('tokens')
    expect(await enrol(verdictAlone)).toBe('UNVOUCHED_ENROLMENTS_SPENT')
    expect(await enrol(both)).toBe('tokens')
    // A known installation is not a new one.
    expect(await attest(world, device, verdictAlone(phone))).toBe('tokens')
    world.service.advance(day)
    expect(await enrol(verdictAlone)).toBe('tokens')
  })
})

it('the operator learns in advance which installations a change affects', async () => {
  world.service.advance(40 * day)
  await change({ optional_evidence: ['play_integrity', 'android_key_attestation'] })
  await enrol(chainAlone)
  await enrol(verdictAlone)
  await enrol(verdictAlone)
  await enrol(both)
  const { installations } = await must<AppActivity>(world.service, 'GET', `/v1/apps/${androidId}/activity`)
  expect(installations).toEqual({ total: 4, without: { android_key_attestation: 2, play_integrity: 1 } })
})
