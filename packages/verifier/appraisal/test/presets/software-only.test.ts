import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { softwareOnlyPolicy } from '../../src/index.ts'
import { appraising, softwareClaims, verified } from '../claims.ts'

const of = (changes: Record<string, unknown>) => appraising(softwareOnlyPolicy, softwareClaims(changes))

test('a genuine build is a warning: software alone is never affirming', () => {
  expect(of({})).toMatchObject({ tier: 'warning', reasons: ['SOFTWARE_ONLY'] })
})

test('a debuggable build that was allowed is a warning and says so', () => {
  expect(of({ debuggable: true })).toMatchObject({
    tier: 'warning',
    reasons: ['SOFTWARE_ONLY', 'DEBUGGABLE_BUILD'],
    vector: { app: { configuration: 32, executables: 2 } },
  })
})

test.each(['absent', 'not_applicable', 'not_asked'])('live code that is %s is told', (live) => {
  expect(of({ live })).toMatchObject({
    tier: 'warning',
    reasons: ['SOFTWARE_ONLY', 'LIVE_CODE_NOT_COMPARED'],
  })
})

test('without software evidence there is no verdict', () => {
  const other = verified('play-integrity', { measured: true })
  expect(appraising(softwareOnlyPolicy, other)).toMatchObject({
    tier: 'none',
    reasons: ['REQUIRED_CLAIM_MISSING'],
  })
})

test.each(['debuggable', 'live'])('without the claim %s there is no verdict', (name) => {
  expect(of({ [name]: undefined })).toMatchObject({ tier: 'none', reasons: ['RULE_FAILED'] })
})

describe('probes', () => {
  test.each([
    ['js.automation', 'webdriver', 'web', 'contraindicated', 'AUTOMATION'],
    ['js.automation', 'headless,globals', 'web', 'contraindicated', 'AUTOMATION'],
    ['js.debugger', 'inspect', 'node', 'contraindicated', 'DEBUGGER'],
    ['js.debugger', 'dev', 'android', 'contraindicated', 'DEBUGGER'],
    ['js.crypto', 'crypto.subtle.sign', 'web', 'contraindicated', 'CRYPTO_HOOKED'],
    ['js.replaced', 'JSON.parse,crypto.subtle.sign', 'android', 'contraindicated', 'CRYPTO_HOOKED'],
  ])('%s answers %s on %s: %s, %s', (probe, answer, platform, tier, reason) => {
    const result = of({ platform, probes: { [probe]: answer } })
    expect(result.tier).toBe(tier)
    expect(result.reasons[0]).toBe(reason)
    expect(Object.values(result.vector).flatMap((part) => Object.values(part))).toContain(96)
  })

  test.each([
    ['js.debugger', 'docked', 'web', 'DEBUGGER'],
    ['js.replaced', 'fetch', 'web', 'FUNCTIONS_REPLACED'],
    ['js.natives', 'Promise.prototype.then', 'web', 'FUNCTIONS_REPLACED'],
    ['js.network', 'fetch', 'web', 'NETWORK_WRAPPED'],
    ['js.emulator', 'name', 'android', 'EMULATOR'],
    ['js.automation', '!threw', 'web', 'PROBE_UNANSWERED'],
    ['js.emulator', true, 'web', 'PROBE_UNANSWERED'],
  ])('%s answers %s on %s: a reason and no more, %s', (probe, answer, platform, reason) => {
    const result = of({ platform, probes: { [probe]: answer } })
    expect(result).toMatchObject({ tier: 'warning', reasons: ['SOFTWARE_ONLY', reason] })
  })

  test.each([
    ['js.crypto', 'crypto.getRandomValues', 'node'],
    ['js.network', 'fetch', 'android'],
    ['js.automation', '', 'web'],
    ['js.source', true, 'web'],
    ['a.probe.of.the.app', 'something', 'web'],
  ])('%s answers %j on %s: nothing to say', (probe, answer, platform) => {
    expect(of({ platform, probes: { [probe]: answer } }).reasons).toEqual(['SOFTWARE_ONLY'])
  })

  test('no answer whatsoever makes it better than a warning', () => {
    const names = ['js.automation', 'js.debugger', 'js.crypto', 'js.replaced', 'js.natives', 'js.network']
    const answers = fc.dictionary(
      fc.oneof(fc.constantFrom(...names), fc.string()),
      fc.oneof(fc.boolean(), fc.double(), fc.string()),
    )
    fc.assert(
      fc.property(answers, fc.constantFrom('web', 'node', 'android', 'ios'), (probes, platform) => {
        expect(['warning', 'contraindicated']).toContain(of({ platform, probes }).tier)
      }),
    )
  })
})
