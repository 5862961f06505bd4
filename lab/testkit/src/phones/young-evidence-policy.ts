const chain = 'evidence.android_key_attestation'

/**
 * A policy document that accepts Android's chains of the last `seconds` only: hours and days in seconds, so that an
 * attack can wait for them.
 */
export function youngEvidencePolicy(seconds: number): object {
  return {
    name: 'Evidence of the last few seconds',
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [
      { when: `!has(${chain})`, tier: 'contraindicated', reason: 'HARDWARE_EVIDENCE_MISSING' },
      { when: `has(${chain}) && ages.android_key_attestation <= ${seconds}`, tier: 'affirming' },
      {
        when: `has(${chain}) && ages.android_key_attestation > ${seconds}`,
        tier: 'contraindicated',
        reason: 'HARDWARE_EVIDENCE_OLD',
      },
    ],
  }
}
