import type { RuleDocument } from '../policy-document.ts'
import type { Thresholds } from './thresholds.ts'

const key = 'evidence.android_key_attestation'

/** What is wrong with evidence of Android Key Attestation. */
export function androidFindings({ patchMonths, certificates }: Thresholds): readonly RuleDocument[] {
  return [
    {
      when: `has(${key}) && (${key}.attestationSecurityLevel == 'Software' || ${key}.keyMintSecurityLevel == 'Software')`,
      tier: 'contraindicated',
      reason: 'KEY_IN_SOFTWARE',
      vector: { device: { hardware: 97 }, key: { 'storage-opaque': 96 } },
    },
    {
      when: `has(${key}) && !${key}.deviceLocked`,
      tier: 'contraindicated',
      reason: 'BOOT_LOADER_UNLOCKED',
      vector: { device: { configuration: 96 } },
    },
    {
      when: `has(${key}) && ${key}.verifiedBootState == 'SelfSigned'`,
      tier: 'contraindicated',
      reason: 'BOOT_SELF_SIGNED',
      vector: { device: { configuration: 96 } },
    },
    {
      when: `has(${key}) && ${key}.verifiedBootState in ['Unverified', 'Failed']`,
      tier: 'contraindicated',
      reason: 'BOOT_NOT_VERIFIED',
      vector: { device: { configuration: 96 } },
    },
    {
      when: `has(${key}) && (has(${key}.osPatchLevel) ? monthsSince(${key}.osPatchLevel, now) > ${patchMonths} : true)`,
      tier: 'warning',
      reason: 'PATCH_LEVEL_OLD',
      vector: { device: { configuration: 32 } },
    },
    {
      when: `has(${key}) && has(${key}.reportedLost) && ${key}.reportedLost`,
      tier: 'contraindicated',
      reason: 'DEVICE_REPORTED_LOST',
      vector: { key: { 'instance-identity': 96 } },
    },
    {
      when: `has(${key}) && has(${key}.certificatesIssued) && ${key}.certificatesIssued > ${certificates}`,
      tier: 'warning',
      reason: 'CERTIFICATES_MANY',
      vector: { device: { hardware: 32 } },
    },
  ]
}
