import { day, exchange, type GradingKind, type GradingRule, type SchemeGrading } from '../port/grading.ts'

const attestation = 'evidence.apple_app_attest'
const assertion = 'evidence.apple_app_attest_assertion'
const age = 'ages.apple_app_attest'

interface Thresholds {
  /** Seconds. */
  readonly oldest: number
  /** Validation categories that are findings, besides development. */
  readonly categories: readonly number[]
  /** Keys that a device may attest in 30 days: reinstalling an app makes another. */
  readonly mostKeys: number
}

/** The categories are: invalid, local signing, just in time, none. */
const lenient: Thresholds = { oldest: 30 * day, categories: [0, 7, 9, 10], mostKeys: 10 }

/** How the built-in policies grade App Attest. The vector says nothing about a software key that it vouches for. */
export const grading: Readonly<Record<GradingKind, SchemeGrading>> = {
  balanced: gradingOf(lenient),
  // TestFlight besides.
  strict: gradingOf({ oldest: exchange, categories: [0, 2, 7, 9, 10], mostKeys: 5 }),
  'no-google': gradingOf(lenient),
}

function gradingOf({ oldest, categories, mostKeys }: Thresholds): SchemeGrading {
  return {
    // A key is attested once in its life: an assertion by that key counts like a new attestation.
    young:
      `has(${attestation}) && (${age} <= ${oldest}` +
      ` || has(${assertion}) && ages.apple_app_attest_assertion <= ${oldest})`,
    rules: [
      { when: `has(${attestation})`, tier: 'affirming', vector: { device: { hardware: 2 } } },
      {
        description: 'Remembered from an earlier exchange: the instance is recognised.',
        when: `has(${attestation}) && ${age} > ${exchange}`,
        tier: 'affirming',
        vector: { key: { 'instance-identity': 2 } },
      },
      {
        when: `has(${attestation}) && ${attestation}.environment == 'development'`,
        tier: 'contraindicated',
        reason: 'DEVELOPMENT_ENVIRONMENT',
        vector: { app: { configuration: 96 } },
      },
      {
        description: 'Apple counts more keys of this app on the device than its user can have made.',
        when: `has(${attestation}) && has(${attestation}.riskMetric) && ${attestation}.riskMetric > ${mostKeys}`,
        tier: 'contraindicated',
        reason: 'DEVICE_ATTESTS_MANY_KEYS',
        vector: { device: { 'instance-identity': 96 } },
      },
      // An app update changes what the system states about the app, and only an assertion shows that.
      ...[attestation, assertion].flatMap((evidence) => categoryRules(evidence, categories)),
    ],
  }
}

/** Systems before iOS 27 state no category. */
function categoryRules(evidence: string, categories: readonly number[]): readonly GradingRule[] {
  const stated = `has(${evidence}) && has(${evidence}.validationCategory)`
  return [
    {
      when: `${stated} && ${evidence}.validationCategory == 3`,
      tier: 'contraindicated',
      reason: 'DEVELOPMENT_ENVIRONMENT',
      vector: { app: { configuration: 96 } },
    },
    {
      when: `${stated} && ${evidence}.validationCategory in [${categories.join(', ')}]`,
      tier: 'contraindicated',
      reason: 'APP_SIGNATURE_UNUSUAL',
      vector: { app: { executables: 96 } },
    },
  ]
}
