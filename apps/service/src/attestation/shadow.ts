import { accept, type AppraisalInput, type AppraisalResult, type Policy } from '@assay/appraisal'
import type { App } from '@assay/protocol/schemas'
import { asEnrolled, mayImprove, type Appraised } from './appraise.ts'
import { evidenceText, type Count } from './model/counted-attestation.ts'

/** Attestations that wait for their shadow policy to be read; more are counted as failed. */
const mostWaiting = 1_000

interface ShadowPorts {
  /** The shadow policy of an app; `undefined`: it has none. */
  shadowFor: (app: App) => Promise<Policy | undefined>
  appraise: (input: AppraisalInput) => AppraisalResult
  count: Count
}

/**
 * Applies the app's shadow policy to what its real policy has judged, for the first requested API, and counts where the
 * two differ. Where the shadow policy would ask for an enrolment, that enrolment is judged. It runs after the answer is
 * decided and never affects it; its failures are counted too.
 */
export function createShadow({ shadowFor, appraise, count }: ShadowPorts): (appraised: Appraised) => void {
  let waiting = 0
  const judge = async ({ app, build, input, results }: Appraised): Promise<void> => {
    const [first] = results
    const { facts } = input
    if (first === undefined) return
    const isOld = facts !== undefined && mayImprove(facts)
    const { tiers, token } = first.api
    const isReal = first.accepted && !first.allowed && tiers.includes(first.tier)
    // The client is asked to enrol, or would be if the API enforced, and both policies will judge that.
    if (isOld && (!isReal || results.some(({ accepted }) => !accepted))) return
    const what = {
      app: app.id,
      build: build.id,
      platform: app.platform,
      tier: '',
      policy: app.shadow_policy ?? '',
      // In addition to the measurement, which is always there.
      evidence: evidenceText(input.claims.slice(1).map(({ format }) => format)),
    } as const
    const fail = () => count({ outcome: 'shadow_failed', code: 'SHADOW_POLICY_FAILED', ...what })
    if (waiting >= mostWaiting) {
      fail()
      return
    }
    waiting += 1
    try {
      const policy = await shadowFor(app)
      if (policy === undefined) return
      // As if the API enforced its tiers: one that observes refuses nothing, and no difference would be seen.
      const judgementOn = (judged: typeof input) => {
        const result = appraise({ policy, ...judged })
        return { tier: result.tier, ...accept(result, { tiers, token, enforcement: 'enforce' }) }
      }
      const refreshed = judgementOn(input)
      const shadow =
        isOld && !refreshed.accepted ? judgementOn({ ...input, facts: asEnrolled(facts) }) : refreshed
      const said = { ...what, tier: shadow.tier, policy: `${policy.id}@${policy.version}` }
      const code = shadow.accepted ? '' : shadow.code
      if (shadow.accepted === isReal) count({ outcome: 'shadow_agreed', code, ...said })
      else count({ outcome: shadow.accepted ? 'shadow_passed' : 'shadow_refused', code, ...said })
    } catch {
      fail()
    } finally {
      waiting -= 1
    }
  }
  return (appraised) => {
    if (appraised.app.shadow_policy !== null) void judge(appraised)
  }
}
