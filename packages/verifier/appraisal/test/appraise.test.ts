import type { Verified } from '@assay/evidence'
import type { software, SoftwareClaims } from '@assay/evidence/software'
import { tiers } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  appraise,
  compilePolicy,
  type AppraisalInput,
  type Condition,
  type HolderKey,
  type Policy,
  type Rule,
} from '../src/index.ts'
import { appraisalReasonCodes } from '../src/errors/codes.ts'
import { tierOfVector, worstTier } from '../src/policy/trust-vector.ts'
import { always, appraising, factsOf, now, policyOf, softwareClaims, verified } from './claims.ts'
import { vocabulary } from './schemes.ts'

const undecided = (reason: string) => ({ tier: 'none', vector: {}, reasons: [reason] })

test('a result says which policy it was, and when', () => {
  expect(appraising(policyOf({ when: always, tier: 'warning', reason: 'EMULATOR' }))).toEqual({
    tier: 'warning',
    vector: {},
    reasons: ['EMULATOR'],
    policy: { id: 'test', version: 3 },
    appraisedAt: now,
  })
})

describe('only verified claims can be appraised', () => {
  test('parsed values of a format do not compile, and neither do bare claims', () => {
    type Appraisable = AppraisalInput['claims'][number]
    expectTypeOf<ReturnType<typeof software.parse>>().not.toExtend<Appraisable>()
    expectTypeOf<SoftwareClaims>().not.toExtend<Appraisable>()
    expectTypeOf<{ format: string; claims: SoftwareClaims }>().not.toExtend<Appraisable>()
    expectTypeOf<Verified<SoftwareClaims>>().toExtend<Appraisable>()
    const policy = policyOf({ when: always, tier: 'warning' })
    // @ts-expect-error: nobody has verified these
    appraise({ claims: [{ format: 'software', claims: { measured: true } }], policy, now })
  })
})

describe('evidence that was left out affirms nothing, whatever the policy says', () => {
  const policy = policyOf({ when: always, tier: 'affirming' })
  const claims = [softwareClaims()]
  const withFacts = (changes: Parameters<typeof factsOf>[3]) =>
    appraise({ claims, policy, now, facts: factsOf(claims, {}, {}, changes) })

  test('its twin, with nothing missing', () => {
    expect(withFacts({ registered: { 'play-integrity': 'optional' } })).toMatchObject({
      tier: 'affirming',
      reasons: [],
    })
  })

  test('a registered format that is missing', () => {
    expect(withFacts({ missing: ['play-integrity'] })).toMatchObject({
      tier: 'warning',
      reasons: ['EVIDENCE_MISSING'],
    })
  })

  test('a format that came and was not read', () => {
    const unread = [{ format: 'play-integrity', reason: 'PLAY_BUDGET_SPENT' }]
    expect(withFacts({ unread })).toMatchObject({ tier: 'warning', reasons: ['PLAY_BUDGET_SPENT'] })
    expect(() => withFacts({ unread: [{ format: 'play-integrity', reason: 'NO_SUCH' }] })).toThrow(TypeError)
  })

  test('a policy may deny it', () => {
    const denying = compilePolicy(
      {
        required: [{ claim: 'evidence.software.measured', one_of: [true] }],
        rules: [
          { when: 'true', tier: 'affirming' },
          {
            when: "registered.play_integrity == 'required' && 'play_integrity' in missing",
            tier: 'contraindicated',
            reason: 'EVIDENCE_MISSING',
          },
        ],
      },
      { id: 'ours', version: 1, vocabulary },
    )
    const judged = (changes: Parameters<typeof factsOf>[3]) =>
      appraise({ claims, policy: denying, now, facts: factsOf(claims, {}, {}, changes) })
    const registered = { 'play-integrity': 'required' } as const
    expect(judged({ registered })).toMatchObject({ tier: 'affirming' })
    expect(judged({ registered, missing: ['play-integrity'] })).toMatchObject({
      tier: 'contraindicated',
      reasons: ['EVIDENCE_MISSING'],
    })
    // What is registered is not known: nothing is decided.
    expect(appraise({ claims, policy: denying, now })).toMatchObject(undecided('RULE_FAILED'))
  })
})

