import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePolicy, policyBounds, type PolicyErrorCode } from '../../src/index.ts'
import { appraising } from '../claims.ts'
import { documentOf, expectFault, faultOf, required } from '../expect-policy-error.ts'
import { presetDocuments, vocabulary } from '../schemes.ts'

const rule = { when: 'software.debuggable', tier: 'warning' }
const good = { required, rules: [rule] }
const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value)

test('a document needs no more than a requirement and a rule', () => {
  expect(faultOf(good)).toBeUndefined()
})

test('a document may say what it is, why each rule is there, and what a rule asserts', () => {
  const document = {
    name: 'n'.repeat(policyBounds.name),
    description: 'd'.repeat(policyBounds.description),
    required,
    rules: [
      {
        description: 'why',
        when: 'true',
        tier: 'contraindicated',
        reason: 'OPERATOR_RULE',
        vector: { app: { executables: 127 }, device: {}, key: { hardware: -128, 'sourced-data': 0 } },
      },
    ],
  }
  expect(appraising(compilePolicy(document, { id: 'mine', version: 7, vocabulary }))).toMatchObject({
    tier: 'contraindicated',
    reasons: ['OPERATOR_RULE'],
    vector: { app: { executables: 127 }, key: { hardware: -128 } },
    policy: { id: 'mine', version: 7 },
  })
})

