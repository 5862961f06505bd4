import { compilePolicy } from '../compile-policy.ts'
import type { PolicyDocument, RuleDocument } from '../policy-document.ts'
import type { Policy } from '../policy.ts'
import { androidFindings } from './android-rules.ts'
import { appleFindings } from './apple-rules.ts'
import { affirmations, commonFindings, hardwareEvidence } from './hardware-rules.ts'
import { playFindings } from './play-rules.ts'
import { measured, softwareOnly } from './shared-rules.ts'
import { softwareOnlyDocument, softwareOnlyPolicy } from './software-only.ts'
import { balancedThresholds, strictThresholds, type Thresholds } from './thresholds.ts'

/** Names of the policies that are built in; no other policy is named like one. */
export const presetNames = ['observe', 'balanced', 'strict', 'software-only'] as const
export type PresetName = (typeof presetNames)[number]

const observe: PolicyDocument = {
  name: 'Observe',
  description:
    'Grades every measured app: affirming with good, young hardware evidence, warning with software alone, contraindicated for what is wrong.',
  required: measured,
  rules: [{ when: without(balancedThresholds), ...softwareOnly }, ...graded(balancedThresholds)],
}

const balanced: PolicyDocument = {
  name: 'Balanced',
  description:
    'Hardware evidence of any kind, affirming up to 30 days. Web and Node apps have none: they are contraindicated.',
  required: measured,
  rules: [
    {
      when: without(balancedThresholds),
      tier: 'contraindicated',
      reason: 'HARDWARE_EVIDENCE_MISSING',
      vector: { device: { hardware: 97 } },
    },
    ...graded(balancedThresholds),
  ],
}

const strict: PolicyDocument = {
  name: 'Strict',
  description:
    'An attested key: on iOS of this exchange or asserting in it, on Android of the last day. Every finding is contraindicated. Web and Node apps have no hardware evidence: they are contraindicated.',
  required: measured,
  rules: [
    {
      when: without(strictThresholds),
      tier: 'contraindicated',
      reason: 'HARDWARE_EVIDENCE_MISSING',
      vector: { device: { hardware: 97 } },
    },
    ...graded(strictThresholds).map(strictly),
  ],
}

/** What is affirmed, and what is found. */
function graded(thresholds: Thresholds): readonly RuleDocument[] {
  return [
    ...affirmations(thresholds),
    ...commonFindings(thresholds),
    ...appleFindings(thresholds),
    ...androidFindings(thresholds),
    ...playFindings(thresholds),
  ]
}

function without(thresholds: Thresholds): string {
  return `!(${hardwareEvidence(thresholds)})`
}

/** No finding is a mere warning. */
function strictly(rule: RuleDocument): RuleDocument {
  return rule.tier === 'warning' ? { ...rule, tier: 'contraindicated' } : rule
}

const documents: Readonly<Record<PresetName, PolicyDocument>> = {
  observe,
  balanced,
  strict,
  'software-only': softwareOnlyDocument,
}

/** The presets as they are written, for whoever wants to read them or start from one. */
export const presetDocuments: ReadonlyMap<PresetName, PolicyDocument> = new Map(
  presetNames.map((name) => [name, documents[name]]),
)

/** Of each of them. */
export const presetVersion = 1
const compiled = new Map<PresetName, Policy>([['software-only', softwareOnlyPolicy]])

/** A built-in policy. It is compiled when it is first asked for, for the memory that this takes. */
export function preset(name: PresetName): Policy {
  const known = compiled.get(name)
  if (known !== undefined) return known
  const policy = compilePolicy(documents[name], { id: name, version: presetVersion })
  compiled.set(name, policy)
  return policy
}