describe('none', () => {
  const passing: Rule = { when: always, tier: 'affirming' }

  test('no evidence', () => {
    expect(appraise({ claims: [], policy: policyOf(passing), now })).toMatchObject(undecided('NO_EVIDENCE'))
  })

  test('a policy that requires nothing, or concludes nothing', () => {
    const policy = policyOf(passing)
    expect(appraising({ ...policy, required: [] })).toMatchObject(undecided('POLICY_EMPTY'))
    expect(appraising({ ...policy, rules: [] })).toMatchObject(undecided('POLICY_EMPTY'))
  })

  test('two pieces of evidence of one format', () => {
    const result = appraising(policyOf(passing), softwareClaims(), softwareClaims({ debuggable: true }))
    expect(result).toMatchObject(undecided('EVIDENCE_REPEATED'))
  })

  test.each([
    ['of a format that is not there', ['play-integrity', 'verdict']],
    ['that is not there', ['software', 'missing']],
    ['that every object has', ['software', 'toString']],
    ['below one that is no object', ['software', 'measured', 'more']],
    ['below one that is not there', ['software', 'missing', 'more']],
    ['below null', ['software', 'nothing', 'more']],
  ] as const)('a required claim %s', (_, claim) => {
    const policy: Policy = { ...policyOf(passing), required: [{ claim, oneOf: [true] }] }
    expect(appraising(policy, softwareClaims({ nothing: null }))).toMatchObject(
      undecided('REQUIRED_CLAIM_MISSING'),
    )
  })

  test('one required claim of several is missing', () => {
    const policy = policyOf(passing)
    const required = [...policy.required, { claim: ['device', 'locked'], oneOf: [true] }] as const
    expect(appraising({ ...policy, required })).toMatchObject(undecided('REQUIRED_CLAIM_MISSING'))
  })

  test.each([false, 'true', 1, null])('a required claim that is %j instead of true', (measured) => {
    const result = appraising(policyOf(passing), softwareClaims({ measured }))
    expect(result).toMatchObject(undecided('REQUIRED_CLAIM_NOT_AFFIRMING'))
  })

  test('each of several required claims must be affirmed, by any one of its values', () => {
    const required = [
      { claim: ['software', 'live'], oneOf: ['absent', 'matched'] },
      { claim: ['software', 'coverage'], oneOf: ['image'] },
    ] as const
    const policy: Policy = { ...policyOf(passing), required }
    expect(appraising(policy).tier).toBe('affirming')
    expect(appraising(policy, softwareClaims({ coverage: 'scripts' }))).toMatchObject(
      undecided('REQUIRED_CLAIM_NOT_AFFIRMING'),
    )
  })

  test('a rule that throws, whatever the others say', () => {
    const throwing: Condition = () => {
      throw new Error('division by zero')
    }
    const contraindicated: Rule = {
      when: always,
      tier: 'contraindicated',
      vector: { app: { executables: 96 } },
    }
    const result = appraising(policyOf(passing, contraindicated, { ...passing, when: throwing }))
    expect(result).toMatchObject(undecided('RULE_FAILED'))
  })

  test.each([undefined, 1, 'true', Promise.resolve(true)])('a rule that gives %s', (outcome) => {
    const rule = { ...passing, when: (() => outcome) as unknown as Condition }
    expect(appraising(policyOf(rule))).toMatchObject(undecided('RULE_FAILED'))
  })

  test('a rule that reads an unchecked claim', () => {
    const policy = compilePolicy(
      {
        required: [{ claim: 'evidence.software.measured', one_of: [true] }],
        rules: [
          { when: 'true', tier: 'affirming' },
          { when: 'software.debuggable', tier: 'warning' },
        ],
      },
      { id: 'test', version: 1, vocabulary },
    )
    expect(appraising(policy).tier).toBe('affirming')
    const result = appraising(policy, softwareClaims({ debuggable: undefined }))
    expect(result).toMatchObject(undecided('RULE_FAILED'))
  })

  test('a rule that asserts what is no AR4SI value', () => {
    const rule: Rule = { when: always, tier: 'affirming', vector: { app: { executables: 200 } } }
    expect(appraising(policyOf(rule))).toMatchObject(undecided('RULE_FAILED'))
  })

  test('no rule matches', () => {
    expect(appraising(policyOf({ ...passing, when: () => false }))).toMatchObject(
      undecided('NO_RULE_MATCHED'),
    )
  })

  test('a tier that does not exist', () => {
    const rule = { when: always, tier: 'splendid', reason: 'EMULATOR' } as unknown as Rule
    expect(appraising(policyOf(rule)).tier).toBe('none')
  })
})

describe('code that differs in the first days of a release', () => {
  const judged = (coverage: string, policy: Policy) => {
    const claims = [softwareClaims({ coverage })]
    return appraise({ claims, policy, now, facts: factsOf(claims) })
  }

  test('is a warning under any policy', () => {
    const ownPolicy = policyOf({ when: always, tier: 'affirming' })
    expect(judged('none', ownPolicy)).toMatchObject({
      tier: 'warning',
      reasons: ['SOFTWARE_DIFFERS'],
      vector: { app: { executables: 33 } },
    })
    expect(judged('image', ownPolicy)).toMatchObject({ tier: 'affirming', reasons: [] })
  })

  test('makes nothing better that a policy refuses', () => {
    const refusing = policyOf({ when: always, tier: 'contraindicated', reason: 'EMULATOR' })
    expect(judged('none', refusing).tier).toBe('contraindicated')
    expect(judged('none', policyOf({ when: () => false, tier: 'affirming' }))).toMatchObject(
      undecided('NO_RULE_MATCHED'),
    )
  })
})

