import { day, exchange, type GradingKind, type SchemeGrading } from '../port/grading.ts'

const key = 'evidence.android_key_attestation'
const age = 'ages.android_key_attestation'

interface Thresholds {
  /** Seconds. */
  readonly oldest: number
  /** Attestation certificates within 30 days; genuine phones state 8 or 32. */
  readonly certificates: number
  readonly patchMonths: number
  /** CEL: the phone runs a system of another maker, whose boot key the operator has given. */
  readonly acceptedSystem?: string
}

const lenient: Thresholds = { oldest: 30 * day, certificates: 1_000, patchMonths: 12 }

/** Only where the boot loader is locked did it check the system against this key. */
const givenBootKey =
  `has(${key}) && ${key}.deviceLocked && ${key}.verifiedBootState == 'SelfSigned'` +
  ` && ${key}.verifiedBootKey in bootKeys`

/**
 * How the built-in policies grade an attested key. The vector says nothing about a software key that it vouches for.
 */
export const grading: Readonly<Record<GradingKind, SchemeGrading>> = {
  balanced: gradingOf(lenient),
  strict: gradingOf({ oldest: day, certificates: 200, patchMonths: 12 }),
  'no-google': gradingOf({ ...lenient, acceptedSystem: givenBootKey }),
}

function gradingOf({ oldest, certificates, patchMonths, acceptedSystem }: Thresholds): SchemeGrading {
  const verified = `has(${key}) && ${key}.deviceLocked && ${key}.verifiedBootState == 'Verified'`
  return {
    ...(acceptedSystem === undefined ? {} : { acceptedSystem }),
    young: `has(${key}) && ${age} <= ${oldest}`,
    sharedKey: `has(${key}) && ${key}.provisioning == 'factory'`,
    rules: [
      { when: `has(${key})`, tier: 'affirming', vector: { device: { hardware: 2 } } },
      {
        when: acceptedSystem === undefined ? verified : `(${verified}) || (${acceptedSystem})`,
        tier: 'affirming',
        vector: { device: { configuration: 2 } },
      },
      {
        description: 'Remembered from an earlier exchange: the instance is recognised.',
        when: `has(${key}) && ${age} > ${exchange}`,
        tier: 'affirming',
        vector: { key: { 'instance-identity': 2 } },
      },
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
        sparesAcceptedSystem: true,
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
    ],
  }
}
