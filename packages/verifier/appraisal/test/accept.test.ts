import { admissibleTiers, type AdmissibleTier, type Tier } from '@assay/protocol'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { accept, type AppraisalReasonCode } from '../src/index.ts'
import { appraisalReasonCodes } from '../src/errors/codes.ts'

const result = (tier: Tier, ...reasons: AppraisalReasonCode[]) => ({ tier, reasons })
const api = (enforcement: 'observe' | 'enforce', ...tiers: AdmissibleTier[]) => ({
  tiers,
  enforcement,
  token: 'attestation' as const,
})

describe('enforce', () => {
  test.each(admissibleTiers)('%s is accepted where it is named', (tier) => {
    expect(accept(result(tier), api('enforce', tier))).toEqual({ accepted: true, tier })
  })

  test('tiers are a set: a better one is refused where it is not named', () => {
    expect(accept(result('affirming'), api('enforce', 'warning'))).toEqual({
      accepted: false,
      code: 'TIER_NOT_ADMITTED',
    })
  })

  test('a refusal has the most important reason', () => {
    const refused = accept(
      result('warning', 'SOFTWARE_ONLY', 'DEBUGGABLE_BUILD'),
      api('enforce', 'affirming'),
    )
    expect(refused).toEqual({ accepted: false, code: 'SOFTWARE_ONLY' })
  })

  test('no tiers accept nothing', () => {
    expect(accept(result('affirming'), api('enforce'))).toMatchObject({ accepted: false })
  })

  test('an unknown way of enforcing enforces', () => {
    const broken = { ...api('enforce'), enforcement: 'on' as 'observe' }
    expect(accept(result('affirming'), broken)).toMatchObject({ accepted: false })
  })
})

describe('observe', () => {
  test.each(admissibleTiers)('%s gets a token whatever the API names', (tier) => {
    expect(accept(result(tier), api('observe'))).toEqual({ accepted: true, tier })
  })
})

describe('access tokens, which no guard looks at again', () => {
  const access = (enforcement: 'observe' | 'enforce', ...tiers: AdmissibleTier[]) => ({
    ...api(enforcement, ...tiers),
    token: 'access' as const,
  })

  test.each(['affirming', 'warning'] as const)('%s is accepted where it is named', (tier) => {
    expect(accept(result(tier), access('enforce', tier))).toEqual({ accepted: true, tier })
  })

  test('observing counts for nothing: a tier that is not named gets none', () => {
    const refused = accept(result('warning', 'SOFTWARE_ONLY'), access('observe', 'affirming'))
    expect(refused).toEqual({ accepted: false, code: 'SOFTWARE_ONLY' })
  })

  test.each(['observe', 'enforce'] as const)('contraindicated is never accepted (%s)', (enforcement) => {
    const everything = access(enforcement, ...admissibleTiers)
    expect(accept(result('contraindicated'), everything)).toEqual({
      accepted: false,
      code: 'TIER_NOT_ADMITTED',
    })
  })

  test('a kind that is not known counts as access', () => {
    const broken = { ...api('observe'), token: 'opaque' as 'access' }
    expect(accept(result('contraindicated'), broken)).toMatchObject({ accepted: false })
  })
})

test.each(['observe', 'enforce'] as const)('none is never accepted (%s)', (enforcement) => {
  const everything = api(enforcement, ...admissibleTiers, 'none' as AdmissibleTier)
  expect(accept(result('none', 'NO_EVIDENCE'), everything)).toEqual({ accepted: false, code: 'NO_EVIDENCE' })
})

test('what is accepted has a tier that a token may carry', () => {
  const verdict = accept(result('warning'), api('observe'))
  if (verdict.accepted) expectTypeOf(verdict.tier).toEqualTypeOf<AdmissibleTier>()
  else expectTypeOf(verdict.code).toEqualTypeOf<AppraisalReasonCode>()
  expect(new Set(appraisalReasonCodes).size).toBe(appraisalReasonCodes.length)
})
