import { createHash } from 'node:crypto'
import { bindingInput, decodeBase64url, type AppEvidence, type AttestationRequest } from '@assay/protocol'
import type { AndroidPhone } from '@assay/testkit'

export const appId = 'ASSAY12345.com.example.ios'

/** A low limit, so that attacks reach it. */
export const enrolmentsPerDay = { device: 3, batch: 5 }

/** The greatest age of a verdict of Play Integrity, in seconds. */
const oldestVerdict = 600

/** The evidence for which the apps are registered. */
export const androidEvidence: AppEvidence = {
  android_key_attestation: { enrolments_per_day: enrolmentsPerDay },
  play_integrity: { request: 'classic', calls_per_day: 1, max_age: oldestVerdict },
}
export const iosEvidence: AppEvidence = {
  apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
}

/** The answer with chains of this phone, made for the current client data. */
export function vouchedFor(answer: AttestationRequest, phone: AndroidPhone): AttestationRequest {
  const bytes = decodeBase64url(answer.client_data)
  if (bytes === undefined) return answer
  const binding = createHash('sha256').update(bindingInput(bytes)).digest('base64url')
  const evidence = answer.evidence.map((item) =>
    item.format === 'android-key-attestation' ? phone.attest(binding) : item,
  )
  return { ...answer, evidence }
}
