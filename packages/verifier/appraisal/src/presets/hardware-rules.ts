import type { GradingKind, GradingRule, SchemeDescription } from '@assay/evidence'
import type { RuleDocument } from '../policy/policy-document.ts'
import { identifierOf, type PolicyScheme } from '../vocabulary/vocabulary.ts'
import { debuggableBuild, probeRules } from './shared-rules.ts'

/** A scheme, as far as the built-in policies need it. */
export type GradedScheme = PolicyScheme & Pick<SchemeDescription, 'grading'>

/** The case that no scheme is hardware evidence by itself. */
const never = 'false'

/** CEL: there is hardware evidence at all. */
export function hardwareEvidence(schemes: readonly GradedScheme[], kind: GradingKind): string {
  const alone = schemes.filter(({ grading }) => grading?.[kind].young !== undefined)
  return anyOf(alone.map(({ descriptor }) => `has(evidence.${identifierOf(descriptor.name)})`))
}

/** Other new installation keys that a vouching key of one device may have in a day before that is a finding. */
const enrolments: Readonly<Record<GradingKind, number>> = { balanced: 5, strict: 3, 'no-google': 5 }

/**
 * What hardware affirms, and what is found, on any platform; then what each scheme says about its own evidence.
 */
export function graded(schemes: readonly GradedScheme[], kind: GradingKind): readonly RuleDocument[] {
  const gradings = schemes.flatMap(({ grading }) => grading?.[kind] ?? [])
  const evidence = hardwareEvidence(schemes, kind)
  const young = anyOf(gradings.flatMap((grading) => grading.young ?? []))
  const acceptedSystem = anyOf(gradings.flatMap((grading) => grading.acceptedSystem ?? []))
  const sharedKey = anyOf(gradings.flatMap((grading) => grading.sharedKey ?? []))
  return [
    { when: young, tier: 'affirming', vector: { app: { executables: 2 } } },
    {
      description:
        'Hardware stores the installation key only where it is the attested key itself. A software key that it vouches for is not graded here.',
      when: `(${evidence}) && installation.holderKey == 'hardware'`,
      tier: 'affirming',
      vector: { key: { 'storage-opaque': 2 } },
    },
    { when: `(${evidence}) && !(${young})`, tier: 'warning', reason: 'HARDWARE_EVIDENCE_OLD' },
    {
      description:
        'Many new keys of one device. Thousands of devices share an attestation key of the factory.',
      when: `!(${sharedKey}) && installation.enrolmentsToday > ${enrolments[kind]}`,
      tier: 'warning',
      reason: 'ENROLMENTS_MANY',
    },
    debuggableBuild,
    { when: "software.live == 'not_asked'", tier: 'warning', reason: 'LIVE_CODE_NOT_COMPARED' },
    {
      description:
        'The engine shows no source of functions, or they are compiled: nothing counts against the app.',
      when: "software.live in ['absent', 'not_applicable']",
      tier: 'affirming',
      reason: 'LIVE_CODE_NOT_COMPARED',
    },
    ...probeRules,
    ...gradings.flatMap(({ rules }) => rules).map((rule) => ruleOf(rule, acceptedSystem)),
  ]
}

function ruleOf({ sparesAcceptedSystem, ...rule }: GradingRule, acceptedSystem: string): RuleDocument {
  const spares = sparesAcceptedSystem === true && acceptedSystem !== never
  const when = spares ? `(${rule.when}) && !(${acceptedSystem})` : rule.when
  // Reason and vector are read when the document is compiled.
  return { ...rule, when } as RuleDocument
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? never : conditions.map((each) => `(${each})`).join(' || ')
}
