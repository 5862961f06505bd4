import { describe, expect, test } from 'vitest'
import { appraise, compilePolicy, type AppraisalResult } from '../../src/index.ts'
import { androidKeyClaims, assertionClaims, factsOf, now, playClaims, softwareClaims } from '../claims.ts'
import { documentOf, required } from '../expect-policy-error.ts'
import { vocabulary } from '../schemes.ts'

const key = 'evidence.android_key_attestation'
const play = 'evidence.play_integrity'

const claims = [
  softwareClaims({
    versionCode: 41,
    probes: { 'js.automation': 'webdriver', 'js.debugger': '', 'app.count': 2, 'app.flag': true },
  }),
  androidKeyClaims({ moduleHash: null, versionCodes: { 'com.example.app': 41 } }),
  playClaims({ deviceRecall: { bitFirst: true }, sdkVersion: undefined, appsDetected: [] }),
]
const facts = factsOf(
  claims,
  { 'play-integrity': 59.9 },
  { enrolmentsToday: 2 },
  { registered: { 'play-integrity': 'optional' } },
)

function evaluate(when: string, given = claims): AppraisalResult {
  const rules = [
    { when: 'true', tier: 'affirming' },
    { when, tier: 'warning', reason: 'OPERATOR_RULE' },
  ]
  const policy = compilePolicy({ required, rules }, { id: 'test', version: 1, vocabulary })
  const bootKeys = new Map([['cc'.repeat(32), 1_776_709_772n]])
  return appraise({ claims: given, policy, now, facts, bootKeys })
}

describe('true', () => {
  test.each([
    'true',
    'software.live == "matched"',
    "software.live != 'absent'",
    "software.live in ['matched', 'absent']",
    'evidence.software.versionCode == 41',
    'software.versionCode + 1 - 2 * 3 == 36',
    '-software.versionCode < -40 && software.versionCode >= 41 && software.versionCode <= 41',
    '41 in [1, software.versionCode]',
    "software.app.startsWith('com.') && software.app.endsWith('.app') && software.app.contains('example')",
    'size(software.app) == 15 && software.app.size() == 15',
    'software.debuggable ? false : true',
    "(software.debuggable ? 'a' : software.app) == 'com.example.app'",
    'software.debuggable == false',
    // Neither outcome alone is what is compared.
    "software.live == (software.debuggable ? 'x' : 'matched')",
    // Evidence and claims that may be missing
    `has(${key}) && ${key}.deviceLocked`,
    `has(${key}) ? ${key}.deviceLocked : false`,
    `!(has(${key}) && !${key}.deviceLocked)`,
    `!has(${key}) || ${key}.deviceLocked`,
    `!(!has(${key}) || !${key}.deviceLocked)`,
    `!has(evidence.apple_app_attest)`,
    `!has(${play}) || !has(${play}.sdkVersion)`,
    `has(${key}) && !has(${key}.moduleHash)`,
    `has(${play}) && has(${play}.deviceRecall) && has(${play}.deviceRecall.bitFirst) && ${play}.deviceRecall.bitFirst`,
    `has(${play}) && has(${play}.deviceRecall) && !has(${play}.deviceRecall.bitThird)`,
    `has(${play}) && has(${key}) && ${key}.deviceLocked && ${play}.testResponse == false`,
    `(has(${key}) && has(${play}) || has(${key})) && ${key}.deviceLocked`,
    // Lists
    `has(${play}) && 'MEETS_DEVICE_INTEGRITY' in ${play}.deviceRecognitionVerdict`,
    `has(${play}) && size(${play}.deviceRecognitionVerdict) == 2`,
    `has(${key}) && ${key}.serials.exists(s, s == 'abc')`,
    `has(${key}) && ${key}.serials.all(s, s in ['1', 'abc', '2'])`,
    `has(${key}) && ${key}.serials.exists_one(s, s == '1')`,
    `has(${key}) && ${key}.purposes.all(p, p == 2)`,
    `has(${key}) && ${key}.verifiedBootKey in ['00', '${'cc'.repeat(32)}']`,
    // Claims by name
    `has(${key}) && 'com.example.app' in ${key}.versionCodes && ${key}.versionCodes['com.example.app'] == 41`,
    `has(${key}) && size(${key}.versionCodes) == 1`,
    "'app.flag' in software.probes && software.probes['app.flag'] == true",
    "'app.count' in software.probes && software.probes['app.count'] == 2",
    "'js.automation' in software.probes && software.probes['js.automation'] != ''",
    "'js.automation' in software.probes && software.probes['js.automation'] != 1",
    "!('app.other' in software.probes)",
    // Probes
    "software.probes.found('js.automation')",
    "software.probes.found('js.automation', ['head', 'web'])",
    "!software.probes.found('js.automation', ['head'])",
    "!software.probes.found('js.debugger')",
    "!software.probes.found('app.other') && !software.probes.unanswered('app.other')",
    "software.probes.unanswered('app.count') && !software.probes.unanswered('js.debugger')",
    // What the service knows
    `has(${key}) && ${key}.verifiedBootKey in bootKeys && size(bootKeys) == 1`,
    `'${'cc'.repeat(32)}' in bootKeys && bootKeys['${'cc'.repeat(32)}'] == 1776709772`,
    "!('cc' in bootKeys)",
    "installation.holderKey == 'vouched' && installation.enrolmentsToday == 2",
    "registered.play_integrity == 'optional' && registered.apple_app_attest == 'no'",
    "!('play_integrity' in missing) && size(missing) == 0 && size(unread) == 0",
    "!missing.exists(format, format != 'play_integrity')",
    `has(${play}) && ages.play_integrity == 59`,
    `has(ages.play_integrity) && ages.play_integrity < 60`,
    `has(${play}) && now - ${play}.requestedAt == 2`,
    `now == ${now}`,
    `has(${key}) && has(${key}.osPatchLevel) && monthsSince(${key}.osPatchLevel, now) == 0`,
    `monthsSince(20251231, now) == 9 && monthsSince(202511, now) == 10 && monthsSince(202610, now) == -1`,
    'monthsSince(202513, now) > 20000 && monthsSince(202501, now) == 20',
    'monthsSince(0, now) > 20000 && monthsSince(-5, now) > 20000 && monthsSince(202600, now) > 20000',
  ])('%s', (when) => {
    expect(evaluate(when)).toMatchObject({ tier: 'warning', reasons: ['OPERATOR_RULE'] })
    expect(evaluate(`!(${when})`)).toMatchObject({ tier: 'affirming', reasons: [] })
  })
})