describe('a document is refused', () => {
  test.each<[string, unknown, PolicyErrorCode, string]>([
    ['null', null, 'POLICY_DOCUMENT', ''],
    ['nothing', undefined, 'POLICY_DOCUMENT', ''],
    ['a list', [], 'POLICY_DOCUMENT', ''],
    ['text', 'true', 'POLICY_DOCUMENT', ''],
    ['an empty object', {}, 'POLICY_DOCUMENT', ''],
    ['no requirements', { rules: [rule] }, 'POLICY_DOCUMENT', ''],
    ['no rules', { required }, 'POLICY_DOCUMENT', ''],
    ['rules of its prototype', Object.create(good), 'POLICY_DOCUMENT', ''],
    ['an unknown member', { ...good, enforce: true }, 'POLICY_DOCUMENT', ''],
    [
      'a member called __proto__',
      JSON.parse('{"__proto__":{},"required":[],"rules":[]}'),
      'POLICY_DOCUMENT',
      '',
    ],
    ['a name that is no text', { ...good, name: 1 }, 'POLICY_DOCUMENT', '/name'],
    ['a long name', { ...good, name: 'n'.repeat(101) }, 'POLICY_TOO_LARGE', '/name'],
    ['a long description', { ...good, description: 'd'.repeat(1_001) }, 'POLICY_TOO_LARGE', '/description'],
    ['requirements that are no list', { ...good, required: {} }, 'POLICY_DOCUMENT', '/required'],
    ['no requirement', { ...good, required: [] }, 'POLICY_WITHOUT_RULES', '/required'],
    ['33 requirements', { ...good, required: times(33, required[0]) }, 'POLICY_TOO_LARGE', '/required'],
    ['rules that are no list', { ...good, rules: 'true' }, 'POLICY_DOCUMENT', '/rules'],
    ['no rule', { ...good, rules: [] }, 'POLICY_WITHOUT_RULES', '/rules'],
    ['65 rules', { ...good, rules: times(65, rule) }, 'POLICY_TOO_LARGE', '/rules'],
    ['a hole for a rule', { ...good, rules: Array<unknown>(1) }, 'POLICY_DOCUMENT', '/rules/0'],
  ])('that is or has %s', (_, document, code, pointer) => {
    expectFault(document, code, pointer)
  })

  test.each<[string, unknown, PolicyErrorCode, string]>([
    ['null', null, 'POLICY_DOCUMENT', ''],
    ['no condition', { tier: 'warning' }, 'POLICY_DOCUMENT', ''],
    ['no tier', { when: 'true' }, 'POLICY_DOCUMENT', ''],
    ['an unknown member', { ...rule, unless: 'true' }, 'POLICY_DOCUMENT', ''],
    ['a condition that is no text', { ...rule, when: true }, 'POLICY_DOCUMENT', '/when'],
    ['a long condition', { ...rule, when: ' '.repeat(1_025) }, 'POLICY_TOO_LARGE', '/when'],
    ['65 brackets', { ...rule, when: '('.repeat(65) }, 'POLICY_TOO_LARGE', '/when'],
    ['the tier none', { ...rule, tier: 'none' }, 'POLICY_DOCUMENT', '/tier'],
    ['a tier of another spelling', { ...rule, tier: 'Affirming' }, 'POLICY_DOCUMENT', '/tier'],
    ['a tier that every object has', { ...rule, tier: 'toString' }, 'POLICY_DOCUMENT', '/tier'],
    ['a reason that does not exist', { ...rule, reason: 'BAD' }, 'POLICY_DOCUMENT', '/reason'],
    ['a reason of your own without a name', { ...rule, reason: 'X_' }, 'POLICY_DOCUMENT', '/reason'],
    ['a reason of your own in small letters', { ...rule, reason: 'X_ours' }, 'POLICY_DOCUMENT', '/reason'],
    [
      'a reason of your own that is long',
      { ...rule, reason: `X_${'A'.repeat(63)}` },
      'POLICY_DOCUMENT',
      '/reason',
    ],
    ['a reason for no verdict', { ...rule, reason: 'NO_EVIDENCE' }, 'POLICY_DOCUMENT', '/reason'],
    ['a description that is no text', { ...rule, description: [] }, 'POLICY_DOCUMENT', '/description'],
    ['a vector that is no object', { ...rule, vector: [] }, 'POLICY_DOCUMENT', '/vector'],
    ['an unknown part', { ...rule, vector: { user: {} } }, 'POLICY_DOCUMENT', '/vector'],
    ['a part that is no object', { ...rule, vector: { app: 2 } }, 'POLICY_DOCUMENT', '/vector/app'],
    ['an unknown AR4SI claim', { ...rule, vector: { app: { colour: 2 } } }, 'POLICY_DOCUMENT', '/vector/app'],
    ...[128, -129, 1.5, '2', null, Number.NaN].map((value): [string, unknown, PolicyErrorCode, string] => [
      `the AR4SI value ${value}`,
      { ...rule, vector: { app: { executables: value } } },
      'POLICY_DOCUMENT',
      '/vector/app/executables',
    ]),
  ])('with a rule that is or has %s', (_, wrong, code, pointer) => {
    expectFault({ required, rules: [rule, wrong] }, code, `/rules/1${pointer}`)
  })

  test.each<[string, unknown, PolicyErrorCode, string]>([
    ['null', null, 'POLICY_DOCUMENT', ''],
    ['no values', { claim: 'software.live' }, 'POLICY_DOCUMENT', ''],
    ['an unknown member', { claim: 'software.live', one_of: ['matched'], not: 1 }, 'POLICY_DOCUMENT', ''],
    ['a claim that is no text', { claim: 1, one_of: [1] }, 'POLICY_DOCUMENT', '/claim'],
    ['a long name', { claim: 'a'.repeat(257), one_of: [1] }, 'POLICY_TOO_LARGE', '/claim'],
    ['values that are no list', { claim: 'software.live', one_of: 'matched' }, 'POLICY_DOCUMENT', '/one_of'],
    ['no value', { claim: 'software.live', one_of: [] }, 'POLICY_WITHOUT_RULES', '/one_of'],
    ['65 values', { claim: 'software.live', one_of: times(65, 'matched') }, 'POLICY_TOO_LARGE', '/one_of'],
    ['null as a value', { claim: 'software.live', one_of: [null] }, 'POLICY_DOCUMENT', '/one_of/0'],
    ['a list as a value', { claim: 'software.live', one_of: [['matched']] }, 'POLICY_DOCUMENT', '/one_of/0'],
    [
      'a long value',
      { claim: 'software.app', one_of: ['a', 'a'.repeat(257)] },
      'POLICY_TOO_LARGE',
      '/one_of/1',
    ],
    [
      'an infinite value',
      { claim: 'software.versionCode', one_of: [Infinity] },
      'POLICY_DOCUMENT',
      '/one_of/0',
    ],
    ['a fraction of a version', { claim: 'software.versionCode', one_of: [1.5] }, 'POLICY_TYPE', '/one_of/0'],
    ['text for a truth value', { claim: 'software.measured', one_of: ['true'] }, 'POLICY_TYPE', '/one_of/0'],
    ['a number for text', { claim: 'software.app', one_of: ['a', 1] }, 'POLICY_TYPE', '/one_of/1'],
    ['a value that never is', { claim: 'software.live', one_of: ['Matched'] }, 'POLICY_VALUE', '/one_of/0'],
    [
      'a list as the claim',
      { claim: 'evidence.play_integrity.signers', one_of: ['a'] },
      'POLICY_TYPE',
      '/claim',
    ],
    [
      'a key as the claim',
      { claim: 'evidence.apple_app_attest.publicKey', one_of: ['a'] },
      'POLICY_TYPE',
      '/claim',
    ],
    ['evidence as the claim', { claim: 'evidence.software', one_of: [true] }, 'POLICY_TYPE', '/claim'],
    ...[
      '',
      '.',
      'software.',
      'software.unknown',
      'evidence.unknown.measured',
      'evidence.apple-app-attest.platform',
      'software.measured.more',
      'software.toString',
      'software.__proto__',
      'ages.software',
      'now',
      'constructor.name',
    ].map((claim): [string, unknown, PolicyErrorCode, string] => [
      `the claim ${claim}`,
      { claim, one_of: [true] },
      'POLICY_CLAIM_UNKNOWN',
      '/claim',
    ]),
  ])('with a requirement that is or has %s', (_, wrong, code, pointer) => {
    expectFault({ required: [...required, wrong], rules: [rule] }, code, `/required/1${pointer}`)
  })

  test('whose expressions are too large together, though each alone is not', () => {
    const long = `true ${' '.repeat(1_019)}`
    expect(faultOf({ required, rules: times(16, { ...rule, when: long }) })).toBeUndefined()
    const more = [...times(16, { ...rule, when: long }), { ...rule, when: 'true' }]
    expectFault({ required, rules: more }, 'POLICY_TOO_LARGE', '/rules')
  })
})

