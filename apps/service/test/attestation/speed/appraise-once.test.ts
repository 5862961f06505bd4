import { appraise, compilePolicy, softwareOnlyPolicy, type AppraisalInput } from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import { describe, expect, it } from 'vitest'
import { createAppraiseOnce } from '../../../src/attestation/speed/appraise-once.ts'
import { vocabulary } from '../../schemes.ts'

const now = 1_790_000_000
const policyOf = (when: string) =>
  compilePolicy(
    {
      name: 'Test',
      required: [{ claim: 'evidence.software.measured', one_of: [true] }],
      rules: [
        { when: 'software.measured', tier: 'affirming' },
        { when, tier: 'contraindicated', reason: 'AUTOMATION' },
      ],
    },
    { id: 'test', version: 1, vocabulary },
  )
const software = (changes: Record<string, unknown> = {}) =>
  ({
    format: 'software',
    claims: {
      measured: true,
      app: 'com.example.app',
      build: '1',
      platform: 'android',
      versionCode: 1,
      coverage: 'image',
      debuggable: false,
      live: 'matched',
      probes: { 'js.automation': '' },
      ...changes,
    },
  }) as unknown as Verified<unknown>
const facts = {
  installation: { holderKey: 'software', enrolmentsToday: 0, hardwareKeyDemanded: false },
  registered: {},
  missing: [],
  unread: [],
  ages: {},
} as const
const input = (changes: Partial<AppraisalInput> = {}): AppraisalInput => ({
  claims: [software()],
  policy: softwareOnlyPolicy,
  now,
  facts,
  ...changes,
})

describe('appraising once', () => {
  it('returns what appraise returns, and the same object the second time', () => {
    const once = createAppraiseOnce('software')
    const first = once(input())
    expect(first).toEqual(appraise(input()))
    expect(once(input({ now: now + 0.9 }))).toBe(first)
  })

  it.each<[string, Partial<AppraisalInput>]>([
    ['another answer to a probe', { claims: [software({ probes: { 'js.automation': 'webdriver' } })] }],
    ['an answer of another type', { claims: [software({ probes: { 'js.automation': false } })] }],
    ['another build', { claims: [software({ build: '2' })] }],
    ['live code that is absent', { claims: [software({ live: 'absent' })] }],
    ['another second', { now: now + 1 }],
    ['another policy', { policy: policyOf("software.build == '9'") }],
    ['other facts', { facts: { ...facts, installation: { ...facts.installation, holderKey: 'vouched' } } }],
    ['no facts', { facts: undefined as never }],
  ])('appraises anew with %s', (_name, changes) => {
    const once = createAppraiseOnce('software')
    const first = once(input())
    const other = once(input(changes))
    expect(other).not.toBe(first)
    expect(other).toEqual(appraise(input(changes)))
  })

  it('appraises anew once other boot keys were given, in the same second', () => {
    const once = createAppraiseOnce('software')
    const policy = policyOf("'5e' in bootKeys")
    const [none, some] = [new Map<string, bigint>(), new Map([['5e', 1n]])]
    expect(once(input({ policy, bootKeys: none })).tier).toBe('affirming')
    expect(once(input({ policy, bootKeys: some })).tier).toBe('contraindicated')
    expect(once(input({ policy, bootKeys: none })).tier).toBe('affirming')
    const last = once(input({ policy, bootKeys: some }))
    expect(once(input({ policy, bootKeys: some }))).toBe(last)
  })

  it('sees a finding even if the same build was sound a moment ago', () => {
    const once = createAppraiseOnce('software')
    expect(once(input()).tier).toBe('warning')
    const found = software({ probes: { 'js.automation': 'webdriver' } })
    expect(once(input({ claims: [found] }))).toMatchObject({
      tier: 'contraindicated',
      reasons: expect.arrayContaining(['AUTOMATION']) as unknown,
    })
  })

  it('judges by the clock of each second', () => {
    const once = createAppraiseOnce('software')
    const policy = policyOf(`now >= ${now + 1}`)
    expect(once(input({ policy })).tier).toBe('affirming')
    expect(once(input({ policy, now: now + 1 })).tier).toBe('contraindicated')
  })

  it('keeps nothing of other evidence', () => {
    const once = createAppraiseOnce('software')
    const two = {
      claims: [software(), { format: 'play-integrity', claims: {} } as unknown as Verified<unknown>],
    }
    expect(once(input(two))).not.toBe(once(input(two)))
    const another = { claims: [{ format: 'play-integrity', claims: {} } as unknown as Verified<unknown>] }
    expect(once(input(another))).not.toBe(once(input(another)))
  })

  it('forgets beyond a bound', () => {
    const once = createAppraiseOnce('software')
    const first = once(input())
    for (let i = 0; i < 100; i++) once(input({ claims: [software({ probes: { 'js.automation': `${i}` } })] }))
    expect(once(input())).not.toBe(first)
  })
})