describe('what cannot be evaluated decides nothing', () => {
  const failed = { tier: 'none', vector: {}, reasons: ['RULE_FAILED'] }

  test('a number that outgrows 64 bits', () => {
    expect(evaluate('now * 9223372036854775807 > 0')).toMatchObject(failed)
  })

  test.each([
    ['a truth value', 'software.debuggable', softwareClaims({ debuggable: 1 })],
    ['an integer', 'software.versionCode > 1', softwareClaims({ versionCode: 1.5 })],
    ['an exact integer', 'software.versionCode > 1', softwareClaims({ versionCode: 2 ** 53 })],
    ['text', "software.app == 'a'", softwareClaims({ app: ['a'] })],
    ['answers', "software.probes.found('a')", softwareClaims({ probes: 'a' })],
    ['an answer', "software.probes.found('a')", softwareClaims({ probes: { a: {} } })],
  ])('a claim that is not %s as declared', (_, when, given) => {
    expect(evaluate(when, [given])).toMatchObject(failed)
  })

  test.each([
    ['a list', `has(${play}) && size(${play}.signers) == 1`, { signers: 'ee' }],
    ['a list of text', `has(${play}) && size(${play}.signers) == 1`, { signers: [1] }],
    ['an object', `has(${play}) && has(${play}.deviceRecall)`, { deviceRecall: 1 }],
    [
      'an object with such members',
      `has(${play}) && has(${play}.deviceRecall)`,
      { deviceRecall: { bitFirst: 1 } },
    ],
  ])('a verdict that is not %s as declared', (_, when, changes) => {
    expect(evaluate(when, [softwareClaims(), playClaims(changes)])).toMatchObject(failed)
  })

  test('invalid counts', () => {
    const when = `has(${key}) && 'a' in ${key}.versionCodes`
    for (const versionCodes of [{ a: '1' }, null, undefined, 'a'])
      expect(evaluate(when, [softwareClaims(), androidKeyClaims({ versionCodes })])).toMatchObject(failed)
  })

  test('a claim that evidence always has, where it is missing', () => {
    const given = [softwareClaims(), assertionClaims({ counter: undefined })]
    const format = 'evidence.apple_app_attest_assertion'
    expect(evaluate(`has(${format}) && ${format}.counter > 1`, given)).toMatchObject(failed)
    expect(evaluate(`has(${format})`, given)).toMatchObject({ tier: 'warning' })
    // Nor does asking make it one that may be missing.
    expect(evaluate(`has(${format}) && !has(${format}.counter)`, given)).toMatchObject(failed)
  })
})

test('a claim of the prototype is not there', () => {
  const deviceRecall: unknown = Object.create({ bitFirst: true })
  const when = `has(${play}) && has(${play}.deviceRecall) && !has(${play}.deviceRecall.bitFirst)`
  expect(evaluate(when, [softwareClaims(), playClaims({ deviceRecall })])).toMatchObject({ tier: 'warning' })
})

test('claims that no rule reads need not be of their type', () => {
  expect(evaluate('true', [softwareClaims({ versionCode: 'a', probes: 1 })])).toMatchObject({
    tier: 'warning',
  })
})

test('a policy gives every set of claims its own result', () => {
  const policy = compilePolicy(documentOf('software.debuggable'), { id: 'test', version: 1, vocabulary })
  const tier = (debuggable: boolean) =>
    appraise({ claims: [softwareClaims({ debuggable })], policy, now }).tier
  expect([tier(true), tier(false), tier(true)]).toEqual(['warning', 'none', 'warning'])
})
