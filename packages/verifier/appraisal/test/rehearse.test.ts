import { expect, test } from 'vitest'
import { appraise, claimsToKeep, rehearse, softwareOnlyPolicy } from '../src/index.ts'
import { factsOf, now, softwareClaims } from './claims.ts'
import { vocabulary } from './schemes.ts'

test('claims that were kept are rehearsed like verified ones, but cannot be appraised', () => {
  const claims = [softwareClaims()]
  const others = { policy: softwareOnlyPolicy, now, facts: factsOf(claims) }
  const kept = claimsToKeep(claims, vocabulary)
  const { tier, reasons } = appraise({ claims, ...others })
  expect(rehearse({ claims: kept, ...others })).toEqual({ tier, reasons })
  // @ts-expect-error: no format has verified them
  expect(appraise({ claims: kept, ...others }).tier).toBe(tier)
})
