import { androidKeyDescription } from '@assay/evidence/android-key-attestation'
import { appAttestAssertionDescription, appAttestDescription } from '@assay/evidence/apple-app-attest'
import { playIntegrityDescription } from '@assay/evidence/play-integrity'
import { createPresets, vocabularyOf } from '../src/index.ts'

/** The schemes of the product, in the order of its composition root. */
export const schemes = [
  appAttestDescription,
  appAttestAssertionDescription,
  androidKeyDescription,
  playIntegrityDescription,
] as const

export const vocabulary = vocabularyOf(schemes)
export const presets = createPresets(schemes)
export const presetDocuments = presets.documents
