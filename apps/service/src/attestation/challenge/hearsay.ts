import type { ChallengeRequest } from '@assay/protocol'
import type { Clock } from '../../system/ports.ts'
import type { RecordTrace } from '../ports.ts'
import type { Count } from '../sighting.ts'

export type KeepHearsay = (
  request: Pick<ChallengeRequest, 'app' | 'build' | 'failures'>,
  trace: string,
) => void

interface HearsayDependencies {
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: anyone can report anything. */
  mayKeep: (app: string) => boolean
  count: Count
  clock: Clock
}

const hearsay = { platform: '', outcome: 'reported', tier: '', evidence: '', policy: '' } as const

/**
 * Keeps what SDKs report, unsigned, about failures that the service has not seen. It is shown as unverified, and
 * decides nothing. Call it for registered builds alone.
 */
export function createHearsay({ recordTrace, mayKeep, count, clock }: HearsayDependencies): KeepHearsay {
  return ({ app, build, failures = [] }, trace) => {
    if (failures.length === 0) return
    for (const code of failures) count({ ...hearsay, app, build, code })
    if (!mayKeep(app)) return
    const at = new Date(clock()).toISOString()
    recordTrace({ trace, at, app, build, outcome: 'hearsay', code: failures.join(), segments: [], ear: null })
  }
}
