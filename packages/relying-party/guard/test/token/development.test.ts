import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GuardOptions } from '@assay/guard'
import { mintToken, newGuard, newRequest } from '../minting.ts'

const development = true
const claims = { development, ear_status: 'none' }
const codeOf = async (
  options: Partial<GuardOptions>,
  more: Record<string, string | number | boolean | null>,
) => {
  const decision = await newGuard(options).verify(newRequest({ token: mintToken({ claims: more }) }))
  return decision.ok ? `served ${decision.tier}` : decision.code
}

afterEach(() => vi.unstubAllEnvs())

describe('a token for development', () => {
  it('is taken with `development: true` only, which takes nothing else', async () => {
    expect(await codeOf({}, claims)).toBe('TOKEN_DEVELOPMENT')
    expect(await codeOf({ enforcement: 'observe' }, claims)).toBe('TOKEN_DEVELOPMENT')
    expect(await codeOf({ development }, claims)).toBe('served none')
    expect(await codeOf({ development }, {})).toBe('TOKEN_DEVELOPMENT')
    expect(await codeOf({}, {})).toMatch(/^served/)
  })

  it('is told from one for production in the log', async () => {
    const verify = async (options: Partial<GuardOptions>, more: Record<string, string | boolean>) =>
      newGuard(options).verify(newRequest({ token: mintToken({ claims: more }) }))
    expect(await verify({}, claims)).toMatchObject({
      detail: 'expected a token for production, got one for development',
    })
    expect(await verify({ development }, {})).toMatchObject({
      detail: 'expected a token for development, got one for production',
    })
  })

  it('has the tier none, and its claim says true', async () => {
    expect(await codeOf({ development }, { development, ear_status: 'affirming' })).toBe('TIER_NOT_ADMITTED')
    for (const value of [false, 'true', 1, null])
      expect(await codeOf({ development }, { development: value, ear_status: 'none' })).toBe('TOKEN_CLAIMS')
    expect(await codeOf({}, { ear_status: 'none' })).toBe('TIER_NOT_ADMITTED')
  })

  it('is for the apps of the route', async () => {
    expect(await codeOf({ development, apps: ['com.example.other'] }, claims)).toBe('APP_NOT_ADMITTED')
  })
})

describe('development: true', () => {
  it('is misuse in production, at construction', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => newGuard({ development })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    )
    expect(() => newGuard({})).not.toThrow()
    vi.stubEnv('NODE_ENV', 'test')
    expect(() => newGuard({ development })).not.toThrow()
  })

  it('is true or absent', () => {
    for (const value of [false, 'yes', 1])
      expect(() => newGuard({ development: value as never })).toThrow(TypeError)
  })
})