test('the rules can read the requirements, member by member', () => {
  const claim = 'evidence.play_integrity.appLicensingVerdict'
  const when = `${claim} == 'LICENSED'`
  expectFault(documentOf(when), 'POLICY_CLAIM_UNGUARDED', '/rules/0/when')
  const needing = { required: [{ claim, one_of: ['LICENSED'] }], rules: [{ when, tier: 'affirming' }] }
  expect(faultOf(needing)).toBeUndefined()
})

test.each(['', 'x'])('an id that is %j with a version out of order is misuse', (id) => {
  const misuse = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }) as Error
  for (const version of id === '' ? [1] : [0, -1, 1.5, Number.NaN])
    expect(() => compilePolicy(good, { id, version, vocabulary })).toThrow(misuse)
})

describe('whatever a document is', () => {
  test('it compiles, or is refused with a code and a place', () => {
    const values = fc.oneof(
      fc.anything({ maxDepth: 3 }),
      fc.constantFrom(
        'warning',
        'true',
        [],
        {},
        ...[...presetDocuments.values()].flatMap(({ rules }) => rules),
      ),
    )
    const documents = fc.record(
      {
        required: fc.oneof(fc.constant(required), values),
        rules: fc.oneof(fc.array(values), values),
        name: values,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(documents, fc.anything()), (document) => {
        const fault = faultOf(document)
        if (fault !== undefined) expect(fault.pointer).toMatch(/^(?:\/[^/]+)*$/)
      }),
    )
  })
})
