import { admission } from './admission.ts'
import { androidKeyAttestation } from './android-key-attestation.ts'
import { appleAppAttest } from './apple-app-attest.ts'
import { appraisal } from './appraisal.ts'
import type { CodeExplanation } from './code-explanation.ts'
import { evidence } from './evidence.ts'
import { playIntegrity } from './play-integrity.ts'
import { policies } from './policies.ts'
import { problems } from './problems.ts'

export type { CodeExplanation } from './code-explanation.ts'

const families = [
  problems,
  evidence,
  androidKeyAttestation,
  appleAppAttest,
  playIntegrity,
  appraisal,
  policies,
  // Last: what the service refuses before it appraises is explained as such.
  admission,
]

/** Every code that the record of an attestation, or the refusal of a policy, can hold. A newer service may have more. */
export const codeExplanations: ReadonlyMap<string, CodeExplanation> = new Map(
  families.flatMap(Object.entries),
)
