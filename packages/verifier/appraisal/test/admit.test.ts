import { admissibleTiers, type AdmissibleTier, type Tier } from '@assay/protocol'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { admit, type AppraisalReasonCode } from '../src/index.ts'
import { appraisalReasonCodes } from '../src/codes.ts'

const result = (tier: Tier, ...reasons: AppraisalReasonCode[]) => ({ tier, reasons })
const api = (enforcement: 'observe' | 'enforce', ...tiers: AdmissibleTier[]) => ({ tiers, enforcement })

describe('enforce', () => {
  test.each(admissibleTiers)('%s is admitted where it is named', (tier) => {
    expect(admit(result(tier), api('enforce', tier))).toEqual({ admitted: true, tier })
  })

  test('tiers are a set: a better one is refused where it is not named', () => {
    expect(admit(result('affirming'), api('enforce', 'warning'))).toEqual({
      admitted: false,
      code: 'TIER_NOT_ADMITTED',
    })
  })

  test('a refusal gives the reason that weighs most', () => {
    const refused = admit(result('warning', 'SOFTWARE_ONLY', 'DEBUGGABLE_BUILD'), api('enforce', 'affirming'))
    expect(refused).toEqual({ admitted: false, code: 'SOFTWARE_ONLY' })
  })

  test('no tiers admit nothing', () => {
    expect(admit(result('affirming'), api('enforce'))).toMatchObject({ admitted: false })
  })

  test('an unknown way of enforcing enforces', () => {
    const broken = { tiers: [], enforcement: 'on' as 'observe' }
    expect(admit(result('affirming'), broken)).toMatchObject({ admitted: false })
  })
})

describe('observe', () => {
  test.each(admissibleTiers)('%s gets a token whatever the API names', (tier) => {
    expect(admit(result(tier), api('observe'))).toEqual({ admitted: true, tier })
  })
})

test.each(['observe', 'enforce'] as const)('none is never admitted (%s)', (enforcement) => {
  const everything = { tiers: [...admissibleTiers, 'none' as AdmissibleTier], enforcement }
  expect(admit(result('none', 'NO_EVIDENCE'), everything)).toEqual({ admitted: false, code: 'NO_EVIDENCE' })
})

test('what is admitted has a tier that a token may carry', () => {
  const admission = admit(result('warning'), api('observe'))
  if (admission.admitted) expectTypeOf(admission.tier).toEqualTypeOf<AdmissibleTier>()
  else expectTypeOf(admission.code).toEqualTypeOf<AppraisalReasonCode>()
  expect(new Set(appraisalReasonCodes).size).toBe(appraisalReasonCodes.length)
})
