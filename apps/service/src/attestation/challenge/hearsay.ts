import type { ChallengeRequest } from '@assay/protocol'
import type { Clock } from '../../system/ports.ts'
import type { RecordTrace } from '../ports.ts'

export type KeepHearsay = (
  request: Pick<ChallengeRequest, 'app' | 'build' | 'failures'>,
  trace: string,
) => void

interface HearsayDependencies {
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: anyone can report anything. */
  mayKeep: (app: string) => boolean
  clock: Clock
}

/**
 * Keeps what SDKs report, unsigned, about failures that the service has not seen. It is shown as unverified, and
 * decides nothing.
 */
export function createHearsay({ recordTrace, mayKeep, clock }: HearsayDependencies): KeepHearsay {
  return ({ app, build, failures = [] }, trace) => {
    if (failures.length === 0 || !mayKeep(app)) return
    const at = new Date(clock()).toISOString()
    recordTrace({ trace, at, app, build, outcome: 'hearsay', code: failures.join(), segments: [], ear: null })
  }
}