describe('a key in hardware that the app demands', () => {
  const judged = (holderKey: HolderKey, hardwareKeyDemanded: boolean, policy: Policy) => {
    const claims = [softwareClaims()]
    return appraise({
      ...{ claims, policy, now },
      facts: factsOf(claims, {}, { holderKey, hardwareKeyDemanded }),
    })
  }
  const ownPolicy = policyOf({ when: always, tier: 'affirming' })

  test.each(['software', 'vouched'] as const)('is not there: %s, a warning under any policy', (holderKey) => {
    expect(judged(holderKey, true, ownPolicy)).toMatchObject({
      tier: 'warning',
      reasons: ['HOLDER_KEY_NOT_IN_HARDWARE'],
      vector: { key: { 'storage-opaque': 32 } },
    })
    expect(judged(holderKey, false, ownPolicy)).toMatchObject({ tier: 'affirming', reasons: [] })
  })

  test('is there', () => {
    expect(judged('hardware', true, ownPolicy)).toMatchObject({ tier: 'affirming', reasons: [] })
  })

  test('returns no verdict if the policy has none', () => {
    const silent = policyOf({ when: () => false, tier: 'affirming' })
    expect(judged('software', true, silent)).toMatchObject(undecided('NO_RULE_MATCHED'))
  })
})

describe('the worst of what matches decides', () => {
  test('tier by tier, with reasons from the one that weighs most', () => {
    const result = appraising(
      policyOf(
        { when: always, tier: 'affirming' },
        { when: always, tier: 'warning', reason: 'EMULATOR' },
        { when: always, tier: 'contraindicated', reason: 'AUTOMATION' },
        { when: () => false, tier: 'contraindicated', reason: 'CRYPTO_HOOKED' },
        { when: always, tier: 'contraindicated', reason: 'DEBUGGER' },
        { when: always, tier: 'warning', reason: 'DEBUGGER' },
      ),
    )
    expect(result.tier).toBe('contraindicated')
    expect(result.reasons).toEqual(['AUTOMATION', 'DEBUGGER', 'EMULATOR'])
  })

  test('a result is no better than the worst value of its vector', () => {
    const result = appraising(
      policyOf(
        { when: always, tier: 'affirming', vector: { app: { executables: 2 } } },
        { when: always, tier: 'affirming', vector: { device: { 'runtime-opaque': 32 } } },
      ),
    )
    expect(result.tier).toBe('warning')
    expect(result.vector).toEqual({ app: { executables: 2 }, device: { 'runtime-opaque': 32 } })
  })

  test('a value that asserts nothing makes a result neither better nor worse', () => {
    const rule: Rule = {
      when: always,
      tier: 'affirming',
      vector: { device: { hardware: -1, configuration: 0 } },
    }
    expect(appraising(policyOf(rule))).toMatchObject({ tier: 'affirming', reasons: [] })
  })

  test('whatever the rules say: never better than a rule that matched, nor than the vector', () => {
    const rule = fc.record({
      when: fc.boolean().map((holds) => () => holds),
      tier: fc.constantFrom('affirming', 'warning', 'contraindicated'),
      reason: fc.constantFrom(...appraisalReasonCodes),
      vector: fc.record({
        app: fc.record({ executables: fc.integer({ min: -128, max: 127 }) }),
        key: fc.record({ hardware: fc.integer({ min: -128, max: 127 }) }),
      }),
    })
    fc.assert(
      fc.property(fc.array(rule), (rules) => {
        const { tier, vector, reasons } = appraising(policyOf(...rules))
        const matched = rules.filter(({ when }) => when())
        expect(tiers).toContain(tier)
        if (matched.length === 0) expect(tier).toBe('none')
        for (const other of matched) expect(worstTier([tier, other.tier])).toBe(tier)
        for (const part of Object.values(vector)) expect(worstTier([tier, tierOfVector(part)])).toBe(tier)
        expect(new Set(reasons).size).toBe(reasons.length)
      }),
    )
  })
})

test('conditions see the claims of every format, their names, and the time', () => {
  const seen: unknown[] = []
  const looking: Condition = (claims) => {
    seen.push(claims.formats, claims.now, claims.read(['play-integrity', 'app', 'licensed']))
    return true
  }
  appraising(
    policyOf({ when: looking, tier: 'warning' }),
    softwareClaims(),
    verified('play-integrity', { app: { licensed: true } }),
  )
  expect(seen).toEqual([['software', 'play-integrity'], now, true])
})

test('a time with a fraction is cut', () => {
  const input = { claims: [softwareClaims()], policy: policyOf({ when: always, tier: 'warning' }) } as const
  expect(appraise({ ...input, now: now + 0.9 }).appraisedAt).toBe(now)
})

test.each([1, 1e11 - 1])('the time %d is one', (time) => {
  const input = { claims: [softwareClaims()], policy: policyOf({ when: always, tier: 'warning' }) } as const
  expect(appraise({ ...input, now: time }).appraisedAt).toBe(time)
})

test.each([Number.NaN, 0, -1, 1e11, now * 1000])('a clock that gives %s is misuse', (wrong) => {
  const input = { claims: [softwareClaims()], policy: policyOf({ when: always, tier: 'warning' }) } as const
  expect(() => appraise({ ...input, now: wrong })).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
  )
})

test.each(['evidence', 'installation', 'ages', 'now'])('a format called %s is misuse', (format) => {
  const policy = policyOf({ when: always, tier: 'warning' })
  expect(() => appraising(policy, softwareClaims(), verified(format, {}))).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
  )
})
