import {
  appraise,
  type AppraisalInput,
  type AppraisalResult,
  type BootKeys,
  type Policy,
} from '@assay/appraisal'
import { LRUCache } from 'lru-cache'

/** Results that are kept for one policy: intact devices with one build answer alike. */
const capacity = 100

/** Results under a policy while the boot keys are these. */
interface Kept {
  readonly bootKeys: BootKeys | undefined
  readonly kept: LRUCache<string, AppraisalResult>
}

/**
 * `appraise`, which for a measurement alone runs once for the same claims and facts under the same policy in the same
 * second; within a second nothing that a policy can read changes. Other evidence differs for each device.
 *
 * @param measurement name of the format of measurements
 */
export function createAppraiseOnce(measurement: string): (input: AppraisalInput) => AppraisalResult {
  const results = new WeakMap<Policy, Kept>()
  return (input) => {
    const { claims, policy, now, facts, bootKeys } = input
    const [only] = claims
    if (claims.length !== 1 || only?.format !== measurement) return appraise(input)
    const last = results.get(policy)
    const isSame = last !== undefined && last.bootKeys === bootKeys
    const kept = isSame ? last.kept : new LRUCache<string, AppraisalResult>({ max: capacity })
    results.set(policy, { bootKeys, kept })
    // Only strings, booleans and finite numbers: values that differ are written differently.
    const key = JSON.stringify([Math.floor(now), only.claims, facts])
    const known = kept.get(key)
    if (known !== undefined) return known
    const result = appraise(input)
    kept.set(key, result)
    return result
  }
}
