import { androidKeyAttestation } from './android-key-attestation.ts'
import { appleAppAttest } from './apple-app-attest.ts'
import { appraisal } from './appraisal.ts'
import type { CodeExplanation } from './code-explanation.ts'
import { evidence } from './evidence.ts'
import { playIntegrity } from './play-integrity.ts'
import { problems } from './problems.ts'

export type { CodeExplanation } from './code-explanation.ts'

/** Every code that the record of an attestation can hold. A newer service may have more. */
export const codeExplanations: ReadonlyMap<string, CodeExplanation> = new Map(
  [problems, evidence, androidKeyAttestation, appleAppAttest, playIntegrity, appraisal].flatMap(
    Object.entries,
  ),
)
