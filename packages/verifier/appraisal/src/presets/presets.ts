import { compilePolicy } from '../expression/compile-policy.ts'
import type { PolicyDocument, RuleDocument } from '../policy/policy-document.ts'
import type { Policy } from '../policy/policy.ts'
import { vocabularyOf } from '../vocabulary/vocabulary.ts'
import { graded, hardwareEvidence, type GradedScheme } from './hardware-rules.ts'
import { measured, softwareOnly, unprovedProbeRules } from './shared-rules.ts'
import { softwareOnlyDocument, softwareOnlyPolicy } from './software-only.ts'

/** Names of the built-in policies; no other policy may have one of these names. */
export const presetNames = ['observe', 'balanced', 'strict', 'no-google', 'software-only'] as const
export type PresetName = (typeof presetNames)[number]

/** Version of each preset. */
export const presetVersion = 1

/** The built-in policies of a service that accepts evidence of certain schemes. */
export interface Presets {
  /** As written, for anyone who wants to read them or start from one. */
  readonly documents: ReadonlyMap<PresetName, PolicyDocument>
  /** Compiled on first use, because of the memory that this takes. */
  policy(name: PresetName): Policy
}

export function createPresets(schemes: readonly GradedScheme[]): Presets {
  const vocabulary = vocabularyOf(schemes)
  const documents = documentsFor(schemes)
  const compiled = new Map<PresetName, Policy>([['software-only', softwareOnlyPolicy]])
  return {
    documents: new Map(presetNames.map((name) => [name, documents[name]])),
    policy(name) {
      const known = compiled.get(name)
      if (known !== undefined) return known
      const policy = compilePolicy(documents[name], { id: name, version: presetVersion, vocabulary })
      compiled.set(name, policy)
      return policy
    },
  }
}

function documentsFor(schemes: readonly GradedScheme[]): Readonly<Record<PresetName, PolicyDocument>> {
  const [balanced, strict] = [graded(schemes, 'balanced'), graded(schemes, 'strict')]
  const missing = {
    tier: 'contraindicated',
    reason: 'HARDWARE_EVIDENCE_MISSING',
    vector: { device: { hardware: 97 } },
  } as const
  return {
    observe: {
      name: 'Observe',
      description:
        'Grades every measured app: affirming with good, young hardware evidence, warning with software alone, contraindicated for what is wrong.',
      required: measured,
      rules: [
        { when: `!(${hardwareEvidence(schemes, 'balanced')})`, ...softwareOnly },
        ...balanced,
        ...unprovedProbeRules,
      ],
    },
    balanced: {
      name: 'Balanced',
      description:
        'Hardware evidence of any kind, affirming up to 30 days. Web and Node apps have none: they are contraindicated.',
      required: measured,
      rules: [{ when: `!(${hardwareEvidence(schemes, 'balanced')})`, ...missing }, ...balanced],
    },
    strict: {
      name: 'Strict',
      description:
        'An attested key: on iOS of this exchange or asserting in it, on Android of the last day. Every finding is contraindicated. Web and Node apps have no hardware evidence: they are contraindicated.',
      required: measured,
      rules: [
        { when: `!(${hardwareEvidence(schemes, 'strict')})`, ...missing },
        holderKeyInSoftware,
        {
          description:
            'Evidence that was left out or not read is a warning under every policy, and none is enough here.',
          when: 'size(missing) > 0 || size(unread) > 0',
          tier: 'contraindicated',
        },
        ...strict.map(strictly),
      ],
    },
    'no-google': {
      name: 'No Google',
      description:
        "An attested key, affirming up to 30 days. The phone's maker may have signed the system, or anyone whose boot key was given with `assay boot-keys update`. Google's verdict is not required, and alone is not enough. Web and Node apps have no hardware evidence: they are contraindicated.",
      required: measured,
      rules: [
        { when: `!(${hardwareEvidence(schemes, 'no-google')})`, ...missing },
        ...graded(schemes, 'no-google'),
      ],
    },
    'software-only': softwareOnlyDocument,
  }
}

/** Under every other policy it is a warning, which needs no rule. */
const holderKeyInSoftware: RuleDocument = {
  when: "installation.hardwareKeyDemanded && installation.holderKey != 'hardware'",
  tier: 'contraindicated',
  reason: 'HOLDER_KEY_NOT_IN_HARDWARE',
}

/** No finding is a mere warning. */
function strictly(rule: RuleDocument): RuleDocument {
  return rule.tier === 'warning' ? { ...rule, tier: 'contraindicated' } : rule
}
