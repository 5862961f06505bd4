import type { Platform, Tier } from '@assay/protocol'
import { conclude, unmetRequirement } from './appraise.ts'
import type { ClaimPath, ClaimSet } from './claims/claim-set.ts'
import type { Policy } from './policy/policy.ts'
import { measurementFormat } from './vocabulary/vocabulary.ts'

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
  const measured = {
    measured: true,
    app: 'app',
    build: 'build',
    platform,
    versionCode: 1,
    coverage: 'all',
    debuggable: false,
    live: 'matched',
    text: 'not_asked',
    probes: {},
  }
  const values: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(
      Object.entries(measured).map(([name, value]) => [`${measurementFormat} ${name}`, value]),
    ),
    'installation holderKey': 'software',
    'installation enrolmentsToday': 0,
    'installation hardwareKeyDemanded': false,
    'missing formats': [],
    'unread formats': [],
    'bootKeys given': new Map(),
  }
  return { formats: [measurementFormat], now: 1, read: (path: ClaimPath) => values[path.join(' ')] }
}
