import { appraise, type AppraisalInput, type AppraisalResult, type Policy } from '@assay/appraisal'
import { LRUCache } from 'lru-cache'

/** Results that are kept for one policy: intact devices with one build answer alike. */
const capacity = 100

/**
 * `appraise`, which for a measurement alone runs once for the same claims and facts under the same policy in the same
 * second; within a second nothing that a policy can read changes. Other evidence differs for each device.
 *
 * @param measurement name of the format of measurements
 */
export function createAppraiseOnce(measurement: string): (input: AppraisalInput) => AppraisalResult {
  const results = new WeakMap<Policy, LRUCache<string, AppraisalResult>>()
  return (input) => {
    const { claims, policy, now, facts } = input
    const [only] = claims
    if (claims.length !== 1 || only?.format !== measurement) return appraise(input)
    const kept = results.get(policy) ?? new LRUCache<string, AppraisalResult>({ max: capacity })
    results.set(policy, kept)
    // Only strings, booleans and finite numbers: values that differ are written differently.
    const key = JSON.stringify([Math.floor(now), only.claims, facts])
    const known = kept.get(key)
    if (known !== undefined) return known
    const result = appraise(input)
    kept.set(key, result)
    return result
  }
}
