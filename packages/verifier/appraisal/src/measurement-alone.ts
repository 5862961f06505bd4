import type { Platform, Tier } from '@assay/protocol'
import { conclude, unmetRequirement } from './appraise.ts'
import type { ClaimPath, ClaimSet } from './claim-set.ts'
import type { Policy } from './policy.ts'

/**
 * The tier that a built-in policy gives the best device of an app whose only evidence is its measurement: the genuine
 * app, without any probe finding. An operator's own policy may require names or numbers that cannot be guessed here.
 */
export function bestOfMeasurementAlone(policy: Policy, platform: Platform): Tier {
  const claims = flawless(platform)
  if (unmetRequirement(claims, policy.required) !== undefined) return 'none'
  return conclude(
    policy.rules.filter(({ when }) => when(claims)),
    [],
  ).tier
}

function flawless(platform: Platform): ClaimSet {
  const values: Readonly<Record<string, unknown>> = {
    'software measured': true,
    'software app': 'app',
    'software build': 'build',
    'software platform': platform,
    'software versionCode': 1,
    'software coverage': 'all',
    'software debuggable': false,
    'software live': 'matched',
    'software text': 'not_asked',
    'software probes': {},
    'installation holderKey': 'software',
    'installation enrolmentsToday': 0,
    'installation hardwareKeyDemanded': false,
    'missing formats': [],
    'unread formats': [],
  }
  return { formats: ['software'], now: 1, read: (path: ClaimPath) => values[path.join(' ')] }
}
