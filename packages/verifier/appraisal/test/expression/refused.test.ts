import { describe, expect, test } from 'vitest'
import type { PolicyErrorCode } from '../../src/index.ts'
import { documentOf, faultOf } from '../expect-policy-error.ts'

const key = 'evidence.android_key_attestation'
const play = 'evidence.play_integrity'

/** Expressions by the code that each is refused with. */
const refused: Readonly<
  Record<Exclude<PolicyErrorCode, 'POLICY_DOCUMENT' | 'POLICY_WITHOUT_RULES'>, string[]>
> = {
  POLICY_SYNTAX: [
    '',
    ' ',
    '// true',
    'true;',
    'true true',
    'true &&',
    'software.',
    'software..live',
    'true ? false',
    '(true',
    "'open",
    'software.live = "matched"',
    'a and b',
    '{',
    '!'.repeat(1_024),
    '['.repeat(64),
    '\0',
    '\u{1f600}',
    'f(,)',
  ],
  POLICY_CLAIM_UNKNOWN: [
    'debuggable',
    'Software.debuggable',
    'software.Debuggable',
    'software.unknown == 1',
    'software.toString == 1',
    'software.constructor.name == "a"',
    'software.__proto__ == 1',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'evidence.apple.environment == "production"',
    'has(evidence.safety_net)',
    'has(software.unknown)',
    'installation.keyHolder == "hardware"',
    'ages.safety_net < 1',
    'request.auth',
    'cel.bind(x, 1, x == 1)',
    `has(${play}) && ${play}.signers.exists(i, s, true)`,
    // Bytes and keys cannot be compared.
    `has(evidence.apple_app_attest) && evidence.apple_app_attest.publicKey == 'a'`,
    `has(evidence.apple_app_attest) && has(evidence.apple_app_attest.receipt) && size(evidence.apple_app_attest.receipt) > 0`,
    // A name of one's own hides no variable.
    `has(${play}) && ${play}.signers.exists(now, now == 'a')`,
  ],
  POLICY_CLAIM_UNGUARDED: [
    `${key}.deviceLocked`,
    `has(${play}) && ${key}.deviceLocked`,
    `!has(${key}) && ${key}.deviceLocked`,
    `has(${key}) || ${key}.deviceLocked`,
    `has(${key}) ? true : ${key}.deviceLocked`,
    `(has(${key}) ? true : true) && ${key}.deviceLocked`,
    `${key}.deviceLocked && has(${key})`,
    `has(${key}) && ${key}.osPatchLevel > 1`,
    `has(${play}) && ${play}.appLicensingVerdict == 'LICENSED'`,
    `has(${play}) && has(${play}.deviceRecall) && ${play}.deviceRecall.bitFirst`,
    `(has(${key}) || has(${play})) && ${key}.deviceLocked`,
    `!has(${key}) && !has(${play}) || ${key}.deviceLocked`,
    `!has(${key}) && software.debuggable ? true : ${key}.deviceLocked`,
    `(has(${key}) && true || false) && ${key}.deviceLocked`,
    `(software.debuggable ? has(${key}) : true) && ${key}.deviceLocked`,
    'ages.apple_app_attest < 1',
    "software.probes['js.automation'] == ''",
    "bootKeys['cc'] > 1",
    "'js.debugger' in software.probes && software.probes['js.automation'] == ''",
    `has(${key}) && ${key}.versionCodes['com.example.app'] > 1`,
    `has(${play}) && ${play}.signers.exists(s, ${key}.deviceLocked)`,
  ],
  POLICY_TYPE: [
    '1',
    "'true'",
    '[true]',
    'null',
    'null == null',
    'software',
    'evidence',
    'ages',
    'software.probes',
    "b'a' == b'a'",
    '1u == 1u',
    'software.live',
    'software.versionCode',
    'software.versionCode == "1"',
    'software.versionCode == 1.0',
    'software.versionCode > 1.5',
    "software.versionCode > 'a'",
    "software.app > 'a'",
    'software.debuggable == 0',
    'software.debuggable > false',
    'software.debuggable && 1',
    '1 || software.debuggable',
    '!software.live',
    '-software.debuggable == 1',
    "software.app + 'a' == 'b'",
    'software.versionCode + software.app == 1',
    'software.debuggable ? 1 : 2',
    "software.debuggable ? true : 'true'",
    'size(software.debuggable ? [1] : [2]) == 1',
    '(software.debuggable ? software : software).debuggable',
    '1 ? true : false',
    'software == software',
    '[1] == [1]',
    'software.live.matched',
    "software['live'] == 'matched'",
    "'a' in 'abc'",
    "'a' in software",
    "1 in ['a']",
    "'a' in [1]",
    '1 in software.probes',
    "1 in [1, 'a']",
    '1 in []',
    '1 in [[1]]',
    '1 in [true, false]',
    'true in [true]',
    `has(${play}) && ${play}.signers[0] == 'a'`,
    "'a' in software.probes && software.probes[software.app] == 1",
    'size(1) == 1',
    'software.debuggable.size() == 1',
    'software.live.startsWith(1)',
    'software.probes.found(1)',
    "software.probes.found('js.debugger', 'inspect')",
    "software.app.found('a')",
    'software.probes.unanswered()',
    'monthsSince(now) > 1',
    "monthsSince('202601', now) > 1",
    "software.app.exists(c, c == 'a')",
    'software.probes.exists(p, true)',
    'bootKeys.exists(k, true)',
    'bootKeys.all(k, k in bootKeys)',
    '1 in bootKeys',
    'bootKeys.any',
    `has(${play}) && ${play}.signers.exists(s, s)`,
    `has(${play}) && ${play}.signers.exists(s, 1)`,
    '9223372036854775808 == 1',
    '9'.repeat(1_000) + ' == 1',
  ],
  POLICY_VALUE: [
    "software.live == 'Matched'",
    "'Matched' == software.live",
    "software.live != 'differs'",
    "software.platform in ['android', 'iphone']",
    "installation.holderKey == 'Hardware'",
    `has(${key}) && ${key}.verifiedBootState == 'SELF_SIGNED'`,
    `has(evidence.apple_app_attest) && evidence.apple_app_attest.environment == 'sandbox'`,
  ],
  POLICY_FUNCTION: [
    '{}',
    "{'a': 1} == {'a': 1}",
    'google.protobuf.Timestamp{} == now',
    "software.app.matches('^(a+)+$')",
    "matches(software.app, 'a')",
    'now / 2 == 1',
    'now % 2 == 1',
    "timestamp('2026-01-01T00:00:00Z') < now",
    "duration('1s') == duration('1s')",
    "int('1') == 1",
    "string(now) == '1'",
    'type(now) == int',
    'dyn(now) == 1',
    "startsWith(software.app, 'a')",
    "software.app.toString() == 'a'",
    'software.app.constructor()',
    "found(software.probes, 'a')",
    `has(${play}) && ${play}.signers.map(s, s) == ${play}.signers`,
    `has(${play}) && ${play}.signers.filter(s, true) == ${play}.signers`,
    'software.app.lowerAscii() == "a"',
    "'a,b'.split(',').exists(x, x == 'a')",
  ],
  POLICY_TOO_LARGE: [
    '('.repeat(65),
    ' '.repeat(1_025),
    `a${'.a'.repeat(500)}`,
    Array(300).fill('1').join(' < '),
    Array(100).fill('true ? true').join(' : ') + ' : true',
    `has(${play}) && ${play}.signers.exists(s, ${play}.signers.exists(t, s == t))`,
    `has(${play}) && ${play}.signers.all(s, ${play}.signers.exists_one(t, s == t))`,
  ],
}

describe.each(Object.entries(refused))('%s', (code, expressions) => {
  test.each(expressions.map((each) => [each.length > 120 ? `${each.slice(0, 120)}…` : each, each]))(
    '%s',
    (_, when) => {
      const fault = faultOf(documentOf(when))
      expect([fault?.code, fault?.pointer]).toEqual([code, '/rules/0/when'])
    },
  )
})

test('a fault says where in the expression it is', () => {
  expect(faultOf(documentOf('true && nobody'))).toMatchObject({ code: 'POLICY_CLAIM_UNKNOWN', offset: 8 })
  expect(faultOf(documentOf('true && &'))).toMatchObject({ code: 'POLICY_SYNTAX', offset: 5 })
})

test('a fault that regular expressions are missing says what there is instead', () => {
  expect(faultOf(documentOf("software.app.matches('a')"))?.message).toContain('startsWith')
})

test('the first fault is reported, with its rule', () => {
  const rules = ['true', 'nobody', '1'].map((when) => ({ when, tier: 'warning' }))
  expect(faultOf({ ...documentOf('true'), rules })).toMatchObject({ pointer: '/rules/1/when' })
})
