import { compilePolicy } from '../expression/compile-policy.ts'
import type { PolicyDocument } from '../policy/policy-document.ts'
import type { Policy } from '../policy/policy.ts'
import { vocabularyOf } from '../vocabulary/vocabulary.ts'
import { debuggableBuild, measured, probeRules, softwareOnly } from './shared-rules.ts'

/**
 * For apps whose only evidence is software measurement: `warning` at best, because what was measured need not be what
 * is executing.
 *
 * Values of the vector: the measured bytes are the registered ones (`executables` 2); an ordinary process is isolated
 * from other apps and no more (`runtime-opaque` 32); the installation key is held by software (`storage-opaque` 32).
 */
export const softwareOnlyDocument: PolicyDocument = {
  name: 'Software only',
  description:
    'Grades measured apps by their build and probes; warning at best, because no hardware vouches for them.',
  required: measured,
  rules: [
    { when: 'software.measured', ...softwareOnly },
    debuggableBuild,
    {
      when: "software.live in ['absent', 'not_applicable', 'not_asked']",
      tier: 'warning',
      reason: 'LIVE_CODE_NOT_COMPARED',
    },
    ...probeRules,
  ],
}

/** The policy of an app that has none of its own, while software measurement is its only evidence. */
export const softwareOnlyPolicy: Policy = compilePolicy(softwareOnlyDocument, {
  id: 'software-only',
  version: 1,
  vocabulary: vocabularyOf([]),
})
