import type { RuleDocument } from '../policy-document.ts'
import { debuggableBuild, probeRules } from './shared-rules.ts'
import { exchange, type Thresholds } from './thresholds.ts'

const android = 'evidence.android_key_attestation'

/** Whether there is hardware evidence at all. */
export function hardwareEvidence({ playAlone }: Thresholds): string {
  const formats = ['apple_app_attest', 'android_key_attestation', ...(playAlone ? ['play_integrity'] : [])]
  return formats.map((format) => `has(evidence.${format})`).join(' || ')
}

/**
 * Whether hardware evidence is young enough. An attestation of App Attest is made once in the life of its key: an
 * assertion by that key is as good as a new one.
 */
export function youngEvidence({ oldestAppAttest, oldestAndroid, playAlone }: Thresholds): string {
  const young = (format: string, oldest: number) => `has(evidence.${format}) && ages.${format} <= ${oldest}`
  return [
    young('apple_app_attest', oldestAppAttest),
    `has(evidence.apple_app_attest) && ${young('apple_app_attest_assertion', oldestAppAttest)}`,
    young('android_key_attestation', oldestAndroid),
    ...(playAlone ? [young('play_integrity', oldestAndroid)] : []),
  ].join(' || ')
}

/**
 * What hardware affirms. The vector says of the installation key that hardware stores it only where it is the attested
 * key itself: of a software key that hardware vouches for, nothing. Neither is anything said of `runtime-opaque`: to be
 * isolated from other apps and no more is a warning in AR4SI, for every app there is.
 */
export function affirmations(thresholds: Thresholds): readonly RuleDocument[] {
  return [
    { when: youngEvidence(thresholds), tier: 'affirming', vector: { app: { executables: 2 } } },
    {
      when: `has(evidence.apple_app_attest) || has(${android})`,
      tier: 'affirming',
      vector: { device: { hardware: 2 } },
    },
    {
      when: `has(${android}) && ${android}.deviceLocked && ${android}.verifiedBootState == 'Verified'`,
      tier: 'affirming',
      vector: { device: { configuration: 2 } },
    },
    {
      description: 'Remembered from an earlier exchange: the instance is recognised.',
      when:
        `has(evidence.apple_app_attest) && ages.apple_app_attest > ${exchange}` +
        ` || has(${android}) && ages.android_key_attestation > ${exchange}`,
      tier: 'affirming',
      vector: { key: { 'instance-identity': 2 } },
    },
    {
      when: `(${hardwareEvidence(thresholds)}) && installation.holderKey == 'hardware'`,
      tier: 'affirming',
      vector: { key: { 'storage-opaque': 2 } },
    },
  ]
}

/** What is wrong, whichever platform it is. */
export function commonFindings(thresholds: Thresholds): readonly RuleDocument[] {
  return [
    {
      when: `(${hardwareEvidence(thresholds)}) && !(${youngEvidence(thresholds)})`,
      tier: 'warning',
      reason: 'HARDWARE_EVIDENCE_OLD',
    },
    {
      description:
        'Many new keys of one device. Thousands of devices share an attestation key of the factory.',
      when:
        `(!has(${android}) || ${android}.provisioning != 'factory')` +
        ` && installation.enrolmentsToday > ${thresholds.enrolments}`,
      tier: 'warning',
      reason: 'ENROLMENTS_MANY',
    },
    debuggableBuild,
    { when: "software.live == 'not_asked'", tier: 'warning', reason: 'LIVE_CODE_NOT_COMPARED' },
    {
      description: 'The engine shows no source of functions: nothing to hold against the app.',
      when: "software.live == 'absent'",
      tier: 'affirming',
      reason: 'LIVE_CODE_NOT_COMPARED',
    },
    ...probeRules,
  ]
}
