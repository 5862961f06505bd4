import type { ErrorTable } from '@assay/protocol'
import { androidKeyCodes } from './android-key-attestation/codes.ts'
import { appAttestCodes } from './apple-app-attest/codes.ts'
import { exampleCodes } from './example/codes.ts'
import { playIntegrityCodes } from './play-integrity/codes.ts'
import { softwareCodes } from './software/codes.ts'

/** The codes of each format, under the heading of its table in `docs/errors.md`. */
export const evidenceCodes = {
  Evidence: softwareCodes,
  'Evidence: Android Key Attestation': androidKeyCodes,
  'Evidence: App Attest': appAttestCodes,
  'Evidence: Play Integrity': playIntegrityCodes,
  'Evidence: the template': exampleCodes,
} as const satisfies Readonly<Record<string, ErrorTable>>
