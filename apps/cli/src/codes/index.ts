import { admission } from './admission.ts'
import { androidKeyAttestation } from './android-key-attestation.ts'
import { appleAppAttest } from './apple-app-attest.ts'
import { appraisal } from './appraisal.ts'
import type { CodeExplanation, FoundExplanation } from './code-explanation.ts'
import { evidence } from './evidence.ts'
import { playIntegrity } from './play-integrity.ts'
import { policies } from './policies.ts'
import { problems } from './problems.ts'
import { refusedBuilds } from './refused-builds.ts'
import { start } from './start.ts'
import { storage } from './storage.ts'

export type { FoundExplanation } from './code-explanation.ts'

/** By the headings of docs/errors.md. */
const sections: Readonly<Record<string, Readonly<Record<string, CodeExplanation>>>> = {
  'Problems of the HTTP API': problems,
  Evidence: evidence,
  'Evidence: Android Key Attestation': androidKeyAttestation,
  'Evidence: App Attest': appleAppAttest,
  'Evidence: Play Integrity': playIntegrity,
  Appraisal: appraisal,
  Policies: policies,
  'Refused builds': refusedBuilds,
  'Start of the service': start,
  Storage: storage,
  // Last: what the service refuses before it appraises is explained as such.
  'Evidence: admission, agreement, anchors': admission,
}

/** Every code of a trace, of a refused policy or build, and of a service that does not start. A newer service may have more. */
export const codeExplanations: ReadonlyMap<string, FoundExplanation> = new Map(
  Object.entries(sections).flatMap(([section, codes]) =>
    Object.entries(codes).map(([code, explanation]) => [code, { ...explanation, section }] as const),
  ),
)

/** What is said about a code that a newer service has. */
const unknownCode: FoundExplanation = {
  meaning: 'This CLI does not know the code: the service is newer than it.',
  action: 'Update the CLI, or look the code up in docs/errors.md of the service.',
  section: '',
}

/** What to do about a code, or where to look it up. */
export function adviceFor(code: string): string {
  return codeExplanations.get(code)?.action ?? 'docs/errors.md explains the code.'
}

export function explanationOf(code: string): FoundExplanation {
  return codeExplanations.get(code) ?? unknownCode
}
