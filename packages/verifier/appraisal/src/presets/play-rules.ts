import type { RuleDocument } from '../policy-document.ts'
import type { Thresholds } from './thresholds.ts'

const play = 'evidence.play_integrity'
const hasDeviceIntegrity =
  `('MEETS_DEVICE_INTEGRITY' in ${play}.deviceRecognitionVerdict` +
  ` || 'MEETS_STRONG_INTEGRITY' in ${play}.deviceRecognitionVerdict)`
const hasBasicIntegrity = `'MEETS_BASIC_INTEGRITY' in ${play}.deviceRecognitionVerdict`

/** What is wrong with evidence of Play Integrity. What Google has not been asked to evaluate is no finding. */
export function playFindings(thresholds: Thresholds): readonly RuleDocument[] {
  return [...appFindings, ...deviceFindings, ...environmentFindings(thresholds)]
}

const appFindings: readonly RuleDocument[] = [
  {
    when: `has(${play}) && ${play}.testResponse`,
    tier: 'contraindicated',
    reason: 'TEST_RESPONSE',
    vector: { device: { hardware: 97 } },
  },
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

const deviceFindings: readonly RuleDocument[] = [
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
    when: `has(${play}) && 'MEETS_VIRTUAL_INTEGRITY' in ${play}.deviceRecognitionVerdict`,
    tier: 'contraindicated',
    reason: 'EMULATOR',
    vector: { device: { hardware: 97 } },
  },
]

function environmentFindings({ activityLevels, playProtect }: Thresholds): readonly RuleDocument[] {
  return [
    {
      when:
        `has(${play}) && has(${play}.deviceActivityLevel)` +
        ` && ${play}.deviceActivityLevel in ${list(activityLevels)}`,
      tier: 'warning',
      reason: 'DEVICE_ACTIVITY_HIGH',
    },
    {
      when:
        `has(${play}) && has(${play}.playProtectVerdict)` +
        ` && ${play}.playProtectVerdict in ${list(playProtect)}`,
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
