import { appraise, softwareOnlyPolicy, type AppraisalFacts, type Policy } from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import type { Appraised } from '../../src/attestation/appraise.ts'
import { createShadow } from '../../src/attestation/shadow.ts'
import type { CountedAttestation } from '../../src/attestation/model/counted-attestation.ts'

const api = {
  audience: 'https://api.example.com',
  tiers: ['affirming', 'warning'],
  token: 'attestation',
  enforcement: 'enforce',
}
const policy = { id: 'real', version: 1 }
const refusing: Policy = {
  id: 'next',
  version: 2,
  required: [{ claim: ['software', 'measured'], oneOf: [true] }],
  rules: [{ when: () => true, tier: 'contraindicated', reason: 'AUTOMATION' }],
}
const claims = { measured: true, platform: 'web', live: 'not_asked', text: 'not_asked', probes: {} }

function appraised(
  more: { shadow?: string | undefined; accepted?: boolean; allowed?: boolean } = {},
): Appraised {
  const { shadow = 'next', accepted = true, allowed = false } = more
  const verdict = accepted
    ? { accepted, allowed, tier: 'warning', holderKey: 'software' }
    : { accepted, tier: 'contraindicated', code: 'AUTOMATION', ear: () => undefined }
  return {
    app: { id: 'app', platform: 'web', shadow_policy: shadow === '' ? null : shadow } as App,
    build: { id: '1' } as BuildSummary,
    thumbprint: 't',
    input: { claims: [{ format: 'software', claims } as unknown as Verified<unknown>], now: 1_790_000_000 },
    results: [{ api: api as Api, policy, ...verdict }] as Appraised['results'],
  }
}

async function judged(
  found: () => Promise<Policy | undefined>,
  of = appraised(),
): Promise<CountedAttestation[]> {
  const counted: CountedAttestation[] = []
  createShadow({ shadowFor: found, appraise, count: (one) => counted.push(one) })(of)
  await new Promise((resolve) => setImmediate(resolve))
  return counted
}

describe('a shadow policy', () => {
  it('counts what it would refuse and the real one passed, with its reason', async () => {
    expect(await judged(async () => refusing)).toEqual([
      {
        ...{ app: 'app', build: '1', platform: 'web', evidence: '', policy: 'next@2' },
        ...{ outcome: 'shadow_refused', tier: 'contraindicated', code: 'AUTOMATION' },
      },
    ])
  })

  it('counts where it agrees, and what it would pass', async () => {
    const refused = appraised({ accepted: false })
    const [same] = await judged(async () => refusing, refused)
    expect(same).toMatchObject({ outcome: 'shadow_agreed', code: 'AUTOMATION' })
    const passing = { ...refusing, rules: [{ when: () => true, tier: 'affirming' }] } as Policy
    expect(await judged(async () => passing)).toMatchObject([{ outcome: 'shadow_agreed', code: '' }])
    expect(await judged(async () => passing, refused)).toMatchObject([{ outcome: 'shadow_passed' }])
    // The real policy refuses a device on the allow list.
    expect(await judged(async () => passing, appraised({ allowed: true }))).toMatchObject([
      { outcome: 'shadow_passed' },
    ])
  })

  it('judges for an API that observes as if it enforced, and so does the real policy', async () => {
    const refuses = { outcome: 'shadow_refused', code: 'AUTOMATION' }
    expect(await judged(async () => refusing, observed('warning'))).toMatchObject([refuses])
    const agrees = { outcome: 'shadow_agreed', code: 'AUTOMATION' }
    expect(await judged(async () => refusing, observed('contraindicated'))).toMatchObject([agrees])
    const passing = { ...refusing, rules: [{ when: () => true, tier: 'affirming' }] } as Policy
    expect(await judged(async () => passing, observed('warning'))).toMatchObject([
      { outcome: 'shadow_agreed' },
    ])
    const passes = { outcome: 'shadow_passed', code: '' }
    expect(await judged(async () => passing, observed('contraindicated'))).toMatchObject([passes])
  })

  const observed = (tier: 'warning' | 'contraindicated', of = appraised()): Appraised => {
    const observing = { ...api, enforcement: 'observe' } as Api
    return { ...of, results: of.results.map((verdict) => ({ ...verdict, api: observing, tier })) }
  }

  describe('of remembered evidence', () => {
    const refreshing = (age: number, more?: Parameters<typeof appraised>[0]): Appraised => {
      const of = appraised(more)
      const facts = { ...{ missing: [], unread: [] }, ages: { 'android-key-attestation': age } }
      return { ...of, input: { ...of.input, facts: facts as unknown as AppraisalFacts } }
    }
    const young: Policy = {
      ...refusing,
      rules: [
        { when: () => true, tier: 'warning' },
        {
          when: (claims) => (claims.read(['ages', 'android-key-attestation']) as number) > 60,
          ...{ tier: 'contraindicated', reason: 'HARDWARE_EVIDENCE_OLD' },
        },
      ],
    }

    it('judges the enrolment that it would ask for', async () => {
      expect(await judged(async () => young, refreshing(3_600))).toMatchObject([
        { outcome: 'shadow_agreed', tier: 'warning', code: '' },
      ])
      expect(await judged(async () => refusing, refreshing(3_600))).toMatchObject([
        { outcome: 'shadow_refused', tier: 'contraindicated', code: 'AUTOMATION' },
      ])
    })

    it('refuses younger evidence for good', async () => {
      expect(await judged(async () => young, refreshing(3_599))).toMatchObject([
        { outcome: 'shadow_refused', code: 'HARDWARE_EVIDENCE_OLD' },
      ])
    })

    it('leaves out an exchange that is only asked to enrol', async () => {
      expect(await judged(async () => young, refreshing(3_600, { accepted: false }))).toEqual([])
      expect(await judged(async () => young, refreshing(3_599, { accepted: false }))).toHaveLength(1)
      // An API that observes asks nobody.
      const unasked = (age: number) => observed('contraindicated', refreshing(age))
      expect(await judged(async () => young, unasked(3_600))).toEqual([])
      expect(await judged(async () => young, unasked(3_599))).toHaveLength(1)
    })
  })

  it('does not affect apps without one', async () => {
    const asked = () => Promise.reject(new Error('asked'))
    expect(await judged(asked, appraised({ shadow: '' }))).toEqual([])
    expect(await judged(async () => undefined)).toEqual([])
    expect(await judged(async () => softwareOnlyPolicy, { ...appraised(), results: [] })).toEqual([])
  })

  it('that cannot be read, or fails, is counted as such and changes no answer', async () => {
    const failed = [{ outcome: 'shadow_failed', code: 'SHADOW_POLICY_FAILED', policy: 'next' }]
    expect(await judged(() => Promise.reject(new Error('away')))).toMatchObject(failed)
    expect(
      await judged(() => {
        throw new Error('a bug')
      }),
    ).toMatchObject(failed)
  })

  it('that never answers holds a bounded number of attestations', async () => {
    const counted: CountedAttestation[] = []
    const judge = createShadow({
      shadowFor: () => new Promise(() => undefined),
      appraise,
      count: (one) => counted.push(one),
    })
    for (let i = 0; i < 1_001; i++) judge(appraised())
    await new Promise((resolve) => setImmediate(resolve))
    expect(counted).toMatchObject([{ outcome: 'shadow_failed' }])
  })
})
