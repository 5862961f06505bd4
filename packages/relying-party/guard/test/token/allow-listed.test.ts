import { describe, expect, it } from 'vitest'
import type { GuardOptions } from '@assay/guard'
import { mintToken, newGuard, newRequest } from '../minting.ts'

const claims = { allowed: true, ear_status: 'contraindicated' }
const decide = (options: Partial<GuardOptions>, more: Record<string, string | number | boolean | null>) =>
  newGuard({ tiers: ['affirming'], ...options }).verify(newRequest({ token: mintToken({ claims: more }) }))
const codeOf = async (...asked: Parameters<typeof decide>) => {
  const decision = await decide(...asked)
  return decision.ok ? `served ${decision.tier}` : decision.code
}

describe('a token of a test device on the allow list', () => {
  it('counts by its tier, unless the guard takes such devices, and is told apart then', async () => {
    expect(await codeOf({}, claims)).toBe('TIER_NOT_ADMITTED')
    expect(await codeOf({ allowListed: true }, claims)).toBe('served contraindicated')
    expect(await decide({ allowListed: true }, claims)).toMatchObject({ allowed: true, wouldRefuse: null })
    expect(await codeOf({ allowListed: true }, { ear_status: 'contraindicated' })).toBe('TIER_NOT_ADMITTED')
    expect(await decide({ enforcement: 'observe' }, claims)).toMatchObject({
      allowed: true,
      wouldRefuse: 'TIER_NOT_ADMITTED',
    })
  })

  it('never has the tier none, and its claim says true', async () => {
    expect(await codeOf({ allowListed: true }, { allowed: true, ear_status: 'none' })).toBe(
      'TIER_NOT_ADMITTED',
    )
    for (const value of [false, 'true', 1, null])
      expect(await codeOf({ allowListed: true }, { ...claims, allowed: value })).toBe('TOKEN_CLAIMS')
  })

  it('is for the apps of the route', async () => {
    expect(await codeOf({ allowListed: true, apps: ['com.example.other'] }, claims)).toBe('APP_NOT_ADMITTED')
  })
})

describe('allowListed', () => {
  it('is true or absent', () => {
    for (const value of [false, 'yes', 1])
      expect(() => newGuard({ allowListed: value as never })).toThrow(TypeError)
  })
})
