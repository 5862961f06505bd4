import { measurementErrorCodes } from '@assay/measurement/codes'
import type { ChallengeRequest } from '@assay/protocol'
import type { Clock } from '../../system/ports.ts'
import { anonymousTrace, type RecordTrace } from '../model/ports.ts'
import type { Count } from '../model/counted-attestation.ts'

export type KeepUnsignedReport = (
  request: Pick<ChallengeRequest, 'app' | 'build' | 'failures'>,
  trace: string,
) => void

interface UnsignedReportDependencies {
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: anyone can report anything. */
  mayKeep: (app: string) => boolean
  count: Count
  clock: Clock
}

/** The codes of SDKs, as each SDK names them. */
const codes = [
  ...['attestation_denied', 'build_refused', 'not_registered', 'request_refused', 'plan_refused'],
  ...['service_outdated', 'sdk_outdated', 'page_outdated', 'page_refused', 'redirect_refused'],
  ...['authorization_present'],
  ...['network', 'timeout'],
  ...['response_invalid', 'service_unavailable', 'rate_limited', 'challenge_stale', 'measurement_failed'],
  ...['key_store_failed', 'evidence_failed', 'closed'],
]
/** The code whose causes are counted separately: they are our codes, not those of a system or a vendor. */
const detailed = ['plan_refused', 'measurement_failed']

const counted: ReadonlySet<string> = new Set([
  ...codes,
  ...detailed.flatMap((code) => measurementErrorCodes.map((cause) => `${code}:${cause}`)),
])

/**
 * The name under which a failure is counted. Strangers write the text: counting each text separately would take memory
 * and rows for good.
 */
function countedAs(failure: string): string {
  if (counted.has(failure)) return failure
  const [code = ''] = failure.split(':', 1)
  return counted.has(code) ? code : 'other'
}

const unsignedReport = { platform: '', outcome: 'reported', tier: '', evidence: '', policy: '' } as const

/**
 * Keeps what SDKs report, unsigned, about failures that the service has not seen. It is shown as unverified, and
 * decides nothing. It is counted by known codes; a trace has the text as the SDK reported it. Call it for registered
 * builds only.
 */
export function createUnsignedReports({
  recordTrace,
  mayKeep,
  count,
  clock,
}: UnsignedReportDependencies): KeepUnsignedReport {
  return ({ app, build, failures = [] }, trace) => {
    if (failures.length === 0) return
    for (const failure of failures) count({ ...unsignedReport, app, build, code: countedAs(failure) })
    if (!mayKeep(app)) return
    const at = new Date(clock()).toISOString()
    recordTrace(anonymousTrace({ trace, at, app, build, outcome: 'hearsay', code: failures.join() }))
  }
}
