import { createPresets, vocabularyOf } from '@assay/appraisal'
import { androidKeyDescription } from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription } from '@assay/evidence/play-integrity'

/** The schemes of the product, in the order of its composition root. */
export const schemes = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
]

export const vocabulary = vocabularyOf(schemes)
export const presetDocuments = createPresets(schemes).documents
