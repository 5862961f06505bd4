import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appraise, type AppraisalReasonCode } from '../../src/index.ts'
import { presetDocuments, presets } from '../schemes.ts'
import { now, verified } from '../claims.ts'
import {
  given,
  judge,
  otherKey,
  otherSystem,
  otherSystemWithPlay,
  pixel,
  pixelWithPlay,
  type Device,
} from './devices.ts'
import { devices } from './findings.ts'

const fine = { tier: 'affirming', reasons: [] }
const refused = (...reasons: readonly AppraisalReasonCode[]) => ({ tier: 'contraindicated', reasons })
const judged = (device: Device) => {
  const { tier, reasons } = judge('no-google', device)
  return { tier, reasons }
}
const without = <Of extends object>(of: Of, name: string): Of =>
  Object.fromEntries(Object.entries(of).filter(([each]) => each !== name)) as Of

describe('a system whose boot key was given', () => {
  test('affirms as that of the phone’s maker does', () => {
    expect(judge('no-google', otherSystem())).toMatchObject({
      ...fine,
      vector: { device: { hardware: 2, configuration: 2 } },
    })
  })

  test.each(['observe', 'balanced', 'strict'] as const)('counts for nothing under %s', (preset) => {
    expect(judge(preset, otherSystem()).reasons).toEqual(['BOOT_SELF_SIGNED'])
  })

  test.each<[string, Device, readonly AppraisalReasonCode[]]>([
    [
      'its boot loader is unlocked',
      otherSystem({ deviceLocked: false }),
      ['BOOT_LOADER_UNLOCKED', 'BOOT_SELF_SIGNED'],
    ],
    ['it has another key', otherSystem({ verifiedBootKey: 'cc'.repeat(32) }), ['BOOT_SELF_SIGNED']],
    [
      'its key only begins like one',
      otherSystem({ verifiedBootKey: otherKey.slice(2) }),
      ['BOOT_SELF_SIGNED'],
    ],
    ['its key is empty', otherSystem({ verifiedBootKey: '' }), ['BOOT_SELF_SIGNED']],
    [
      'its key is named like a member of objects',
      otherSystem({ verifiedBootKey: 'constructor' }),
      ['BOOT_SELF_SIGNED'],
    ],
    ['no key was given', { ...otherSystem(), bootKeys: new Map() }, ['BOOT_SELF_SIGNED']],
    ['nobody verified it', otherSystem({ verifiedBootState: 'Unverified' }), ['BOOT_NOT_VERIFIED']],
    ['its verification failed', otherSystem({ verifiedBootState: 'Failed' }), ['BOOT_NOT_VERIFIED']],
    ['software states it', otherSystem({ attestationSecurityLevel: 'Software' }), ['KEY_IN_SOFTWARE']],
    ['software holds the key', otherSystem({ keyMintSecurityLevel: 'Software' }), ['KEY_IN_SOFTWARE']],
    ['the phone is lost', otherSystem({ reportedLost: true }), ['DEVICE_REPORTED_LOST']],
  ])('does not help where %s', (_, device, reasons) => {
    expect(judged(device)).toEqual(refused(...reasons))
  })

  test('decides nothing where its evidence states no boot key, which is no attestation', () => {
    const device = otherSystem()
    const claims = device.claims.map(({ format, claims: all }) =>
      verified(format, without(all as object, 'verifiedBootKey')),
    )
    expect(judged({ ...device, claims })).toEqual({ tier: 'none', reasons: ['RULE_FAILED'] })
  })

  test('may be as old as any other, and no older', () => {
    const aged = (age: number) => otherSystem({}, { ages: { 'android-key-attestation': age } })
    expect(judged(aged(30 * 86_400))).toEqual(fine)
    expect(judged(aged(30 * 86_400 + 1))).toEqual({ tier: 'warning', reasons: ['HARDWARE_EVIDENCE_OLD'] })
  })
})

