import { day, type GradingKind, type GradingRule, type SchemeGrading } from '../port/grading.ts'

const play = 'evidence.play_integrity'
const labels = `${play}.deviceRecognitionVerdict`
const hasDeviceIntegrity = `('MEETS_DEVICE_INTEGRITY' in ${labels} || 'MEETS_STRONG_INTEGRITY' in ${labels})`
const hasBasicIntegrity = `'MEETS_BASIC_INTEGRITY' in ${labels}`

interface Thresholds {
  /** Levels of recent device activity that are findings. */
  readonly activity: readonly string[]
  /** Verdicts of Play Protect that are findings. */
  readonly protect: readonly string[]
}

function rulesOf(thresholds: Thresholds): readonly GradingRule[] {
  return [...appRules, ...deviceRules, ...environmentRules(thresholds)]
}

const appRules: readonly GradingRule[] = [
  {
    when: `has(${play}) && ${play}.appRecognitionVerdict != 'PLAY_RECOGNIZED'`,
    tier: 'contraindicated',
    reason: 'APP_NOT_RECOGNISED',
    vector: { app: { executables: 96 } },
  },
  {
    when: `has(${play}) && has(${play}.appLicensingVerdict) && ${play}.appLicensingVerdict == 'UNLICENSED'`,
    tier: 'contraindicated',
    reason: 'APP_NOT_LICENSED',
    vector: { app: { 'sourced-data': 96 } },
  },
  {
    when:
      `has(${play}) && (has(${play}.appLicensingVerdict)` +
      ` ? !(${play}.appLicensingVerdict in ['LICENSED', 'UNLICENSED']) : true)`,
    tier: 'warning',
    reason: 'LICENCE_NOT_EVALUATED',
    sparesAcceptedSystem: true,
  },
]

const deviceRules: readonly GradingRule[] = [
  {
    when: `has(${play}) && !${hasDeviceIntegrity} && !(${hasBasicIntegrity})`,
    tier: 'contraindicated',
    reason: 'DEVICE_INTEGRITY_MISSING',
    vector: { device: { configuration: 96 } },
    sparesAcceptedSystem: true,
  },
  {
    when: `has(${play}) && !${hasDeviceIntegrity} && ${hasBasicIntegrity}`,
    tier: 'warning',
    reason: 'DEVICE_INTEGRITY_BASIC',
    vector: { device: { configuration: 32 } },
    sparesAcceptedSystem: true,
  },
  {
    description: 'Play Games on a PC.',
    when: `has(${play}) && 'MEETS_VIRTUAL_INTEGRITY' in ${labels}`,
    tier: 'contraindicated',
    reason: 'EMULATOR',
    vector: { device: { hardware: 97 } },
  },
]

function environmentRules({ activity, protect }: Thresholds): readonly GradingRule[] {
  return [
    {
      when:
        `has(${play}) && has(${play}.deviceActivityLevel)` +
        ` && ${play}.deviceActivityLevel in ${list(activity)}`,
      tier: 'warning',
      reason: 'DEVICE_ACTIVITY_HIGH',
    },
    {
      when:
        `has(${play}) && has(${play}.playProtectVerdict)` +
        ` && ${play}.playProtectVerdict in ${list(protect)}`,
      tier: 'warning',
      reason: 'PLAY_PROTECT_RISK',
      vector: { device: { 'file-system': 32 } },
    },
    {
      when:
        `has(${play}) && has(${play}.appsDetected)` +
        ` && ('UNKNOWN_CAPTURING' in ${play}.appsDetected || 'UNKNOWN_CONTROLLING' in ${play}.appsDetected)`,
      tier: 'warning',
      reason: 'SCREEN_ACCESS_RISK',
      vector: { device: { 'runtime-opaque': 32 } },
    },
  ]
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}]`
}

const lenient: Thresholds = { activity: ['LEVEL_4'], protect: ['MEDIUM_RISK', 'HIGH_RISK'] }

/** How the built-in policies grade Google's verdict. What Google was not asked to evaluate is not a finding. */
export const grading: Readonly<Record<GradingKind, SchemeGrading>> = {
  balanced: {
    young: `has(${play}) && ages.play_integrity <= ${30 * day}`,
    rules: rulesOf(lenient),
  },
  // Google's word alone is not hardware evidence here.
  strict: {
    rules: rulesOf({
      activity: ['LEVEL_3', 'LEVEL_4'],
      protect: ['POSSIBLE_RISK', 'MEDIUM_RISK', 'HIGH_RISK'],
    }),
  },
  // Nor here: it cannot be had of a system that Google did not certify, and says nothing of the boot key.
  'no-google': { rules: rulesOf(lenient) },
}
