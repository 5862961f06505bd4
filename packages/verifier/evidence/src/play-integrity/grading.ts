import { day, type GradingRule, type SchemeGrading, type Strictness } from '../port/grading.ts'

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
  },
]

const deviceRules: readonly GradingRule[] = [
  {
    when: `has(${play}) && !${hasDeviceIntegrity} && !(${hasBasicIntegrity})`,
    tier: 'contraindicated',
    reason: 'DEVICE_INTEGRITY_MISSING',
    vector: { device: { configuration: 96 } },
  },
  {
    when: `has(${play}) && !${hasDeviceIntegrity} && ${hasBasicIntegrity}`,
    tier: 'warning',
    reason: 'DEVICE_INTEGRITY_BASIC',
    vector: { device: { configuration: 32 } },
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

/** How the built-in policies grade Google's verdict. What Google was not asked to evaluate is not a finding. */
export const grading: Readonly<Record<Strictness, SchemeGrading>> = {
  balanced: {
    young: `has(${play}) && ages.play_integrity <= ${30 * day}`,
    rules: rulesOf({ activity: ['LEVEL_4'], protect: ['MEDIUM_RISK', 'HIGH_RISK'] }),
  },
  // Google's word alone is not hardware evidence here.
  strict: {
    rules: rulesOf({
      activity: ['LEVEL_3', 'LEVEL_4'],
      protect: ['POSSIBLE_RISK', 'MEDIUM_RISK', 'HIGH_RISK'],
    }),
  },
}
