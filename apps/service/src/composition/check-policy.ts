import { vocabularyOf } from '@assay/appraisal'
import { androidKeyDescription } from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription } from '@assay/evidence/play-integrity'
import type { FaultyPlace } from '@assay/protocol'
import { faultOfPolicy } from '../provisioning/policies.usecases.ts'

/** The schemes of the product, in the order in which `createPlatform` registers them. */
export const productSchemes = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
] as const

/**
 * What a service of this version says about a policy document, without a service: its first fault, or `undefined`.
 *
 * @param document JSON as parsed, from whomever
 */
export function checkPolicy(document: unknown): FaultyPlace | undefined {
  return faultOfPolicy(document, vocabularyOf(productSchemes))
}
