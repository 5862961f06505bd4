const attestation = 'evidence.apple_app_attest'

/**
 * A policy document that wants to know how many keys an iPhone has attested: `warning` until Apple has said so, and no more
 * than `keys`.
 */
export function assessedDevicePolicy(keys: number): object {
  return {
    name: 'Devices that Apple has counted the keys of',
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [
      { when: `!has(${attestation})`, tier: 'contraindicated', reason: 'HARDWARE_EVIDENCE_MISSING' },
      {
        when: `has(${attestation}) && !has(${attestation}.riskMetric)`,
        tier: 'warning',
        reason: 'RISK_NOT_ASSESSED',
      },
      {
        when: `has(${attestation}) && has(${attestation}.riskMetric) && ${attestation}.riskMetric <= ${keys}`,
        tier: 'affirming',
      },
      {
        when: `has(${attestation}) && has(${attestation}.riskMetric) && ${attestation}.riskMetric > ${keys}`,
        tier: 'contraindicated',
        reason: 'DEVICE_ATTESTS_MANY_KEYS',
      },
    ],
  }
}
