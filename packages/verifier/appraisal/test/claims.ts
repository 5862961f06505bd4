import type { Verified } from '@assay/evidence'
import { appraise, type AppraisalResult, type Condition, type Policy, type Rule } from '../src/index.ts'

export const now = 1_790_000_000

/**
 * Claims as a format would have verified them. Only tests may say so: the cast is what the type forbids everyone else
 * to do by accident.
 */
export function verified(format: string, claims: unknown): Verified<unknown> {
  return { format, claims } as Verified<unknown>
}

/** Claims of a genuine build on Hermes, with these changed. */
export function softwareClaims(changes: Record<string, unknown> = {}): Verified<unknown> {
  return verified('software', {
    measured: true,
    app: 'com.example.app',
    build: '1.0+1',
    platform: 'android',
    versionCode: 1,
    coverage: 'image',
    debuggable: false,
    live: 'matched',
    probes: {},
    ...changes,
  })
}

export const always: Condition = () => true

/** A policy that requires a measurement and has these rules. */
export function policyOf(...rules: Rule[]): Policy {
  return { id: 'test', version: 3, required: [{ claim: ['software', 'measured'], oneOf: [true] }], rules }
}

export function appraising(policy: Policy, ...claims: Verified<unknown>[]): AppraisalResult {
  return appraise({ claims: claims.length === 0 ? [softwareClaims()] : claims, policy, now })
}