describe('what Google says', () => {
  test.each<[string, Device]>([
    ['basic integrity', otherSystemWithPlay()],
    ['no integrity', otherSystemWithPlay({ deviceRecognitionVerdict: [] })],
    ['a verdict that it cannot give', otherSystemWithPlay({ appLicensingVerdict: undefined })],
  ])('does not count against a phone with such a system: %s', (_, device) => {
    expect(judged(device)).toEqual(fine)
  })

  test.each<[string, Device, AppraisalReasonCode, string]>([
    [
      'another version of the app',
      otherSystemWithPlay({ appRecognitionVerdict: 'UNRECOGNIZED_VERSION' }),
      'APP_NOT_RECOGNISED',
      'contraindicated',
    ],
    [
      'an app that its user did not get from Play',
      otherSystemWithPlay({ appLicensingVerdict: 'UNLICENSED' }),
      'APP_NOT_LICENSED',
      'contraindicated',
    ],
    [
      'a PC',
      otherSystemWithPlay({ deviceRecognitionVerdict: ['MEETS_VIRTUAL_INTEGRITY'] }),
      'EMULATOR',
      'contraindicated',
    ],
    [
      'a harmful app',
      otherSystemWithPlay({ playProtectVerdict: 'HIGH_RISK' }),
      'PLAY_PROTECT_RISK',
      'warning',
    ],
  ])('counts where it was found rather than not evaluated: %s', (_, device, reason, tier) => {
    expect(judged(device)).toEqual({ tier, reasons: [reason] })
  })

  test('counts on every other phone', () => {
    const verdict = { deviceRecognitionVerdict: [] }
    const missing = refused('DEVICE_INTEGRITY_MISSING')
    expect(judged({ ...pixelWithPlay(verdict), bootKeys: given })).toEqual(missing)
    expect(judged({ ...otherSystemWithPlay(), bootKeys: new Map() })).toEqual({
      tier: 'contraindicated',
      reasons: ['BOOT_SELF_SIGNED', 'LICENCE_NOT_EVALUATED', 'DEVICE_INTEGRITY_BASIC'],
    })
    const unlocked = judged(otherSystemWithPlay(verdict, { deviceLocked: false }))
    expect(unlocked.reasons).toContain('DEVICE_INTEGRITY_MISSING')
  })

  test('counts on a phone of the maker whose boot key somebody gave', () => {
    // The key of the maker's own system in the list is no way around Google's verdict.
    const device = pixelWithPlay({ deviceRecognitionVerdict: [] })
    const bootKeys = new Map([['cc'.repeat(32), 1n]])
    expect(judged({ ...device, bootKeys })).toEqual(refused('DEVICE_INTEGRITY_MISSING'))
    expect(judged({ ...pixel(), bootKeys })).toEqual(fine)
  })
})

test('without a boot key that was given it is nowhere milder than balanced', () => {
  const order = ['affirming', 'warning', 'contraindicated']
  for (const { bootKeys: _, ...device } of devices) {
    const [ours, balanced] = [judge('no-google', device), judge('balanced', device)]
    expect(order.indexOf(ours.tier)).toBeGreaterThanOrEqual(order.indexOf(balanced.tier))
  }
})

test('decides nothing where nobody says which boot keys were given', () => {
  const { claims, facts } = otherSystem()
  const policy = presets.policy('no-google')
  const undecided = { tier: 'none', reasons: ['RULE_FAILED'] }
  expect(appraise({ claims, facts, policy, now })).toMatchObject(undecided)
  expect(judge('no-google', { claims, facts, bootKeys: [otherKey] as never })).toMatchObject(undecided)
})

test('finds a key among thousands without going over them', () => {
  const many = new Map(Array.from({ length: 4_096 }, (_, i) => [i.toString(16).padStart(64, '0'), 1n]))
  let looked = 0
  const counted = new Proxy(many, {
    get(map, name) {
      if (name === 'get' || name === 'has') looked += 1
      else if (name !== 'size' && typeof name !== 'symbol') throw new Error(`bootKeys.${name} was used`)
      const member: unknown = Reflect.get(map, name)
      return typeof member === 'function' ? member.bind(map) : member
    },
  })
  const last = (4_095).toString(16).padStart(64, '0')
  expect(judged({ ...otherSystem({ verifiedBootKey: last }), bootKeys: counted })).toEqual(fine)
  const rules = presetDocuments.get('no-google')?.rules ?? []
  expect(looked).toBeLessThanOrEqual(rules.length)
})

test('any state with any key is let in only if it is locked, signed by another maker, and given', () => {
  const keys = fc.constantFrom(otherKey, 'cc'.repeat(32), '', 'toString')
  const states = fc.constantFrom('Verified', 'SelfSigned', 'Unverified', 'Failed')
  fc.assert(
    fc.property(keys, states, fc.boolean(), fc.boolean(), (key, state, locked, isGiven) => {
      const device = otherSystem({ verifiedBootKey: key, verifiedBootState: state, deviceLocked: locked })
      const { tier } = judge('no-google', { ...device, bootKeys: isGiven ? given : new Map() })
      const isAccepted =
        locked && (state === 'Verified' || (state === 'SelfSigned' && isGiven && key === otherKey))
      expect(tier).toBe(isAccepted ? 'affirming' : 'contraindicated')
    }),
  )
})
